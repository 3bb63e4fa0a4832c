//! GUIDs: the ids of connections, projects, apps, directories and subscriptions.

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
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    parts.join("-")
}

/// Whether two spellings are of one id.
pub(crate) fn same_id(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other) || canonical_id(one) == canonical_id(other)
}

#[cfg(test)]
mod tests {
    use super::is_guid;

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
}
