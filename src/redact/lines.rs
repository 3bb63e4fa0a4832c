//! Of a long text, the lines that tell of a failure or of a connection, and those beside them.

use crate::ingest::Trace;
use crate::judge::Analyzer;
use crate::report::Report;
use crate::report::finding::{Finding, Severity};
use crate::rules::engine::pasted_text::may_tell;

/// How many lines beside a telling one are kept, what it goes on with and what it is about, and whether
/// only those of its own paragraph: the first that leaves the judgement as it is.
const BESIDE: [(usize, bool); 3] = [(1, true), (2, false), (8, false)];

/// Stands where lines are left out: a message among other words stays one among other words.
const LEFT_OUT: &str = "(lines left out)";

/// The text of `trace`, of which `report` is the judgement, without the lines that the judgement does not
/// need, and how many these are.
pub(super) fn needed(trace: &Trace, report: &Report, analyzer: &Analyzer<'_>) -> (String, usize) {
    let text = trace.text.as_deref().unwrap_or_default();
    let judged = essence(report);
    for (beside, in_paragraph) in BESIDE {
        let (short, left_out) = telling(text, beside, in_paragraph);
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

/// The telling lines of a text with as many as `beside` around each, and how many are left out.
fn telling(text: &str, beside: usize, in_paragraph: bool) -> (String, usize) {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    if text.trim_start().starts_with(['{', '[', '<']) {
        // It is written anew as what it is.
        return (text.to_owned(), 0);
    }
    let mut kept = vec![false; lines.len()];
    let belongs = |line: &usize| !in_paragraph || !lines[*line].trim().is_empty();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| may_tell(line)) {
        let before = (at.saturating_sub(beside)..at).rev();
        let behind = at..lines.len().min(at + beside + 1);
        for line in before.take_while(belongs).chain(behind.take_while(belongs)) {
            kept[line] = true;
        }
    }
    let lines: Vec<(&str, bool)> = lines.into_iter().zip(kept).collect();
    let is_blank = |line: &(&str, bool)| line.0.trim().is_empty();
    let mut left_out = 0;
    let mut short = String::new();
    for run in lines.chunk_by(|one, next| one.1 == next.1) {
        if run[0].1 || run.iter().all(is_blank) {
            short.extend(run.iter().map(|(line, _)| *line));
            continue;
        }
        let told = run.iter().filter(|line| !is_blank(line));
        left_out += told.filter(|(line, _)| line.trim() != LEFT_OUT).count();
        short.push_str(if is_blank(&run[0]) { "\n" } else { "" });
        short.push_str(LEFT_OUT);
        short.push_str(if is_blank(&run[run.len() - 1]) {
            "\n\n"
        } else {
            "\n"
        });
    }
    (short, left_out)
}

/// Whether a shortened text holds anything but the marks of what was left out.
pub(super) fn hold_any(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim);
    lines.any(|line| !line.is_empty() && line != LEFT_OUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_telling_lines_and_their_neighbours() {
        let noise: String = (0..20).map(|n| format!("step {n} is done\n")).collect();
        let text = format!("{noise}AADSTS7000215: no such key\n{noise}");
        let (short, left_out) = telling(&text, 2, false);
        assert_eq!((short.lines().count(), left_out), (7, 36));
        assert!(short.contains("AADSTS7000215") && short.contains("step 19"));
        let mail = "Hello Ann,\n\nit said:\nAADSTS7000215: no such key\n\nYours\n";
        let (short, left_out) = telling(mail, 2, true);
        let kept = format!("{LEFT_OUT}\n\nit said:\nAADSTS7000215: no such key\n\n{LEFT_OUT}\n");
        assert_eq!((short, left_out), (kept, 2));
        assert_eq!(telling("a\nb\n", 2, false), (format!("{LEFT_OUT}\n"), 2));
    }
}
