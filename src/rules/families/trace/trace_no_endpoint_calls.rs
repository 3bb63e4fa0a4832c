//! A trace without a single service-endpoint call.

use crate::ingest::Container;
use crate::rules::engine::{Context, Hit, Recording};

pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    let without = context.recordings.iter();
    without
        .filter(|one| !context.is_beside_calls(one.input))
        .filter_map(of_recording)
        .collect()
}

fn of_recording(recording: &Recording) -> Option<Hit> {
    let trace = &recording.trace;
    let is_trace = !trace.container.is_document() && trace.container != Container::Unknown;
    let hosts: Vec<String> = trace
        .hosts
        .iter()
        .take(5)
        .map(|(host, count)| format!("{host} ({count})"))
        .collect();
    let seen = if hosts.is_empty() {
        "no hosts".to_owned()
    } else {
        format!("hosts: {}", hosts.join(", "))
    };
    // There is no entry to point to: what is missing is nowhere.
    is_trace.then(|| {
        Hit::default()
            .evidence(match trace.total {
                1 => format!("1 exchange; {seen}"),
                total => format!("{total} exchanges; {seen}"),
            })
            .capture("hosts", seen)
    })
}
