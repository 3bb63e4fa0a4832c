//! Samples and their reports.

use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::sync::LazyLock;

use mendpoint::analyze::Analyzer;
use mendpoint::ingest::{self, Options, Source};
use mendpoint::report::Report;
use mendpoint::rule::Catalogue;

/// The built-in rules, prepared once for all tests.
pub(crate) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::built_in);
static ANALYZER: LazyLock<Analyzer<'static>> = LazyLock::new(|| Analyzer::new(&CATALOGUE));

/// Recordings of real browsers and what is wrong in each.
pub(crate) const RECORDED: [&str; 5] = [
    "chromium-accesstoken-null.har",
    "chromium-fixed-afterwards.har",
    "chromium-verify-forbidden.har",
    "firefox-accesstoken-null.har",
    "mitmproxy-accesstoken-null.har",
];

/// The report on one of `samples/recorded`.
pub(crate) fn recorded(name: &str) -> Report {
    let path = Path::new("samples/recorded").join(name);
    let mut file = File::open(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let traces = ingest::read(
        &format!("samples/recorded/{name}"),
        Source::File(&mut file),
        &Options::default(),
    );
    judge(traces.unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// The report on a text as a user would hand it in.
pub(crate) fn pasted(name: &str, text: &str) -> Report {
    let mut bytes = Cursor::new(text.as_bytes());
    let traces = ingest::read(name, Source::File(&mut bytes), &Options::default());
    judge(traces.unwrap_or_else(|error| panic!("{error}\n{text}")))
}

fn judge(traces: Vec<ingest::Trace>) -> Report {
    let mut report = Report::default();
    for trace in traces {
        report.append(ANALYZER.analyze(trace));
    }
    report
}

/// Several reports as one, as for several paths.
pub(crate) fn together(reports: impl IntoIterator<Item = Report>) -> Report {
    let mut all = Report::default();
    for report in reports {
        all.append(report);
    }
    all
}
