//! Of a long text, the lines that tell of a failure or of a connection, and those beside them.

use crate::ingest::Trace;
use crate::judge::Analyzer;
use crate::report::Report;
use crate::report::finding::{Finding, Severity};
use crate::rules::engine::pasted_text::may_tell;

/// A text of so many lines is kept whole.
const SHORT: usize = 12;

/// How many lines beside a telling one are kept: what it goes on with, and what it is about.
const BESIDE: [usize; 2] = [2, 8];

/// The text of `trace`, of which `report` is the judgement, without the lines that the judgement does not
/// need, and how many these are.
pub(super) fn needed(trace: &Trace, report: &Report, analyzer: &Analyzer<'_>) -> (String, usize) {
    let text = trace.text.as_deref().unwrap_or_default();
    let judged = essence(report);
    for beside in BESIDE {
        let (short, left_out) = telling(text, beside);
        if left_out == 0 {
            break;
        }
        let again = Trace {
            text: Some(short.clone()),
            ..trace.clone()
        };
        if essence(&analyzer.analyze(again)) == judged {
            return (short, left_out);
        }
    }
    (text.to_owned(), 0)
}

/// Whether `copy`, made of the text of `trace`, gets the same judgement as that, which is `report`.
pub(super) fn is_judged_alike(
    trace: &Trace,
    copy: &str,
    report: &Report,
    analyzer: &Analyzer<'_>,
) -> bool {
    let copied = Trace {
        text: Some(copy.to_owned()),
        ..trace.clone()
    };
    essence(&analyzer.analyze(copied)) == essence(report)
}

/// What has to stay the same: the verdict, and every rule with its severity.
fn essence(report: &Report) -> (crate::report::Verdict, Vec<(&str, Severity)>) {
    // That a text holds secrets is the one finding that a copy is to end.
    let own = |finding: &&Finding| finding.rule != "trace-contains-secrets";
    let findings = report.findings.iter().filter(own);
    let mut rules: Vec<(&str, Severity)> = findings
        .map(|finding| (finding.rule.as_str(), finding.severity))
        .collect();
    rules.sort_unstable();
    (report.verdict(), rules)
}

/// The telling lines of a long text with as many as `beside` around each, and how many are left out.
fn telling(text: &str, beside: usize) -> (String, usize) {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let is_written_anew = text.trim_start().starts_with(['{', '[', '<']);
    if lines.len() <= SHORT || is_written_anew {
        return (text.to_owned(), 0);
    }
    let mut kept = vec![false; lines.len()];
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| may_tell(line)) {
        let end = (at + beside + 1).min(lines.len());
        kept[at.saturating_sub(beside)..end].fill(true);
    }
    let left_out = kept.iter().filter(|kept| !**kept).count();
    let short = lines.iter().zip(&kept).filter(|(_, kept)| **kept);
    (short.map(|(line, _)| *line).collect(), left_out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_keeps_its_telling_lines_and_their_neighbours() {
        let noise: String = (0..20).map(|n| format!("step {n} is done\n")).collect();
        let text = format!("{noise}AADSTS7000215: no such key\n{noise}");
        let (short, left_out) = telling(&text, 2);
        assert_eq!((short.lines().count(), left_out), (5, 36));
        assert!(short.contains("AADSTS7000215") && short.contains("step 19"));
        assert_eq!(telling("a\nb\n", 2), ("a\nb\n".to_owned(), 0));
    }
}
