//! One command, one file.

pub(crate) mod calls;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod connections;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod known_good;
pub(crate) mod man;
#[cfg(feature = "mcp")]
pub(crate) mod mcp;
pub(crate) mod patch;
pub(crate) mod redact;
pub(crate) mod rules;
mod samples;
pub(crate) mod show;

use mendpoint::text::sanitize;

use crate::Status;
use crate::output::Failure;

/// The status of a run whose result was shown: what could not be read outweighs everything.
fn status(failures: usize, found: bool, relevant: bool) -> Status {
    match (failures, found, relevant) {
        (1.., _, _) => Status::Failed,
        (0, true, _) => Status::Found,
        (0, false, true) => Status::Clean,
        (0, false, false) => Status::Nothing,
    }
}

/// JSON as programs and people read it.
fn json_bytes(value: &serde_json::Value) -> Result<Vec<u8>, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::new)?;
    Ok((sanitize::json(&text) + "\n").into_bytes())
}
