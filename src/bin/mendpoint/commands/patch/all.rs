//! `patch --all`: the corrected body of every connection, one file each.

use std::fs;

use mendpoint::connection::EndpointCall;
use mendpoint::connection::call::is_unsaved;
use mendpoint::correct::{self, Choice, Correction, Terms};
use mendpoint::json;
use mendpoint::judge::Analyzer;
use mendpoint::report::Report;
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
    let mut corrections = corrections.peekable();
    if corrections.peek().is_none() {
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
    for correction in corrections {
        let path = folder.join(file_name(&correction, report));
        output::write_file(correction.body.as_bytes(), &path, args.output.force)?;
        if !global.quiet {
            let name = correction.call.and_then(|call| report.shown_name(call));
            let what = name.map_or_else(String::new, |name| format!(" ('{name}')"));
            let path = path.display();
            let to = words::address(&correction, args);
            words::tell(report, &format!("wrote {path}{what}{to}"));
            for fix in &correction.applied {
                words::tell(report, &format!("  {} ({})", fix.fix.summary, fix.rule));
            }
        }
    }
    if !global.quiet {
        words::tell_after_sending(args, report);
    }
    Ok(if loaded.failures > 0 {
        Status::Failed
    } else {
        Status::Clean
    })
}

/// A name that tells the connection: its id, or the call before the first save, or the file of a payload.
fn file_name(correction: &Correction<'_>, report: &Report) -> String {
    let in_body = json::parse(&correction.body).ok();
    let in_body = in_body.as_ref().and_then(|body| body.str("id"));
    let id = correction.call.map_or(in_body, EndpointCall::endpoint_id);
    let id = id.filter(|id| is_guid(id) && !is_unsaved(id));
    match (id, correction.call) {
        (Some(id), _) => format!("fixed-{}.json", id.to_ascii_lowercase()),
        (None, Some(call)) => format!("fixed-call-{}.json", call.number),
        (None, None) if report.inputs.len() == 1 => "fixed.json".to_owned(),
        (None, None) => format!("fixed-input-{}.json", correction.input + 1),
    }
}
