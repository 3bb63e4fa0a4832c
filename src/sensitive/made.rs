//! Words that look as if a machine had made them, or somebody who was asked for a password: credentials
//! that nothing calls one.

use std::ops::Range;

use super::layer::joined;
use super::member::{Kind, is_route, kind_of, kind_of_parameter};
use super::names::is_secret_name;
use crate::text::codes;
use crate::text::guid::is_guid;
use crate::text::placeholder::is_error_code;

/// Shorter words are no credential.
const SHORTEST: usize = 8;

/// The length of a GUID.
const GUID: usize = 36;

/// The length of one without its dashes.
const BARE_GUID: usize = 32;

/// Signs that people put into passwords, and hardly into anything else.
const SIGNS: &str = "!~^$%*#@+";

/// Where words stand in `text` that look like credentials, whatever is said of them.
pub(super) fn made(text: &str) -> Vec<Range<usize>> {
    let may_be = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    if !text.bytes().any(may_be) && !text.contains(['!', '$', '^']) {
        return Vec::new();
    }
    let is_found = |range: &Range<usize>| {
        let word = &text[range.clone()];
        is_made(word) || text[range.end..].starts_with(['!', '$', '^']) && ends_as_password(word)
    };
    let mut found: Vec<Range<usize>> = words(text).filter(is_found).collect();
    found.retain(|range| !is_packed_id(text, range));
    found
}

/// Where words stand in `text` that are neither letters, a short number, a version, a time nor an id:
/// whatever nobody knows may be a password of any form.
pub(super) fn odd(text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for part in text.split_inclusive(|c: char| c.is_whitespace() || "\"'`()[]{}<>,;|".contains(c)) {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        if !is_plain(word) {
            ranges.push(start..start + word.len());
        }
        start += part.len();
    }
    ranges
}

/// Where words stand in `text` that are odd, or put together as passwords are. A code of a service is neither.
pub(super) fn strange(text: &str) -> Vec<Range<usize>> {
    let apart = |c: char| !c.is_alphanumeric() && c != '-' && c != '_';
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for part in text.split_inclusive(apart) {
        let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
        if is_composed(word) {
            ranges.push(start..start + word.len());
        }
        start += part.len();
    }
    let odd = odd(text).into_iter();
    ranges.extend(odd.filter(|range| !is_number_of_a_message(&text[range.clone()])));
    joined(ranges)
}

/// `AADSTS7000215`, `TF400813`.
fn is_number_of_a_message(word: &str) -> bool {
    is_error_code(word) && codes::is_numbered(word)
}

/// `sommer-wagen-57`: small words and a number, as people put passwords together. Beside another word for a
/// credential it is a name, and so is what is called like a secret (`db-password-2`).
pub(super) fn is_composed(word: &str) -> bool {
    let mut pieces = word.split(['-', '_']);
    let has_digits = |piece: &str| piece.bytes().any(|byte| byte.is_ascii_digit());
    let plain = |piece: &str| piece.bytes().all(|byte| byte.is_ascii_alphanumeric());
    word.len() >= SHORTEST
        && word.contains(['-', '_'])
        && pieces.clone().all(plain)
        && pieces.any(has_digits)
        && word.bytes().any(|byte| byte.is_ascii_lowercase())
        && !is_guid(word)
        && !is_secret_name(word)
        && kind_of(word).is_none()
}

/// Whether a word is letters, a short number, a version, a time or an id.
pub(super) fn is_plain(word: &str) -> bool {
    let is_plain = |piece: &str| {
        let digits = piece.bytes().filter(u8::is_ascii_digit).count();
        piece.len() <= 5 || digits == 0 || digits <= 8 && digits + 1 >= piece.len()
    };
    let word = word.trim_start_matches(['-', '/', '.', '#', '@', '*']);
    let is_id = |at: usize| word.get(at..at + GUID).is_some_and(is_guid);
    match (0..word.len().saturating_sub(GUID - 1)).find(|at| is_id(*at)) {
        Some(at) => self::is_plain(&word[..at]) && self::is_plain(&word[at + GUID..]),
        None => {
            !has_sign_inside(word)
                && word.split(|c: char| !c.is_alphanumeric()).all(is_plain)
                && !is_made(word)
        }
    }
}

/// The words of `text`, without the punctuation around them.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    let parts = text.split_inclusive(|c: char| {
        c.is_whitespace() || "\"'`()[]{}<>,;|\\/&=?:".contains(c) || c >= '\u{2010}'
    });
    let words = parts.map(move |part| {
        let whole = start..start + part.len();
        start = whole.end;
        let front = part.trim_start_matches(|c: char| !c.is_alphanumeric());
        let word = front.trim_end_matches(|c: char| !c.is_alphanumeric());
        let at = whole.end - front.len();
        at..at + word.len()
    });
    words.filter(|range| range.len() >= SHORTEST)
}

/// `robin@contoso.com`, `AzureCLI@2`, `package@1.2.3`
pub(super) fn is_address_or_package(word: &str) -> bool {
    local_part(word).is_some_and(|local| !is_made(local))
}

fn local_part(word: &str) -> Option<&str> {
    let (local, domain) = word.rsplit_once('@')?;
    (is_domain(domain) || is_number_of_a_version(domain)).then_some(local)
}

/// Whether a word looks like a credential.
pub(super) fn is_made(word: &str) -> bool {
    is_made_of(word, true)
}

/// Whether a word looks like a credential, and not like a name with numbers in it (`Contoso42Prod88`).
pub(super) fn is_no_name(word: &str) -> bool {
    is_made_of(word, false)
}

fn is_made_of(word: &str, numbered: bool) -> bool {
    let word = local_part(word).unwrap_or(word);
    let escape = |at: usize| {
        let digits = word.as_bytes().get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    // Whatever is encoded is looked at where that is undone.
    let encoded = word.match_indices('%').any(|(at, _)| escape(at))
        && percent_encoding::percent_decode_str(word)
            .decode_utf8()
            .is_ok();
    word.len() >= SHORTEST
        && !encoded
        && kind_of(word).is_none()
        && (is_signed(word)
            || word
                .split(|c: char| !c.is_alphanumeric())
                .any(|piece| is_random(piece, numbered)))
}

/// `Harbour!Falcon8842`: letters and digits with a sign between them that words do not have.
fn is_signed(word: &str) -> bool {
    let has = |is: fn(&char) -> bool| word.chars().any(|c| is(&c));
    has_sign_inside(word)
        && has(char::is_ascii_digit)
        && has(|c| c.is_alphabetic())
        && (word.contains(['!', '^', '$'])
            || has(|c| c.is_uppercase()) && has(|c| c.is_lowercase()))
}

/// `HarbourFalcon8842`, behind which a `!` stands: several words and a number, and a sign that somebody
/// was asked for.
fn ends_as_password(word: &str) -> bool {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    (2..=6).contains(&(word.len() - letters.len()))
        && letters.bytes().all(|byte| byte.is_ascii_alphabetic())
        && letters
            .bytes()
            .skip(1)
            .any(|byte| byte.is_ascii_uppercase())
        && letters.bytes().any(|byte| byte.is_ascii_lowercase())
}

fn has_sign_inside(word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    word.char_indices().any(|(at, c)| {
        SIGNS.contains(c)
            && letter(word[..at].chars().next_back())
            && letter(word[at + c.len_utf8()..].chars().next())
    })
}

/// Whether `word` is more hexadecimal digits than an id has, as those of a key are.
pub(super) fn is_digest(word: &str) -> bool {
    word.len() > BARE_GUID && is_hex(word)
}

/// Hexadecimal digits with letters among them.
fn is_hex(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_hexdigit())
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Words behind which such digits tell a certificate, a version or a content, and open nothing.
const DIGESTS: &str = "thumbprint|fingerprint|fingerabdruck|hash|sha|sha1|sha256|md5|x5t|digest|commit|commits|\
    revision|rev|head|ref|checkout|tree|blob|blobs|etag|serial|seriennummer|build|version|image|certificate|\
    zertifikat|certhash|kid";

/// Where more hexadecimal digits stand in `text` than an id has, and nothing says what they are of.
pub(super) fn digests(text: &str) -> Vec<Range<usize>> {
    let mut before = "";
    let mut found = Vec::new();
    let mut start = 0;
    for part in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        let named = || {
            DIGESTS
                .split('|')
                .any(|own| before.eq_ignore_ascii_case(own))
        };
        if is_digest(word) && !named() {
            found.push(start..start + word.len());
        }
        if !word.is_empty() {
            before = word;
        }
        start += part.len();
    }
    found
}

/// Where ids without their dashes stand in `url` and nothing says that they are ids.
pub(super) fn bare_ids(url: &str) -> Vec<Range<usize>> {
    const ENDS: [char; 9] = ['/', '?', '&', '#', ';', '=', '.', ',', '-'];
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = "";
    for part in url.split_inclusive(ENDS) {
        let word = part.trim_end_matches(ENDS);
        let is_host = part.ends_with('.');
        if word.len() == BARE_GUID && is_hex(word) && !is_host && !is_of_ids(before) {
            found.push(start..start + word.len());
        }
        before = word;
        start += part.len();
    }
    found
}

/// Whether what stands behind `name` is an id: a part of a route, or a parameter.
fn is_of_ids(name: &str) -> bool {
    is_route(name) && !name.starts_with('_') || kind_of_parameter(name) == Some(Kind::Id)
}

/// Whether small and capital letters change as in no words that are written together.
pub(super) fn is_scrambled(word: &str) -> bool {
    let changes = word
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let capitals = word.bytes().filter(u8::is_ascii_uppercase).count();
    word.len() >= 16 && changes.count() >= 4 && 5 * capitals >= 2 * word.len()
}

/// Whether letters and digits change as no word and no name does; `numbered` asks for words with numbers
/// between them as well.
fn is_random(piece: &str, numbered: bool) -> bool {
    let (mut pieces, mut runs, mut last) = (0, 0, 0);
    let mut before = Class::Other;
    for c in piece.chars() {
        let class = Class::of(c);
        match class {
            // The capital letter begins the word that goes on in small ones.
            _ if class == before => last += 1,
            Class::Lower if before == Class::Upper => {
                pieces += usize::from(last > 1);
                last = 2;
            }
            _ => {
                pieces += 1;
                runs += usize::from(class == Class::Digit);
                last = 1;
            }
        }
        before = class;
    }
    let has = |is: fn(&u8) -> bool| piece.bytes().any(|byte| is(&byte));
    let cased = has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase);
    let length = piece.len();
    let digits = piece.strip_prefix("0x").unwrap_or(piece);
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    // Ends in two digits, and has others before.
    let numbered = numbered && length >= 12 && runs >= 2 && before == Class::Digit && last >= 2;
    // No name changes so often without any letter case.
    let scattered = !cased && length >= 12 && runs >= 4 && 2 * length <= 5 * pieces;
    !hex && scattered
        || cased
            && !hex
            && match (runs, length) {
                (0, 10..16) => pieces >= 5 && 2 * length <= 5 * pieces,
                (0, 16..) => pieces >= 5 && length < 3 * pieces,
                (1.., 10..16) => 10 * length < 27 * pieces || numbered,
                (1.., 16..) => 10 * length < 33 * pieces || numbered,
                _ => false,
            }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Lower,
    Upper,
    Digit,
    Other,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            _ if c.is_lowercase() => Self::Lower,
            _ if c.is_uppercase() => Self::Upper,
            _ if c.is_numeric() => Self::Digit,
            _ => Self::Other,
        }
    }
}

fn is_domain(text: &str) -> bool {
    let is_of_one = |c: char| c.is_alphanumeric() || ".-".contains(c);
    text.chars().all(is_of_one)
        && text.rsplit_once('.').is_some_and(|(_, last)| {
            last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
}

fn is_number_of_a_version(text: &str) -> bool {
    let number = text.strip_prefix('v').unwrap_or(text);
    number.len() <= 10
        && number.starts_with(|c: char| c.is_ascii_digit())
        && number.split('.').next().is_some_and(|part| part.len() <= 2)
        && number.split('.').all(|part| part.len() <= 3)
}

/// Directories and apps in the subject of a federated credential: `/eid1/c/pub/t/…/a/…/sc/…`.
fn is_packed_id(text: &str, range: &Range<usize>) -> bool {
    const LENGTH: usize = 22;
    let Some(at) = text[..range.start].rfind("/eid1/c/") else {
        return false;
    };
    let segment = text[range.start..].split(['/', ' ', '\'', '"']).next();
    let before = &text[at..range.start];
    let whole = segment.is_some_and(|segment| {
        segment.len() + before.len() - before.rfind('/').unwrap_or(0) - 1 == LENGTH
    });
    whole && !before.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_tokens_are_told_from_names() {
        for word in [
            "Harbour!Falcon8842",
            "Tide13Gull@3217",
            "Zq8wLm4Tn2Xv9Rb7Kc3Ydq1",
            "c2lnMTIzYWJj",
            "TlRMTVNTUDkxOTEyNjA",
            "czEyITUyNzFn",
            "czIyMiEyNzcwZw",
            "Tide223Gull@716",
            "harbour!falcon88",
            "Harbour42Falcon88",
            "abc-c2lnMTIzYWJj_x",
            "Zq8wLm4Tn2Xv@contoso.com",
            "robin@hostHarbour!Falcon8842.test",
        ] {
            assert_eq!(
                made(word).as_slice(),
                std::slice::from_ref(&(0..word.len())),
                "{word}"
            );
            assert_eq!(made(&format!("the '{word}' here")).len(), 1, "{word}");
            assert!(!odd(word).is_empty(), "{word}");
        }
        // A percent sign that encodes nothing hides nothing.
        assert!(!made("4e8%d2c6a-Harbour!Falcon8842").is_empty());
        for text in [
            "AADSTS7000215: Invalid client secret provided",
            "MyApp2024 ContosoWeb7 Contoso-Prod-01 AzureDevOps2022Update1",
            "Robin.Smith99@contoso.com AzureCLI@2 Azure/login@v2 typescript@5.4.2",
            "7C1F0A52-3d84-4e19-9b60-5a2e8d417f33 2026-03-02T10:00:00.1234567Z",
            "System.Security.Cryptography.X509Certificates.X509Certificate2",
            "serviceEndpointProjectReferences azureSpnRoleAssignmentId OAuth2PermissionGrants",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0.0.0",
            "/eid1/c/pub/t/9aBc3dEf7hIj1kLm5nOp-Q/a/Zq8wLm4Tn2Xv9Rb7Kc3Yd_/sc/7c1f0a52-3d84",
            "https://dev.azure.com/contoso/Web%20Shop%202B/_apis/serviceendpoint",
            "WorkloadIdentityFederationIssuerType IPv4 x86_64 Sha256 Base64Url",
        ] {
            let found: Vec<&str> = made(text).into_iter().map(|range| &text[range]).collect();
            assert!(found.is_empty(), "{found:?}");
        }
    }

    #[test]
    fn of_something_unknown_only_plain_words_stay() {
        for (text, count) in [
            ("a note of hunter2", 1),
            ("correct!horse", 1),
            ("aks, westeurope 2 7.1-preview.3", 0),
            ("7c1f0a52-3d84-4e19-9b60-5a2e8d417f33", 0),
            (
                "https://dev.azure.com/a/b?id=7c1f0a52-3d84-4e19-9b60-5a2e8d417f33",
                0,
            ),
            ("2026-03-02T10:00:00Z", 0),
        ] {
            assert_eq!(odd(text).len(), count, "{text}");
        }
    }
}
