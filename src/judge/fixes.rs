//! What a correction of each call has to mend.

use std::collections::HashSet;

use crate::exchange::{Body, Exchange};
use crate::ingest::{Container, Trace};
use crate::report::Report;
use crate::report::finding::{Applicability, CallFix, Severity};
use crate::rules::engine::Context;

use super::hits::Raw;
use super::{Aim, Analyzer};

impl Analyzer<'_> {
    /// The fixes that the body at `entry` of trace `input` would still need if it were `body`.
    pub fn fixes_of(
        &self,
        report: &Report,
        input: usize,
        entry: usize,
        body: &str,
    ) -> Vec<CallFix> {
        // Nobody but the connection's own calls has a say in what its body needs.
        let own = report.call_at(input, entry);
        let own = own.and_then(|call| report.connection_of(call));
        let calls = own.into_iter().flat_map(|own| &own.calls);
        let calls = calls
            .filter_map(|number| report.call(*number))
            .filter(|call| call.input == input);
        let mut exchanges: Vec<Exchange> = calls.map(|call| call.exchange.clone()).collect();
        for exchange in exchanges.iter_mut().filter(|own| own.entry == entry) {
            exchange.request.body = Body::Text(body.into());
        }
        let pasted = report
            .inputs
            .get(input)
            .is_some_and(|input| input.text.is_some());
        let trace = Trace {
            container: Container::Json,
            text: pasted.then(|| body.to_owned()),
            exchanges,
            ..Trace::default()
        };
        let mut fixes = self.judge_for(vec![trace].into(), Aim::Fixes).fixes;
        fixes.retain(|fix| fix.entry == entry);
        for fix in &mut fixes {
            fix.input = input;
        }
        fixes
    }
}

/// The fix of every hit at the call it was found in: a correction mends one call, whatever root
/// cause several calls share.
pub(super) fn of(raws: &[Raw<'_>], context: &Context<'_>) -> Vec<CallFix> {
    let fix_of = |raw: &Raw<'_>| {
        let location = raw.hit.locations.first()?;
        let call = context.call_at(location.entry);
        let history = call.is_some() && is_over(location.entry, context);
        Some(CallFix {
            input: location.input,
            entry: location.entry,
            rule: raw.rule.id.clone(),
            severity: raw.hit.severity.unwrap_or(raw.rule.severity),
            fix: raw.hit.fix.clone()?,
            history,
        })
    };
    raws.iter().filter_map(fix_of).collect()
}

/// Whether what a call at `entry` left broken was made good or proved right since.
pub(super) fn is_over(entry: usize, context: &Context<'_>) -> bool {
    let history = context.history;
    context.place_of(entry).is_some_and(|at| {
        let later = history.mended_by(at).or_else(|| history.done_after(at));
        later.or_else(|| history.proved_by(at)).is_some()
    })
}

/// Whether the writes of more than one endpoint have something to mend.
pub(super) fn are_of_several(fixes: &[CallFix], context: &Context<'_>) -> bool {
    let mendable = fixes.iter().filter(|fix| {
        fix.fix.applicability > Applicability::DisplayOnly
            && fix.severity > Severity::Note
            && !fix.history
    });
    let timelines: HashSet<Option<usize>> = mendable
        .filter_map(|fix| context.call_at(fix.entry))
        .filter(|call| call.operation.writes_endpoint())
        .map(|call| context.timeline_of(call))
        .collect();
    timelines.len() > 1
}
