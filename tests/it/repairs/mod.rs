//! Every fault of a request body that a corrected body can mend: refused as captured, mended by the
//! built program, taken as mended. `docs/repairs.md` is the list of what happened.
//!
//! `MENDPOINT_WRITE_DOCS=1 cargo test --test it repairs` writes the list anew.

mod faults;
mod trial;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use mendpoint::rules::engine::{Catalogue, Repair};

use trial::{Row, try_out};

const HEAD: &str = "\
# Repairs

Every fault of a request body for which `mendpoint patch` can write a corrected one, tried out: the faulty body is sent
with curl to the stand-in server of the tests, the refusal is recorded as a trace, `mendpoint patch` corrects it, and
the corrected body is sent with curl.

The stand-in is ours and not Azure DevOps; it answers as the service is known to. Where the words of the service are not known, its message begins with
`Stand-in:`. `--set` gives a value that no trace holds; `--unsafe-fixes` agrees to a change of what the connection is.

This file is written by `MENDPOINT_WRITE_DOCS=1 cargo test --test it repairs`, and the test fails when it is out of date.

| fault | sent as | before | `mendpoint patch` | what it says | after |
| --- | --- | --- | --- | --- | --- |
";

#[test]
fn every_repairable_fault_is_refused_before_and_taken_after() {
    let rows: Vec<Row> = faults::all().iter().map(try_out).collect();

    let tried: BTreeSet<&str> = rows.iter().map(|row| row.rule).collect();
    let catalogue = Catalogue::built_in();
    let missing: Vec<&str> = catalogue
        .iter()
        .filter(|rule| rule.family == "payload" && rule.repair != Repair::None)
        .map(|rule| rule.id.as_str())
        .filter(|id| !tried.contains(id))
        .collect();
    assert!(missing.is_empty(), "not tried out: {}", missing.join(", "));

    let mut text = HEAD.to_owned();
    for row in rows {
        writeln!(text, "{row}").expect("a string");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/repairs.md");
    if std::env::var_os("MENDPOINT_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).expect("docs/repairs.md is writable");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        kept.replace("\r\n", "\n"),
        text,
        "docs/repairs.md is out of date; MENDPOINT_WRITE_DOCS=1 writes it"
    );
}
