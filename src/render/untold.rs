//! What the service said of failed calls and no finding that is told quotes: of a fault that a later
//! attempt got past, of a call that fails with other words than the one that a finding begins with.
//! No words of an open failure are left out.

use std::collections::{HashMap, HashSet};

use crate::connection::{EndpointCall, Outcome};
use crate::report::Report;

use super::view;

/// Words, and the calls that they were said of.
pub(super) struct Untold<'a> {
    /// The words, without the ids of a log.
    pub(super) words: &'a str,
    calls: Vec<&'a EndpointCall>,
}

/// The words of failed calls that nothing made good, without those that are `told`; equal ones once.
pub(super) fn all<'a>(report: &'a Report, told: &HashSet<&str>) -> Vec<Untold<'a>> {
    let mut all: Vec<Untold<'a>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let open = |call: &&EndpointCall| call.outcome == Outcome::Failed && call.mended_by.is_none();
    for call in report.in_time().filter(open) {
        let Some(said) = &call.said else { continue };
        let words = view::without_ids(said.telling());
        if told.contains(words) {
            continue;
        }
        let at = *places.entry(words).or_insert(all.len());
        if at == all.len() {
            all.push(Untold {
                words,
                calls: Vec::new(),
            });
        }
        all[at].calls.push(call);
    }
    all
}

impl Untold<'_> {
    /// The first call, and how many more there are.
    pub(super) fn place(&self, report: &Report) -> String {
        let first = self
            .calls
            .first()
            .map_or_else(String::new, |call| view::call_line(report, call));
        match self.calls.len().saturating_sub(1) {
            0 => format!("call {first}"),
            1 => format!("call {first}, and another call"),
            rest => format!("call {first}, and {rest} more calls"),
        }
    }
}
