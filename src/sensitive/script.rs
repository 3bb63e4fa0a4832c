//! Secrets in what people type and programs print: command lines, scripts, logging commands, and
//! sentences that quote a secret.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::names::is_secret_name;
use super::pair::{is_evidence, is_mixed, is_outcome};
use super::shape::{groups, pattern};
use super::value::value_at;
use crate::text::guid::is_guid;

/// Command lines: `--password …`, `-ClientSecret:…`, and `-u user:password`.
pub(super) fn switches(text: &str) -> Vec<Range<usize>> {
    static SWITCH: OnceLock<Regex> = OnceLock::new();
    let mut dashes = memchr::memchr_iter(b'-', text.as_bytes());
    if !dashes.any(|at| begins_a_switch(text, at)) && !text.contains("setx ") {
        return Vec::new();
    }
    let switch = pattern(
        &SWITCH,
        r"(?:^|[\s\x22'(\[,])(?:--?|setx )([A-Za-z][A-Za-z0-9_-]{0,60})(?:[ \t]+|[=:])",
    );
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(found) = switch.captures_at(text, from) {
        let at = found.get(0).expect("group 0 is the match").end();
        // The blank before the next switch.
        from = at - 1;
        let name = &found[1];
        let user = matches!(
            name,
            "u" | "user" | "proxy-user" | "a" | "auth" | "credentials"
        );
        let short = is_short_for_a_secret(name, text, at);
        let named = is_secret_name(name) || name.eq_ignore_ascii_case("cookie");
        if !user && !short && !named {
            continue;
        }
        let Some(value) = value_at(text, at) else {
            continue;
        };
        let inner = &text[value.inner.clone()];
        if user && !short {
            if let Some((_, password)) = inner.split_once(':')
                && password.len() >= 3
                && !password.starts_with("//")
                && !is_evidence("", password)
            {
                ranges.push(value.inner.end - password.len()..value.inner.end);
            }
        } else if !is_evidence(name, inner) && !goes_on(inner) {
            from = value.end;
            ranges.push(value.inner);
        }
    }
    ranges
}

/// Whether the dash at `at` stands where words begin, and before a name.
fn begins_a_switch(text: &str, at: usize) -> bool {
    let is_before = |c: char| c.is_whitespace() || "\"'([,".contains(c);
    let before = text[..at].chars().next_back();
    let behind = text.as_bytes().get(at + 1);
    before.is_none_or(is_before)
        && behind.is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'-')
}

/// Switches of one letter mean a secret to some programs only.
fn is_short_for_a_secret(name: &str, text: &str, at: usize) -> bool {
    let programs: &[&str] = match name {
        "p" => &[
            "az login",
            "docker login",
            "podman login",
            "registry login",
            "sshpass",
        ],
        "P" | "w" | "W" => &[],
        "a" => &["redis-cli"],
        "b" => &["curl "],
        "k" => &["nuget"],
        _ => return false,
    };
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let before = &text[start..at];
    // Whoever says who signs in says with what.
    let line = text[start..].lines().next().unwrap_or_default();
    let users = [
        " -u ",
        " -U ",
        " -D ",
        " --user ",
        " --username ",
        " --user=",
        " --username=",
    ];
    let signs_in = || "pPwW".contains(name) && users.iter().any(|user| line.contains(user));
    programs.iter().any(|program| before.contains(program)) || signs_in()
}

/// What stands behind a secret's name in the words of a program, without any sign between them:
/// `aws configure set aws_secret_access_key …`, `net user robin …`, `IDENTIFIED BY …`, and the lines of
/// `.pgpass`.
pub(super) fn settings(text: &str) -> Vec<Range<usize>> {
    static SETTING: OnceLock<Regex> = OnceLock::new();
    static VERB: OnceLock<Regex> = OnceLock::new();
    let mut ranges = Vec::new();
    if text.contains('_') {
        let setting = pattern(
            &SETTING,
            r"(?:^|[\s:/.])([A-Za-z]*(?:_[A-Za-z0-9]+)+)[ \t]+([^\s=:]\S{4,})",
        );
        for found in setting.captures_iter(text) {
            let (name, value) = (&found[1], found.get(2).expect("it is in the pattern"));
            let odd = |c: char| c.is_ascii_digit() || "!$%^*#".contains(c);
            if is_secret_name(name) && value.as_str().contains(odd) {
                ranges.push(value.range());
            }
        }
    }
    let lower = text.to_ascii_lowercase();
    let verbs = ["net use", "identified by", "vault login", ":*:"];
    if verbs.iter().any(|verb| lower.contains(verb)) || text.matches(':').count() >= 4 {
        let verb = pattern(
            &VERB,
            r#"(?im)\bnet user [^\s/]\S* ([^\s/]\S*)|\bnet use (?:\S+ )?\\\\\S+ ([^\s/]\S*)|\bidentified by ["']?([^\s"';]+)|\bvault login ([^\s-]\S*)|^[ \t]*[^\s:#"'{}/]+:(?:[0-9]{2,5}|\*):[^\s:]+:[^\s:]+:(\S+)[ \t\r]*$"#,
        );
        ranges.extend((1..=5).flat_map(|number| groups(verb, text, number)));
    }
    ranges.retain(|range| {
        let value = &text[range.clone()];
        !is_evidence("", value) && !goes_on(value)
    });
    ranges
}

/// What stands behind a switch where somebody writes about it.
fn goes_on(value: &str) -> bool {
    const WORDS: &[&str] = &[
        "is",
        "was",
        "are",
        "and",
        "or",
        "option",
        "options",
        "parameter",
        "argument",
        "flag",
        "switch",
        "must",
        "not",
        "for",
        "to",
        "with",
        "has",
        "cannot",
        "can",
        "requires",
        "as",
        "in",
        "the",
        "a",
        "an",
        "of",
        "value",
        "needs",
        "should",
        "does",
        "will",
        "if",
        "when",
        "from",
        "on",
        "instead",
        "that",
        "it",
        "stdin",
    ];
    let word = value.trim_end_matches(['.', ',', ':', '!', '?']);
    value.starts_with('-')
        || WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
        || is_outcome(word)
}

/// Scripts: what becomes a `SecureString`, and the last text given to a constructor of credentials.
pub(super) fn calls(text: &str) -> Vec<Range<usize>> {
    static PLAIN: OnceLock<Regex> = OnceLock::new();
    static PIPED: OnceLock<Regex> = OnceLock::new();
    static CREDENTIAL: OnceLock<Regex> = OnceLock::new();
    let mut ranges = Vec::new();
    if text.contains("ecure") {
        let plain = pattern(
            &PLAIN,
            r"(?i-u:ConvertTo-SecureString)(?: +-[A-Za-z]+)* +(?:\x22([^\x22\n]+)|'([^'\n]+)|([^\s$(-][^\s)]+))",
        );
        let piped = pattern(
            &PIPED,
            r"(?:\x22([^\x22\n]+)\x22|'([^'\n]+)')[ \t]*\|[ \t]*(?i-u:ConvertTo-SecureString)",
        );
        ranges.extend((1..=3).flat_map(|number| groups(plain, text, number)));
        ranges.extend((1..=2).flat_map(|number| groups(piped, text, number)));
    }
    if text.contains("redential(") || text.contains("auth=(") {
        let credential = pattern(
            &CREDENTIAL,
            r"(?:[A-Za-z]Credential|auth=)\([^()\n]*(?:\x22([^\x22\n]+)\x22|'([^'\n]+)')[ \t]*\)",
        );
        ranges.extend((1..=2).flat_map(|number| groups(credential, text, number)));
    }
    ranges.retain(|range| !is_evidence("", &text[range.clone()]));
    ranges
}

/// Logging commands of pipelines: `##vso[task.setvariable variable=key;issecret=true]…`.
pub(super) fn commands(text: &str) -> Vec<Range<usize>> {
    static COMMAND: OnceLock<Regex> = OnceLock::new();
    if !text.contains("##vso[") && !text.contains("::add-mask::") {
        return Vec::new();
    }
    let command = pattern(
        &COMMAND,
        r"(?:##vso\[task\.(set[a-z]+)([^\]\r\n]*)\]|::add-mask::)([^\r\n]+)",
    );
    let secret = |found: &regex::Captures<'_>| {
        let Some(kind) = found.get(1) else {
            return true;
        };
        let settings = found[2].to_ascii_lowercase();
        let mut values = settings
            .split([';', ' '])
            .filter_map(|pair| pair.split_once('='));
        kind.as_str() == "setsecret"
            || values.any(|(name, value)| {
                (name == "issecret" && value == "true")
                    || (matches!(name, "variable" | "key") && is_secret_name(value))
            })
    };
    command
        .captures_iter(text)
        .filter(|found| secret(found))
        .filter_map(|found| Some(found.get(3)?.range()))
        .filter(|range| !is_evidence("", &text[range.clone()]))
        .collect()
}

/// Sentences: `Invalid client secret provided: '…'`, `your password is …`. Only what looks made by a
/// machine is taken for the secret itself and no name of it.
pub(super) fn quotes(text: &str) -> Vec<Range<usize>> {
    static QUOTE: OnceLock<Regex> = OnceLock::new();
    let lower = ["ecret", "assword", "assphrase", "oken"];
    let mut words = text.split(|c: char| c.is_whitespace() || "'\"".contains(c));
    let is_quoted = |word: &str| word.len() >= 8 && is_mixed(word);
    if !lower.iter().any(|word| text.contains(word)) || !words.any(is_quoted) {
        return Vec::new();
    }
    let quote = pattern(
        &QUOTE,
        r"(?i-u:\b(?:secret|password|passphrase|token)(?: [a-z]{1,12}){0,3}:? )(?:\\*['\x22]([^'\x22\s\\]{8,})\\*['\x22]|([^\s'\x22<>(){}]{10,}))",
    );
    let found = (1..=2).flat_map(|number| groups(quote, text, number));
    found
        .map(|range| {
            let value = text[range.clone()].trim_end_matches(['.', ',', ';', ':', '!', '?']);
            range.start..range.start + value.len()
        })
        .filter(|range| {
            let value = &text[range.clone()];
            let short = value.len() <= LONGEST_QUOTE;
            short
                && is_mixed(value)
                && !is_guid(value)
                && !is_evidence("code", value)
                && !is_a_name(value)
        })
        .collect()
}

/// Longer words of a sentence are no secret, in bytes.
const LONGEST_QUOTE: usize = 200;

/// An address, a path, a permission, and a word with a number behind it.
fn is_a_name(value: &str) -> bool {
    let word = value.trim_end_matches(|c: char| c.is_ascii_digit());
    value.contains("://")
        || value.contains(['/', '@', '='])
        || word
            .chars()
            .all(|c| c.is_ascii_alphabetic() || "._-".contains(c))
}
