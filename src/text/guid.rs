//! GUIDs: the ids of connections, projects, apps, directories and subscriptions.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::url;

/// A GUID of any letter case, for a pattern that finds one in running text.
pub(crate) const PATTERN: &str =
    "[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}";

/// Whether `text` is a GUID in its canonical 8-4-4-4-12 form.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// An id in the one spelling that ids are compared in: a GUID in lower case with its dashes, whether
/// it came in capitals, in braces, without dashes or percent-encoded.
pub(crate) fn canonical_id(id: &str) -> String {
    let decoded = url::decode(id);
    let is_around = |c: char| c.is_whitespace() || matches!(c, '{' | '}' | '(' | ')' | '"' | '\'');
    let bare = decoded.trim_matches(is_around).to_ascii_lowercase();
    let digits: String = bare.chars().filter(|c| *c != '-').collect();
    if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return bare;
    }
    dashed(&digits)
}

/// 32 digits with the dashes of a GUID between them.
fn dashed(digits: &str) -> String {
    [0..8, 8..12, 12..16, 16..20, 20..32]
        .map(|part| &digits[part])
        .join("-")
}

/// The order in which .NET writes a GUID's bytes: the first three fields with the low byte first.
const ORDER: [usize; 16] = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

/// The GUID behind the 22 letters that Entra ID packs one into: base64url of its bytes.
pub(crate) fn unpacked(packed: &str) -> Option<String> {
    let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(packed).ok()?.try_into().ok()?;
    let digits: String = ORDER.map(|at| format!("{:02x}", bytes[at])).concat();
    Some(dashed(&digits))
}

/// `guid` as Entra ID packs it: [`unpacked`] the other way round.
pub(crate) fn packed(guid: &str) -> Option<String> {
    let digits = guid.replace('-', "");
    let mut bytes = [0; 16];
    for (at, place) in ORDER.into_iter().enumerate() {
        bytes[place] = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(URL_SAFE_NO_PAD.encode(bytes))
}

/// Whether two spellings are of one id.
pub(crate) fn same_id(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || canonical_id(one) == canonical_id(other)
}

#[cfg(test)]
mod tests {
    use super::{is_guid, packed, unpacked};

    #[test]
    fn only_the_canonical_form_is_a_guid() {
        assert!(is_guid("7C1F0A52-3d84-4e19-9b60-5a2e8d417f33"));
        for other in [
            "",
            "7c1f0a523d844e199b605a2e8d417f33",
            "{7c1f0a52-3d84-4e19-9b60-5a2e8d417f33}",
            "7c1f0a52-3d84-4e19-9b60-5a2e8d417f3",
            "7c1f0a52-3d84-4e19-9b60-5a2e8d417g33",
        ] {
            assert!(!is_guid(other), "{other}");
        }
    }

    #[test]
    fn packed_ids_are_unpacked_and_packed() {
        for (id, letters) in [
            (crate::azure::AZURE_DEVOPS, "rISbSSETf0KqFyZ8ppdXmA"),
            (
                "975f013f-7f24-47e8-a7d3-abc4752bf346",
                "PwFflyR_6Een06vEdSvzRg",
            ),
        ] {
            assert_eq!(unpacked(letters).as_deref(), Some(id));
            assert_eq!(packed(id).as_deref(), Some(letters));
        }
        for odd in [
            "",
            "***",
            "rISbSSETf0KqFyZ8ppdXm",
            "rISbSSETf0KqFyZ8ppdXmA==",
        ] {
            assert_eq!(unpacked(odd), None, "{odd}");
        }
    }
}
