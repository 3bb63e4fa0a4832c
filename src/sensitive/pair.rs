//! Secrets in running text by the name in front of them: members of JSON, and pairs.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::MASK;
use super::made::{is_scrambled, strange};
use super::member::{Kind, kind_of_parameter};
use super::names::{is_name_of_key, is_secret_header, is_secret_name};
use super::shape::pattern;
use super::value::value_at;
use crate::text::codes;
use crate::text::guid::is_guid;
use crate::text::placeholder::{is_error_code, is_null_word, is_variable};

/// Quoted names with what stands behind them: `"password": "…"`, at any depth of escaping.
pub(super) fn members(text: &str) -> Vec<Range<usize>> {
    static NAME: OnceLock<Regex> = OnceLock::new();
    let name = pattern(
        &NAME,
        r#"\\*["']([A-Za-z_$][A-Za-z0-9_ $.:/-]{1,60})\\*["'][ \t\r\n]*\]?[ \t]*(?:[:=]|(,))[ \t\r\n]*"#,
    );
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(found) = name.captures_at(text, at) {
        let whole = found.get(0).expect("group 0 is the match").range();
        at = whole.end;
        let named = is_secret_name(&found[1]);
        if !named && !is_secret_header(&found[1]) {
            continue;
        }
        let Some(value) = value_at(text, at) else {
            continue;
        };
        let inner = &text[value.inner.clone()];
        // `authorization` of an endpoint is no field of a header.
        if !named && inner.starts_with(['{', '[']) {
            continue;
        }
        // A comma stands in calls, `Add("api-key", "…")`, in lists of names, and before the next member.
        let is_member = inner.contains("\":") || inner.contains("':");
        let is_argument = text[..whole.start].ends_with('(');
        let listed = found.get(2).is_some() && (is_member || !is_argument && !is_mixed(inner));
        if !is_evidence(&found[1], inner) && !listed {
            at = value.end;
            ranges.push(value.inner);
        }
    }
    ranges
}

/// Names without quotes: `client_secret=…`, `X-Api-Key: …`, `AccountKey=…;`.
pub(super) fn pairs(text: &str) -> Vec<Range<usize>> {
    static PAIR: OnceLock<Regex> = OnceLock::new();
    let pair = pattern(
        &PAIR,
        r"(?:^|[^A-Za-z0-9_.])([A-Za-z_][A-Za-z0-9_.-]{1,60})(?:\[[A-Za-z]+\])?([ \t]?=[ \t]?|[*_`]{0,2}[ \t]?:[*_`]{0,2}[ \t]{0,8})",
    );
    let mut ranges = Vec::new();
    let mut from = 0;
    // The value of one may be the name of the next, so each search starts at the sign before it.
    while let Some(found) = pair.captures_at(text, from) {
        let at = found.get(0).expect("group 0 is the match").end();
        let (name, sign) = (&found[1], &found[2]);
        from = at - 1;
        let named = is_secret_name(name) || is_secret_header(name);
        if !named && !is_name_of_key(name) {
            continue;
        }
        let Some(value) = value_at(text, at) else {
            continue;
        };
        let inner = &text[value.inner.clone()];
        if !named && !is_numbered(inner) {
            continue;
        }
        let line = is_line(
            text,
            found.get(1).expect("it is in the pattern").start(),
            value.end,
        );
        let prose = is_prose(sign, inner) && !(line && is_certain(name) && !is_outcome(inner));
        // What such a field holds may be an object with a scheme in it, or an answer that was given instead.
        let object = inner.starts_with(['{', '['])
            && (name.eq_ignore_ascii_case("authorization") || is_refusal(inner));
        let told = sign.contains(':') && is_failure_told(inner);
        if inner.len() >= 3 && !is_evidence(name, inner) && !prose && !object && !told {
            from = value.end;
            ranges.push(value.inner);
        }
    }
    ranges
}

/// Whether `value` is the body of an answer that refuses: its members are looked at one by one.
fn is_refusal(value: &str) -> bool {
    const MEMBERS: &[&str] = &[
        "error",
        "errors",
        "error_description",
        "errorMessage",
        "typeKey",
    ];
    let is_member = |name: &&str| {
        let quoted = |quote: char| value.contains(&format!("{quote}{name}{quote}"));
        quoted('"') || quoted('\'')
    };
    MEMBERS.iter().any(is_member)
}

/// Whether `value` is a word with digits among its letters, and no id: what is said of keys has none.
fn is_numbered(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.len() >= 8
        && (1..value.len()).contains(&digits)
        && !is_guid(value)
        && !value.contains(char::is_whitespace)
        && !value.contains(['/', '\\'])
}

/// Names that also occur as words: behind their colon a single word is prose.
const WORDS_TOO: &[&str] = &[
    "code",
    "token",
    "signature",
    "certificate",
    "nonce",
    "assertion",
    "key",
    "state",
    "secret",
    "pass",
    "cookie",
    "authorization",
];

/// Whether a name means a secret wherever it stands.
pub(crate) fn is_certain(name: &str) -> bool {
    !WORDS_TOO.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a name and its value are all that stands on a line, as in files of settings, or with two words
/// at most in front of them, as people write (`our new password: …`).
fn is_line(text: &str, name: usize, end: usize) -> bool {
    let before = text[..name].rsplit('\n').next().unwrap_or_default();
    let after = text[end..].split('\n').next().unwrap_or_default();
    let mark = |c: char| c.is_whitespace() || "-$\"'*_`|>".contains(c);
    let words = before.trim_start_matches(mark);
    let is_said = words.split_whitespace().count() <= 2
        && words.chars().all(|c| c.is_alphabetic() || c == ' ');
    is_said && after.chars().all(mark)
}

/// Whether a message says with `value` what became of a secret.
pub(super) fn is_outcome(value: &str) -> bool {
    const OUTCOMES: &[&str] = &[
        "missing",
        "required",
        "expired",
        "invalid",
        "empty",
        "wrong",
        "revoked",
        "redacted",
        "valid",
        "unknown",
        "failed",
        "denied",
        "disabled",
        "enabled",
        "present",
        "absent",
        "set",
        "unset",
        "hidden",
        "masked",
        "provided",
        "rejected",
        "refused",
        "yes",
        "no",
        "ok",
        "incorrect",
        "falsch",
        "ung\u{fc}ltig",
        "abgelaufen",
        "fehlt",
        "leer",
    ];
    let word = value
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_ascii_lowercase();
    OUTCOMES.contains(&word.as_str())
}

/// Whether `value` has small and capital letters and digits: no word is written so.
pub(super) fn is_mixed(value: &str) -> bool {
    let has = |is: fn(&char) -> bool| value.chars().any(|c| is(&c));
    has(char::is_ascii_digit) && has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase)
}

/// Whether `value` is a sentence that tells what failed, as the task for Azure Key Vault writes it behind
/// the name of each secret: `db-password: "The user, group or application does not have …"`.
fn is_failure_told(value: &str) -> bool {
    const FAILURES: &[&str] = &[
        " does not have ",
        " doesn't have ",
        "Could not fetch ",
        " is not authorized ",
        " access is disabled ",
        " was not found ",
        " not found in this ",
        " failed to ",
    ];
    let plain = |word: &str| {
        let letters = word.trim_end_matches([',', '.', ':']);
        !letters.is_empty()
            && letters
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || byte == b'\'')
    };
    let small = |word: &str| word[1..].bytes().all(|byte| !byte.is_ascii_uppercase());
    let words: Vec<&str> = value.split(' ').take(6).collect();
    words.len() == 6
        && value.starts_with(|c: char| c.is_ascii_uppercase())
        && words.iter().all(|word| plain(word) && small(word))
        && FAILURES.iter().any(|failure| value.contains(failure))
}

/// Behind a colon prose goes on: `token: expired`, `Bearer error="invalid_token"`.
fn is_prose(sign: &str, value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    let word = value
        .trim_end_matches(['.', '!', '?', ':'])
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || b"-/_".contains(&byte))
        && !is_scrambled(value);
    if is_outcome(value) {
        return true;
    }
    if sign.contains(':') {
        // The address of a secret, and whom a certificate is for, are not the thing itself.
        let about = value.contains("://") || value.starts_with("CN=");
        word || about || value.len() < 6
    } else {
        value.len() < 4
    }
}

/// Values behind a secret's name that are no secret: nothing, a masked one, a variable, and the code
/// of an error.
pub(super) fn is_evidence(name: &str, value: &str) -> bool {
    let bare = value.trim_matches(|c: char| c.is_whitespace() || "\"'`.,(){}[]$\\".contains(c));
    let is_code = name.to_ascii_lowercase().ends_with("code") && is_error_code(bare);
    // `failed to get token: AADSTS700016: …`
    let number = bare.trim_end_matches(':');
    is_null_word(bare)
        || ["empty", "nil", "n/a"]
            .iter()
            .any(|word| bare.eq_ignore_ascii_case(word))
        || bare.contains(MASK)
        || is_code
        || codes::is_numbered(number) && number.bytes().all(|byte| byte.is_ascii_alphanumeric())
        || is_variable(value)
        || is_object_of_powershell(bare)
}

/// `System.Collections.Hashtable`: what `PowerShell` writes where an object stood.
fn is_object_of_powershell(value: &str) -> bool {
    let symbol = |byte: u8| byte.is_ascii_alphabetic() || b".[]".contains(&byte);
    value.starts_with("System.") && value.bytes().all(symbol)
}

/// The values of secret parameters of a URL as it is written, odd ones of parameters that nobody knows, and
/// those that cannot be what their parameter is for.
pub(super) fn parameters(url: &str) -> Vec<Range<usize>> {
    static VALUE: OnceLock<Regex> = OnceLock::new();
    let value = pattern(&VALUE, r"[?&#;](?:([^=&#;?]*)=)?([^&#;]+)");
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(found) = value.captures_at(url, from) {
        let mut value = found.get(2).expect("the pattern has two groups").range();
        // A URL in a value has parameters of its own.
        from = value.start;
        // In a sentence an address ends at a blank, and may stand in quotes.
        let is_around = |c: char| c.is_whitespace() || "'\"(".contains(c);
        let is_quoted = url[..value.start].contains(is_around);
        if is_quoted {
            let quoted = url[value.clone()].split(char::is_whitespace).next();
            let quoted = quoted.unwrap_or_default();
            let bare = quoted.trim_end_matches(|c: char| "'\".,;)".contains(c));
            value.end = value.start + bare.len();
        }
        if value.is_empty() {
            continue;
        }
        let (name, text) = (
            found.get(1).map_or("", |name| name.as_str()),
            &url[value.clone()],
        );
        let is_odd = || !text.contains("://") && !strange(text).is_empty();
        let fits = match kind_of_parameter(name) {
            // What is in these is looked at by its own parts.
            Some(Kind::Address | Kind::Path | Kind::Subject | Kind::Sentence) => true,
            Some(kind) => kind.fits(text),
            None => false,
        };
        if is_secret_name(name) || !fits && is_odd() {
            from = value.end;
            ranges.push(value);
        }
    }
    ranges
}
