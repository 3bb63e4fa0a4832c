//! Inputs without any call: a pasted message, a pasted body.

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::connection::outcome;
use crate::json;
use crate::report::finding::Finding;
use crate::report::{Report, Verdict};
use crate::rules::families;
use crate::sensitive::Known;
use crate::text::readable::{clip, readable};

/// How much of a text is looked at, and how much of it is shown, in bytes.
const MAX_TEXT: usize = 64 << 10;
const SHOWN: usize = 300;

/// Says what a report on an input without a call leaves open: nothing is clean without a call that
/// shows how it ended.
pub(super) fn judge(report: &mut Report, text: Option<&str>, known: &Known) {
    let explains = |finding: &Finding| {
        !finding.rule.starts_with("trace-") && finding.rule != families::UNKNOWN_CODE
    };
    let text = text.map(|text| clip(text, MAX_TEXT));
    if let Some(text) = text.filter(|text| tells_of_failure(text))
        && !report.findings.iter().any(explains)
    {
        let said = clip(&known.mask_text(&readable(text)), SHOWN).to_owned();
        report.unexplained.push(format!("the text given: {said}"));
    } else if report.verdict() == Verdict::Clean {
        let open = "a service-endpoint call that shows how it ended";
        report.missing.push(open.to_owned());
    }
}

/// Whether `text` plainly is what a service or a tool says of a failure.
fn tells_of_failure(text: &str) -> bool {
    static CODE: OnceLock<Regex> = OnceLock::new();
    static WORD: OnceLock<Regex> = OnceLock::new();
    let code = CODE.get_or_init(|| {
        Regex::new(r"(?-u)\b(?:AADSTS[0-9]{4,}|TF[0-9]{5,6}|VS[0-9]{5,6})\b").expect("constant")
    });
    let word = WORD.get_or_init(|| {
        Regex::new(r"(?i)##\[error\]|\berror:|\bexception:|\bfailed:|\bfailed (?:to|with) \w")
            .expect("constant")
    });
    if code.is_match(text) {
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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::tells_of_failure;
    use crate::ingest::{self, Options, Source};
    use crate::judge::Analyzer;
    use crate::report::{Report, Verdict};
    use crate::rules::engine::Catalogue;

    fn report(text: &str) -> Report {
        let mut bytes = Cursor::new(text.as_bytes());
        let mut traces = ingest::read("-", Source::File(&mut bytes), &Options::default()).unwrap();
        Analyzer::new(&Catalogue::built_in()).analyze(traces.remove(0))
    }

    #[test]
    fn nothing_is_clean_without_a_call() {
        for (text, verdict, unexplained) in [
            (
                "Value cannot be null. Parameter name: endpointProjectReferences",
                Verdict::Fault,
                0,
            ),
            ("AADSTS70002222: something", Verdict::Inconclusive, 1),
            ("Error: it broke", Verdict::Inconclusive, 1),
            (
                "TF401019: The Git repository with name or identifier x does not exist",
                Verdict::Inconclusive,
                0,
            ),
            ("hello", Verdict::NothingRelevant, 0),
        ] {
            let report = report(text);
            assert_eq!(
                (report.verdict(), report.unexplained.len()),
                (verdict, unexplained),
                "{text}"
            );
        }
    }

    #[test]
    fn failures_are_told_from_other_texts() {
        for failure in [
            "AADSTS70002222: something",
            "##[error] it broke",
            "Error: it broke",
            "Failed to do it.",
            r#"{"$id":"1","message":"no","typeKey":"X"}"#,
            r#"{"error":{"code":"Odd","message":"no"}}"#,
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
}
