//! Credentials that are known by their shape: tokens, keys, passwords in URLs, cookies, and what
//! stands behind the scheme of an `Authorization` field.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::layer::joined;
use super::value::user_info;
use crate::text::guid::is_guid;

/// Tokens and keys whose shape alone gives them away.
const SHAPES: &str = concat!(
    r"(?-u)\b(?:",
    // Client secrets of Entra ID.
    r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}",
    // Refresh tokens and codes of Entra ID.
    r"|[01]\.A[A-Za-z0-9_-]{30,}(?:\.[A-Za-z0-9_-]+)*",
    // Personal access tokens of Azure DevOps, new and old.
    r"|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}|[a-z2-7]{52}",
    // GitHub, GitLab, npm, Slack, AWS, Google, SendGrid.
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{40,}|glpat-[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{36}",
    r"|xox[abeprs]-[A-Za-z0-9-]{10,}|(?:AKIA|ASIA)[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{35}|SG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
    // Docker, PyPI, OpenAI, HashiCorp Vault, Databricks, SonarQube, NuGet.
    r"|dckr_pat_[A-Za-z0-9_-]{20,}|pypi-[A-Za-z0-9_-]{50,}|sk-(?:proj-)?[A-Za-z0-9_-]{30,}|hvs\.[A-Za-z0-9_-]{20,}|dapi[0-9a-f]{32}|sq[pau]_[0-9a-f]{40}|oy2[a-z0-9]{43}",
    // Keys of Azure's services that name their service.
    r"|[A-Za-z0-9+/_-]{40,}(?:AzFu|ACDb|\+ACR|ASt|AzSe|APIM)[A-Za-z0-9+/_=-]{6,}",
    // Keys of storage accounts and the like.
    r"|[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=",
    r")"
);

/// Where credentials stand in `text`.
///
/// Most texts hold none, and a pattern costs more to compile than such a text to search: each is
/// asked for only where something tells of it.
pub(super) fn shapes(text: &str) -> Vec<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    let tells = |marks: &[&str]| marks.iter().any(|mark| lower.contains(mark));
    let mut ranges = users(text);
    if tells(&["eyj", "-----begin"]) {
        ranges.extend(tokens().find_iter(text).map(|found| found.range()));
    }
    if tells_of_key(text) {
        ranges.extend(keys(text));
    }
    if tells(&["cookie"]) {
        ranges.extend(groups(cookies(), text, 1));
    }
    if tells(&[
        "bearer",
        "basic",
        "negotiate",
        "shared",
        "ntlm",
        "digest",
        "dpop",
    ]) {
        // Neither "Basic authentication" nor the parameters of a challenge are a credential.
        let is_lower = |text: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"_-/".contains(&byte))
        };
        ranges.extend(groups(schemes(), text, 1).filter(|range| {
            let value = &text[range.clone()];
            let parameter = value.split_once('=').is_some_and(|(name, value)| {
                is_lower(name) && (value.is_empty() || value.starts_with("https://"))
            });
            let word = is_lower(value) && (value.len() < 15 || value.contains(['-', '/']));
            let script = value.strip_prefix('$').is_some_and(|name| {
                name.starts_with('(') || name.bytes().all(|b| b.is_ascii_alphanumeric())
            });
            !(parameter || word || script)
        }));
    }
    ranges
}

/// Where tokens and keys of a known shape stand in `text`.
pub(crate) fn keys(text: &str) -> impl Iterator<Item = Range<usize>> {
    static SHAPE: OnceLock<Regex> = OnceLock::new();
    // Neither a word nor a number has the length of a key.
    let is_key = |text: &str| {
        text.contains(|c: char| c.is_ascii_digit())
            && text.contains(|c: char| c.is_ascii_alphabetic())
    };
    pattern(&SHAPE, SHAPES)
        .find_iter(text)
        .filter(move |found| is_key(found.as_str()))
        .map(|found| found.range())
}

/// Whether something in `text` can be a key of a known shape.
fn tells_of_key(text: &str) -> bool {
    // Paths of addresses are long and full of digits: only the shapes that end in a sign, or name their
    // service, have a slash in them.
    let is_beside = |c: char| !c.is_ascii_alphanumeric() && !"_-+~".contains(c);
    MARKS.iter().any(|mark| text.contains(mark))
        || text.split(is_beside).any(is_random)
        || SERVICES.iter().any(|mark| text.contains(mark))
        || text.match_indices('=').any(|(at, _)| {
            let symbol = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
            let before = text.as_bytes()[..at].iter().rev();
            before.take_while(symbol).take(43).count() == 43
        })
}

/// What keys of Azure's services hold that name their service.
const SERVICES: [&str; 6] = ["AzFu", "ACDb", "+ACR", "ASt", "AzSe", "APIM"];

/// What short tokens begin with, or hold.
const MARKS: &[&str] = &[
    "Q~",
    "glpat-",
    "xox",
    "AKIA",
    "ASIA",
    "AIza",
    "dckr_pat_",
    "dapi",
    "hvs.",
    "npm_",
    "SG.",
];

/// Whether a word can be part of a long token: digits among letters, and no id.
fn is_random(word: &str) -> bool {
    word.len() >= 30
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
        && !is_guid(word)
}

/// `user:password` in the URLs of a text.
pub(crate) fn users(text: &str) -> Vec<Range<usize>> {
    if !text.contains('@') {
        return Vec::new();
    }
    let mut ranges = Vec::new();
    for mark in ["://", ":\\/\\/"] {
        // Each URL up to the next one.
        let mut start = 0;
        for (number, part) in text.split(mark).enumerate() {
            let stop = |c: char| c.is_whitespace() || "'\"<>".contains(c);
            let url = &part[..part.find(stop).unwrap_or(part.len())];
            if number > 0
                && let Some(end) = user_info(url)
            {
                ranges.push(start..start + end);
            }
            start += part.len() + mark.len();
        }
    }
    joined(ranges)
}

fn tokens() -> &'static Regex {
    static TOKENS: OnceLock<Regex> = OnceLock::new();
    pattern(
        &TOKENS,
        concat!(
            r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){1,4}",
            r"|-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)"
        ),
    )
}

fn cookies() -> &'static Regex {
    static COOKIES: OnceLock<Regex> = OnceLock::new();
    pattern(
        &COOKIES,
        r"(?i-u:\b(?:set-)?cookie2?)['\x22]?: ?([^ \t\r\n=;,]+=[^ \t\r\n;]*(?:; ?[^ \t\r\n=;,]+(?:=[^ \t\r\n;]*)?)*)",
    )
}

/// `Bearer …` and the other schemes of `Authorization`.
fn schemes() -> &'static Regex {
    static SCHEMES: OnceLock<Regex> = OnceLock::new();
    pattern(
        &SCHEMES,
        r"(?i-u:\b(?:bearer|basic|negotiate|ntlm|digest|dpop|sharedaccesssignature|sharedkeylite|sharedkey)) +([^&; \t\r\n\x22',<>{}]{6,})",
    )
}

/// Where group `number` of each match of `pattern` stands.
pub(super) fn groups<'t>(
    pattern: &'t Regex,
    text: &'t str,
    number: usize,
) -> impl Iterator<Item = Range<usize>> {
    pattern
        .captures_iter(text)
        .filter_map(move |found| Some(found.get(number)?.range()))
}

pub(crate) fn pattern(cell: &'static OnceLock<Regex>, text: &str) -> &'static Regex {
    cell.get_or_init(|| Regex::new(text).expect("the pattern is a constant and is tested"))
}
