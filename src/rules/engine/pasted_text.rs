//! Whether a pasted text tells of a failure.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use crate::connection::outcome;
use crate::json;
use crate::rules::engine::meaning::says_any;
use crate::rules::engine::subject::{is_of_pipelines, names_connection};
use crate::text::codes;
use crate::text::readable::readable;

/// Longest text, in bytes, in which plain words of refusal count: in a longer one they are prose.
const MAX_SENTENCE: usize = 600;

/// Whether `text` plainly is what a service or a tool says of a failure.
pub(crate) fn tells_of_failure(text: &str) -> bool {
    static WORD: OnceLock<Regex> = OnceLock::new();
    let word = WORD.get_or_init(|| {
        Regex::new(
            r#"(?i)#?#?\[error\]|\berror ?:|exception:|\bfailed:|\bfailed (?:to|with) \w|\btypeKey['"]? ?[:=] ?['"]"#,
        )
        .expect("constant")
    });
    if codes::is_numbered(text) {
        return true;
    }
    match json::parse(text) {
        Ok(body) => {
            let refusal = body.get("error");
            let coded = refusal.is_some_and(|error| error.get("code").is_some());
            let message = body.str("errorMessage");
            outcome::is_error_envelope(&body)
                || coded
                || (refusal.is_some() && body.get("error_description").is_some())
                || message.is_some_and(|text| !text.trim().is_empty())
        }
        Err(_) => word.is_match(text),
    }
}

/// The lines of `text` that a program marked as errors, as one reads them.
pub(crate) fn marked_lines(text: &str) -> String {
    let marked = text.lines().filter(|line| tells_of_failure(line));
    marked.map(|line| readable(line) + "\n").collect()
}

/// Whether `text` is a failure as programs write it: it is marked as one, or a line of it has a word of
/// failure beside a status, an address, a name in quotes or a word of code.
pub(crate) fn reads_like_output(text: &str) -> bool {
    static WRITTEN: OnceLock<Regex> = OnceLock::new();
    let written = WRITTEN.get_or_init(|| {
        let quoted = r#"(?:^|[\s=(:])['"`][^'"`\s][^'"`]{0,120}['"`]"#;
        let pattern = format!(
            r"(?m)://|\b[45][0-9]{{2}}\b|{quoted}|\b[a-z0-9]+[A-Z][A-Za-z]+|\b[A-Z][a-z0-9]+[A-Z]\w+|: (?i:access denied|unauthorized|forbidden|denied|not found)\b|^\W{{0,3}}[A-Za-z]{{3,}}\]?: |\w@[0-9]"
        );
        Regex::new(&pattern).expect("constant")
    });
    let says = |line: &str| {
        let line = line.trim();
        line.len() <= MAX_SENTENCE
            && !line.ends_with('?')
            // The name of the product stands in prose as well.
            && written.is_match(&line.replace("DevOps", ""))
            && speaks_of_failure(line)
    };
    tells_of_failure(text) || text.lines().any(says)
}

/// Whether `text` holds an error number of Entra ID or Azure DevOps, or is the JSON of an answer.
fn is_of_service(text: &str) -> bool {
    codes::is_numbered(text) || json::parse(text).is_ok()
}

/// Whether a line of a text may be of use to who judges it: of a failure, a connection, or a pipeline.
pub(crate) fn may_tell(line: &str) -> bool {
    codes::is_numbered(line) || speaks_of_failure(line) || is_of_pipelines(line)
}

/// Whether `text` has a plain word of failure, in a language that the portal speaks, or says in other
/// words that something failed.
fn speaks_of_failure(text: &str) -> bool {
    static PLAIN: OnceLock<Regex> = OnceLock::new();
    let plain = PLAIN.get_or_init(|| {
        Regex::new(concat!(
            r"(?i)\b(?:error|fail(?:ed|ure|s)?|\w*exception|(?:status(?: code)?|http(?: error)?|code):? ?[45][0-9][0-9]|only supports?|denied|refused|rejected|unauthorized|forbidden|timed out|could ?n[o']t|can ?not|can't|unable to|invalid|do(?:es)? ?n[o']t have|no (?:\w+ ){1,8}(?:found|specified|provided|given|set|available)|missing|disabled|expired|not (?:installed|found|valid|allowed|supported|authorized|expected|ready|set|specified|recognized))\b",
            r"|fehler|fehlgeschlagen|konnte nicht|kann nicht|ungültig|verweigert|échec|échou|erreur|impossible|refusé|introuvable",
            r"|\bfalló|denegad|no se p|no se encontr|\berrore\b|impossibile|negato|non riuscit|non è|\berro\b|falha|falhou|negad|não",
            r"|エラー|失敗|できません|見つかりません|错误|失败|无法|拒绝|找不到|錯誤|無法|拒絕|오류|실패|없습니다",
            r"|ошибк|не удалось|отказано|не найден|błąd|nie można|nie znaleziono|chyba|nelze|hata|başarısız",
        ))
        .expect("constant")
    });
    plain.is_match(text) || says_any(text)
}

/// Whether `text` tells of a failure of a service connection, of a pipeline, or of Azure DevOps.
pub(crate) fn tells_of_our_failure(text: &str) -> bool {
    tells_of_failed_connection(text)
        || tells_of_failure(text) && (is_of_pipelines(text) || is_of_service(text))
}

/// Whether `text` says of a service connection that something about it failed.
fn tells_of_failed_connection(text: &str) -> bool {
    let says = |text: &str| {
        let text = text.trim();
        text.len() <= MAX_SENTENCE && !text.ends_with('?') && speaks_of_failure(text)
    };
    names_connection(text)
        && (tells_of_failure(text)
            || says(text)
            || quoted_lines(text).any(|line| says(&text[line])))
}

/// Longest line, in bytes, that may be a message which somebody quotes.
const MAX_QUOTED: usize = 300;

/// The lines of `text` that look like what a tool says: those that tell of a failure, and those that stand
/// alone, with a blank line on either side.
pub(crate) fn quoted_lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        at += line.len();
        at - line.len()..at
    });
    let is_blank = |line: &str| line.trim().is_empty();
    lines.filter(move |line| {
        let said = text[line.clone()].trim();
        let alone = || {
            let before = text[..line.start].lines().next_back().is_none_or(is_blank);
            let behind = text[line.end..].lines().next().is_none_or(is_blank);
            before && behind
        };
        !said.is_empty()
            && said.len() <= MAX_QUOTED
            && !said.ends_with('?')
            && (tells_of_failure(said) || alone())
    })
}

#[cfg(test)]
mod tests {
    use super::{reads_like_output, tells_of_failed_connection, tells_of_failure};

    #[test]
    fn failures_are_told_from_other_texts() {
        for failure in [
            "AADSTS70002222: something",
            "##[error] it broke",
            "Error: it broke",
            "Failed to do it.",
            r#"{"$id":"1","message":"no","typeKey":"X"}"#,
            r#"{"error":{"code":"Odd","message":"no"}}"#,
            "400 Bad Request { '$id': '1', message: 'no', typeKey: 'ServiceEndpointException' }",
            r#"{"error":"invalid_odd","error_description":"no"}"#,
        ] {
            assert!(tells_of_failure(failure), "{failure}");
        }
        for other in [
            "How to fix the accesstoken null problem? see docs",
            "Nothing failed here, and there was no error.",
            "CATSTF12345x",
            r#"{"name":"error: prod","type":"azurerm","errorMessage":""}"#,
        ] {
            assert!(!tells_of_failure(other), "{other}");
        }
    }

    #[test]
    fn what_programs_write_of_a_failure_is_told_from_prose() {
        for written in [
            "Response: 401 Unauthorized",
            "fatal: Authentication failed for 'https://git.contoso.com/web.git/'",
            "The user 'x' does not have access to cluster",
            "SonarQube is not reachable: denied",
        ] {
            assert!(reads_like_output(written), "{written}");
        }
        for prose in [
            "Unauthorized packages are not allowed in our repository.",
            "The ship was denied entry, and the harbour could not help.",
            "Is a 401 Unauthorized an error?",
        ] {
            assert!(!reads_like_output(prose), "{prose}");
        }
    }

    #[test]
    fn a_failed_connection_is_told_from_talk_about_one() {
        for failure in [
            "The service connection 'web' cannot be used by this widget.",
            "Service connection web answered with status 418",
            "Die Dienstverbindung \"web\" konnte nicht überprüft werden.",
            "服务连接 web 验证失败",
            "ServiceEndpointWidgetException: no",
        ] {
            assert!(tells_of_failed_connection(failure), "{failure}");
        }
        for other in [
            "Why can a service connection not be found?",
            "How to create a service connection",
            "The private service connection is not valid",
            "Ich habe eine Dienstverbindung erstellt.",
        ] {
            assert!(!tells_of_failed_connection(other), "{other}");
        }
    }
}
