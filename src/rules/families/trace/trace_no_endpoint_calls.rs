//! A trace without a single service-endpoint call.

use crate::ingest::Container;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    let is_trace = matches!(
        context.trace.container,
        Container::Har | Container::Saz | Container::SessionText | Container::Log
    );
    if !is_trace || !context.calls.is_empty() {
        return Vec::new();
    }
    let hosts: Vec<String> = context
        .trace
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
    let hit = Hit::default();
    vec![
        hit.evidence(format!("{} exchanges; {seen}", context.trace.total))
            .capture("hosts", seen),
    ]
}
