//! `diff`: the payload of one call beside a known-good one.

use mendpoint::correct::{self, Refusal};
use mendpoint::diff::{self, Difference, Setting, Significance};
use mendpoint::endpoint::EndpointCall;
use mendpoint::json::{self, Node};
use mendpoint::known_good::{self, KnownGood};
use mendpoint::render::diff::{Comparison, json as diff_json, write};

use crate::args::{DiffArgs, Format, Global};
use crate::output::{self, Failure, tell};
use crate::{Status, load, terminal};

pub(crate) fn run(args: &DiffArgs, global: &Global) -> Result<Status, Failure> {
    let loaded = load::load(std::slice::from_ref(&args.path), global)?;
    let report = &loaded.report;
    if report.inputs.is_empty() {
        return Ok(Status::Failed);
    }
    let call = match correct::compared(report, super::patch::choice(&args.which)) {
        Ok(call) => call,
        Err(Refusal::Ambiguous(choices)) => {
            Failure::new("several endpoints qualify; choose one").report();
            for line in choices {
                tell(&format!("  {line}"));
            }
            return Ok(Status::Failed);
        }
        Err(Refusal::NotFound(message)) => return Err(Failure::new(message)),
        Err(Refusal::NotMendable(_) | Refusal::NoFault) => {
            tell("nothing to compare: no call of this trace sends a payload");
            return Ok(if report.calls.is_empty() {
                Status::Nothing
            } else {
                Status::Failed
            });
        }
    };
    let pasted = report
        .inputs
        .iter()
        .find_map(|input| json::parse(input.text.as_deref()?).ok());
    let payload = match call {
        Some(call) => call.stored().cloned(),
        None => pasted.map(|node| node.get("serviceEndpointDetails").cloned().unwrap_or(node)),
    };
    let Some(payload) = payload else {
        return Err(Failure::new("the payload of this call is not in the trace")
            .with_hint("record it again with bodies (Save all as HAR with content)"));
    };
    let given = given(args, global)?;
    let had_given = !given.is_empty();
    let known_good = known_good::choose(&payload, call, report, given).ok_or_else(|| {
        Failure::new("there is no known-good payload of this type and scheme")
            .with_hint("give one with --known-good FILE")
    })?;
    if had_given && known_good.origin != known_good::Origin::File {
        tell(
            "note: nothing in --known-good is of this type and scheme; compared with the next best",
        );
    }
    let (shown, hidden) = differences(&payload, call, &known_good, args.all);
    let comparison = Comparison {
        call,
        payload: &payload,
        known_good: &known_good,
        differences: &shown,
        hidden,
    };
    let style = terminal::style(global, args.output.output.is_some());
    let bytes = match args.format {
        Format::Json => super::json_bytes(&diff_json(report, &comparison, style))?,
        Format::Text => {
            let mut bytes = Vec::new();
            write(&comparison, style, &mut bytes)?;
            bytes
        }
    };
    output::write(&bytes, &args.output)?;
    let differs = shown
        .iter()
        .any(|difference| difference.significance == Significance::Significant);
    Ok(super::status(loaded.failures, differs, true))
}

/// The differences to show, and how many are hidden.
fn differences(
    payload: &Node,
    call: Option<&EndpointCall>,
    known_good: &KnownGood,
    all: bool,
) -> (Vec<Difference>, usize) {
    let setting = Setting::of(call, known_good.same_endpoint);
    let mut shown = diff::compare(&known_good.body, payload, setting);
    let before = shown.len();
    shown.retain(|difference| all || difference.significance > Significance::Volatile);
    let hidden = before - shown.len();
    shown.sort_by_key(|difference| std::cmp::Reverse(difference.significance));
    (shown, hidden)
}

/// What `--known-good` holds.
fn given(args: &DiffArgs, global: &Global) -> Result<Vec<KnownGood>, Failure> {
    let Some(path) = &args.known_good else {
        return Ok(Vec::new());
    };
    let loaded = load::load_all(std::slice::from_ref(path), global)?;
    if loaded.report.inputs.is_empty() {
        return Err(Failure::new(format!(
            "{} could not be used as a known-good payload",
            path.display()
        )));
    }
    Ok(known_good::given(&loaded.report))
}
