//! `patch --all`: the corrected body of every connection, one file each.

use std::fs;

use mendpoint::correct::{self, Choice, Correction, Terms};
use mendpoint::judge::Analyzer;
use mendpoint::text::guid::is_guid;

use super::words;
use crate::Status;
use crate::args::{Global, PatchArgs};
use crate::load::Loaded;
use crate::output::{self, Failure};
use crate::paths;

pub(super) fn write(args: &PatchArgs, global: &Global, loaded: &Loaded) -> Result<Status, Failure> {
    let report = &loaded.report;
    let folder = args.output.output.as_deref().ok_or_else(|| {
        Failure::new("--all writes several files").with_hint("name their folder behind -o")
    })?;
    let analyzer = Analyzer::default();
    let corrections = correct::correct_each(report, &analyzer, args.unsafe_fixes);
    if corrections.is_empty() {
        let terms = Terms {
            choice: Choice::Last,
            unsafe_fixes: args.unsafe_fixes,
            values: &[],
        };
        return match correct::correct(report, &analyzer, &terms) {
            Ok(_) => Ok(Status::Nothing),
            Err(refusal) => Ok(super::refused(&refusal, report)),
        };
    }
    fs::create_dir_all(folder).map_err(|error| {
        Failure::new(format!("{} could not be made: {error}", folder.display()))
    })?;
    let folder = paths::native(folder);
    for correction in &corrections {
        let path = folder.join(file_name(correction));
        output::write_file(correction.body.as_bytes(), &path, args.output.force)?;
        if !global.quiet {
            let name = correction.call.and_then(|call| report.shown_name(call));
            let what = name.map_or_else(String::new, |name| format!(" ('{name}')"));
            let path = path.display();
            words::tell(report, &format!("wrote {path}{what}"));
            for fix in &correction.applied {
                words::tell(report, &format!("  {} ({})", fix.fix.summary, fix.rule));
            }
        }
    }
    Ok(if loaded.failures > 0 {
        Status::Failed
    } else {
        Status::Clean
    })
}

/// A name that tells the connection: its id, or the call before the first save.
fn file_name(correction: &Correction<'_>) -> String {
    let Some(call) = correction.call else {
        return "fixed.json".to_owned();
    };
    match call.endpoint_id().filter(|id| is_guid(id)) {
        Some(id) => format!("fixed-{}.json", id.to_ascii_lowercase()),
        None => format!("fixed-call-{}.json", call.number),
    }
}
