//! Words beside those for a credential: whoever speaks of a password may quote it, in any language.
//!
//! No list of phrases can tell which word is the secret, so it is told what is none: words of letters, short
//! numbers, ids, codes, versions, times, addresses, members of the API, and what is called by its kind
//! (`app 'Contoso2024'`).

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::made::{is_address_or_package, is_composed, is_plain};
use super::member::kind_of;
use super::pair::{is_mixed, is_outcome};
use super::shape::pattern;
use crate::text::codes;
use crate::text::placeholder::{OWN_MARK, is_error_code, is_null_word, is_variable, looks_masked};

/// How far before and behind a word for a credential it may be quoted on the same line, in bytes.
const BEFORE: usize = 60;
const BEHIND: usize = 160;

/// A line of at most so many bytes may be the label or the head of what stands below it.
const LABEL: usize = 110;

/// How many lines below a label belong to it: the line under the head of a table, and its first row.
const BELOW: usize = 2;

/// Digits of a number from this many on are no count, port or status.
const LONG_NUMBER: usize = 6;

/// Words that say: here is a credential. The first group are those whose values are often mere numbers.
const WORDS: &str = r"(?i)(\bpass(?:word|phrase|code|wd)?s?\b|\bpwd?\b|\bkennw[o\x{f6}]rt|\bpassw[o\x{f6}]rt|\bpin\b|\botp\b|\b(?:verification|security|access|recovery) code|\bsenha|\bwachtwoord|\bcontrase\x{f1}a|\bclave\b|\bmot de passe|\bparola|\bl\x{f6}senord|\bheslo|\bhas\x{142}o|\x{43f}\x{430}\x{440}\x{43e}\x{43b}|\x{5bc6}\x{7801}|\x{5bc6}\x{78bc}|jelsz\x{f3}|kata sandi|salasana|adgangskode|\x{15f}ifre|parol\x{103}|\btan\b|\x{30d1}\x{30b9}\x{30ef}\x{30fc}\x{30c9}|\x{be44}\x{bc00}\x{bc88}\x{d638})|\b(?:secrets?|tokens?|cred(?:ential)?s?|keys?|signature|log[ -]?[io]n|sign[ -]?in|secreto|segreto|segredo|cl\x{e9}|chiave|chave|sleutel|nyckel|klucz|anahtar)\b|geheim|schl\x{fc}ssel|\bkl[i\x{ed}]\x{10d}|k\x{13e}\x{fa}\x{10d}|tajn\x{fd}|tajny|titk|kulcs|rahasia|kunci|hemmelig|n\x{f8}gle|n\x{f8}kkel|salaisuus|avain|[\x{370}-\x{3ff}\x{590}-\x{6ff}\x{900}-\x{97f}\x{e00}-\x{e7f}]{2}|hemlighet|\x{441}\x{435}\x{43a}\x{440}\x{435}\x{442}|\x{43a}\x{43b}\x{44e}\x{447}|\x{5bc6}\x{94a5}|\x{5bc6}\x{9470}|\x{6a5f}\x{5bc6}|\x{673a}\x{5bc6}|\x{30b7}\x{30fc}\x{30af}\x{30ec}\x{30c3}\x{30c8}|\x{c554}\x{d638}|(?:^|\s)[-/]r?p";

/// Words behind which a name stands.
const KINDS: &[&str] = &[
    "app",
    "application",
    "vault",
    "user",
    "account",
    "server",
    "host",
    "connection",
    "endpoint",
    "project",
    "organization",
    "resource",
    "group",
    "subscription",
    "tenant",
    "directory",
    "repository",
    "pipeline",
    "stage",
    "agent",
    "pool",
    "named",
    "name",
    "called",
    "principal",
    "identity",
    "client",
    "registry",
    "cluster",
    "namespace",
    "variable",
    "for",
    "machine",
    "task",
    "job",
    "step",
    "file",
];

/// Where words stand in `text` that may be a credential because of what is said beside them.
pub(super) fn spoken(text: &str) -> Vec<Range<usize>> {
    static WORD: OnceLock<Regex> = OnceLock::new();
    let word = pattern(&WORD, WORDS);
    let mut ranges = Vec::new();
    let (mut start, mut below, mut numbers) = (0, 0, false);
    for line in text.split_inclusive('\n') {
        for found in word.find_iter(line) {
            if let Some(value) = behind_label(line, found.range()) {
                ranges.push(start + value.start..start + value.end);
            }
        }
        let mut windows: Vec<(Range<usize>, bool)> = word
            .captures_iter(line)
            .filter_map(|found| {
                let all = found.get(0)?;
                let from = all.start().saturating_sub(BEFORE);
                Some((from..all.end() + BEHIND, found.get(1).is_some()))
            })
            .collect();
        if !windows.is_empty() {
            below = if line.len() <= LABEL { BELOW } else { 0 };
            numbers = windows.iter().any(|(_, numbers)| *numbers);
        } else if below > 0 && !line.trim().is_empty() {
            below -= 1;
            windows.push((0..BEHIND, numbers));
        }
        if !windows.is_empty() {
            quoted(line, &windows, &mut |range| {
                ranges.push(start + range.start..start + range.end);
            });
        }
        start += line.len();
    }
    ranges
}

/// The one word that ends a line behind a label that calls it a credential, in whatever language: `Kennwort:
/// sonne`, `Das Kennwort lautet sonne.`
fn behind_label(line: &str, label: Range<usize>) -> Option<Range<usize>> {
    let is_login = |word: &str| word.contains(['-', '/']) || word.to_lowercase().contains("log");
    let begins = line[..label.start].split_whitespace().count() <= 2;
    if is_login(&line[label.clone()]) || !begins {
        return None;
    }
    let rest = line[label.end..].trim_start_matches(char::is_alphabetic);
    let rest = rest.trim_start_matches(|c: char| " \t*_`\"')".contains(c));
    let signs = [":", "=", "\u{ff1a}", "lautet "];
    let rest = signs.iter().find_map(|sign| rest.strip_prefix(sign))?;
    let value = rest.trim_matches(|c: char| c.is_whitespace() || "*_`\"'.!".contains(c));
    let is_word = value.len() >= SHORTEST_WORD && value.chars().all(char::is_alphanumeric);
    let is_told = is_outcome(value) || is_null_word(value) || looks_masked(value);
    let at = line.len() - rest.len() + rest.find(value)?;
    (is_word && !is_told && !codes::is_numbered(value)).then(|| at..at + value.len())
}

/// A shorter word behind a label is none that opens anything, in bytes.
const SHORTEST_WORD: usize = 4;

/// Calls `see` for every word of `line` in one of `windows` that may be a credential. A window says whether
/// that may be a number.
fn quoted(line: &str, windows: &[(Range<usize>, bool)], see: &mut dyn FnMut(Range<usize>)) {
    let mut start = 0;
    let mut before = "";
    let ends = |c: char| c.is_whitespace() || "\"'`()[]{}<>,;|".contains(c) || c >= '\u{2010}';
    for part in line.split_inclusive(ends) {
        let at = start;
        start += part.len();
        let chunk = part.trim_end_matches(ends);
        if chunk.is_empty() {
            continue;
        }
        let in_window = |(window, _): &&(Range<usize>, bool)| window.contains(&at);
        let open = windows.iter().filter(in_window);
        let numbers = open.fold(None, |all, (_, one)| Some(all == Some(true) || *one));
        if let Some(numbers) = numbers
            && !stays(chunk)
        {
            words_of(chunk, numbers, KINDS.contains(&before), &mut |range| {
                see(at + range.start..at + range.end);
            });
        }
        before = chunk.trim_matches(|c: char| !c.is_alphanumeric());
    }
}

/// What is looked at elsewhere, or stands for something that was taken out.
fn stays(chunk: &str) -> bool {
    chunk.contains("://")
        || chunk.contains("/eid1/")
        || looks_masked(chunk)
        || chunk.contains(OWN_MARK)
        || is_variable(chunk)
}

fn words_of(chunk: &str, numbers: bool, is_named: bool, see: &mut dyn FnMut(Range<usize>)) {
    let mut start = 0;
    for part in chunk.split_inclusive(['=', ':']) {
        let edge = |c: char| !c.is_alphanumeric();
        let front = part.trim_start_matches(edge);
        let word = front.trim_end_matches(edge);
        let at = start + part.len() - front.len();
        start += part.len();
        let is_number = word.len() >= LONG_NUMBER && word.bytes().all(|byte| byte.is_ascii_digit());
        let is_strange = || is_strange(word) || numbers && is_composed(word);
        if is_number && numbers || !is_named && is_strange() {
            see(at..at + word.len());
        }
    }
}

/// Whether `word` is nothing that services and people write beside a word for a credential.
fn is_strange(word: &str) -> bool {
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let letters = |c: char| c.is_ascii_alphabetic() || "._-".contains(c);
    let is_signed = is_mixed(word) && word.len() >= 8 && !name.chars().all(letters);
    (is_signed || !is_plain(word))
        && !is_error_code(word)
        && !is_address_or_package(word)
        && kind_of(word).is_none()
        && !COMMON.contains(&word.to_ascii_lowercase().as_str())
}

/// Words with digits that name no thing of anybody's.
const COMMON: &[&str] = &[
    "oauth2",
    "openid2",
    "saml2",
    "sha256",
    "sha384",
    "sha512",
    "base64",
    "base64url",
    "hmacsha256",
    "pkcs12",
    "utf16le",
    "windows10",
    "windows11",
    "http11",
    "x509certificate2",
    "oauth2permissiongrant",
];

#[cfg(test)]
mod tests {
    use super::spoken;

    fn found(text: &str) -> Vec<&str> {
        spoken(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn what_is_quoted_beside_a_word_for_a_credential_is_found() {
        for (text, secret) in [
            (
                "The password 'HarbourFalcon8842!' is incorrect.",
                "HarbourFalcon8842",
            ),
            (
                "Das Kennwort HarbourFalcon8842 ist falsch.",
                "HarbourFalcon8842",
            ),
            ("Le mot de passe hunter2 est incorrect.", "hunter2"),
            (
                "\u{5bc6}\u{7801} HarbourFalcon8842 \u{4e0d}\u{6b63}\u{786e}",
                "HarbourFalcon8842",
            ),
            (
                "Could not sign in with ada/HarbourFalcon8842",
                "ada/HarbourFalcon8842",
            ),
            (
                "user     password\n----     --------\nada      HarbourFalcon8842\n",
                "HarbourFalcon8842",
            ),
            ("user,password\nada,HarbourFalcon8842", "HarbourFalcon8842"),
            (
                "mysql -uroot -pHarbourFalcon8842 -h db",
                "pHarbourFalcon8842",
            ),
            ("Your verification code is 88421234.", "88421234"),
            ("creds => HarbourFalcon8842", "HarbourFalcon8842"),
        ] {
            assert_eq!(found(text), [secret], "{text}");
        }
    }

    #[test]
    fn sentences_of_services_stay() {
        for text in [
            "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '7c1f0a52-3d84-4e19-9b60-5a2e8d417f33'. Trace ID: 7c1f0a52-3d84-4e19-9b60-5a2e8d417f33 Timestamp: 2026-03-02 10:00:00Z",
            "The token of app 'Contoso2024Shop' for api://AzureADTokenExchange expired at 2026-03-02T10:00:00.1234567Z",
            "The Key Vault secret db-password-2 of https://contoso2024.vault.azure.net was not found; oauth2 token, HS256 signature",
            "login of robin42@contoso.com with AzureCLI@2 failed, token code 403, 0x80072EE7",
            "the serviceprincipalkey and workloadIdentityFederationSubject are no secrets",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }
}
