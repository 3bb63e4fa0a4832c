//! The whole job of a check: files in, one report on all of them out.

use crate::ingest::{self, Options, Source};
use crate::judge::{Analyzer, Traces};
use crate::report::Report;

/// Reads `files`, each with its name, and judges all that is in them as one story. A file that cannot
/// be read is an input of the report with the reason; the others are judged all the same.
///
/// ```
/// use std::io::Cursor;
///
/// use mendpoint::ingest::{Options, Source};
/// use mendpoint::judge::Analyzer;
/// use mendpoint::report::Verdict;
///
/// let analyzer = Analyzer::default();
/// let mut message = Cursor::new("##[error]AADSTS7000222: The provided client secret keys for app \
///     '0c1d2e3f-1111-4222-8333-444455556666' are expired.");
/// let files = [("message.txt", Source::File(&mut message))];
/// let report = mendpoint::check(files, &analyzer, &Options::default());
/// assert_eq!(report.verdict(), Verdict::Fault);
/// assert_eq!(report.findings[0].rule, "aadsts7000222-secret-expired");
/// ```
pub fn check<'s>(
    files: impl IntoIterator<Item = (&'s str, Source<'s>)>,
    analyzer: &Analyzer<'_>,
    options: &Options<'_>,
) -> Report {
    let mut traces = Traces::default();
    for (name, source) in files {
        let read =
            |take: &mut dyn FnMut(ingest::Trace)| ingest::read_each(name, source, options, take);
        analyzer.inputs_of(name, false, read, &mut |trace| traces.push(trace));
    }
    analyzer.judge(traces)
}
