//! A failed write that no rule explains, beside payloads that work.

use crate::connection::EndpointCall;
use crate::connection::types::Types;
use crate::mend::diff::Difference;
use crate::mend::known_good::{self, Origin};
use crate::rules::engine::{Context, Hit, Models};

/// How many differences the evidence names.
const SHOWN: usize = 4;

pub(in crate::rules::families) fn check(
    call: &EndpointCall,
    context: &Context<'_>,
    models: &Models<'_>,
) -> Vec<Hit> {
    apart(call, context, models).into_iter().collect()
}

/// What sets the payload of `call` apart; `None` if nothing does.
fn apart(call: &EndpointCall, context: &Context<'_>, models: &Models<'_>) -> Option<Hit> {
    if !call.operation.writes_endpoint() {
        return None;
    }
    let payload = *call.payloads().first()?;
    let types = context.catalogue.types();
    let goods = known_good::fitting(
        payload.node,
        Some(call),
        &models.in_trace,
        types,
        models.offer,
    );
    let best = goods.last()?;
    let apart = known_good::smallest(payload.node, Some(call), &goods, types);
    let first = apart.first()?;
    let base = payload.base();
    let place = |difference: &Difference| payload.location(format!("{base}{}", difference.pointer));
    let mut known = best.description.clone();
    if best.origin == Origin::BuiltIn {
        known = format!("the {known}");
    }
    if goods.len() > 1 {
        known = format!("{known} and {} others like it", goods.len() - 1);
    }
    let mut hit = Hit::at(place(first))
        .evidence(
            apart
                .iter()
                .take(SHOWN)
                .map(|difference| sides(difference, types))
                .collect::<Vec<_>>()
                .join("; "),
        )
        .capture("known_good", known)
        .capture("members", members(&apart));
    for difference in &apart[1..] {
        hit = hit.and_at(place(difference));
    }
    Some(hit)
}

fn sides(difference: &Difference, types: &Types) -> String {
    format!(
        "{}: {} here, {} where it works",
        difference.pointer,
        difference.own_side(types),
        difference.good_side(types)
    )
}

fn members(apart: &[Difference]) -> String {
    let names: Vec<&str> = apart
        .iter()
        .map(|difference| difference.pointer.trim_start_matches('/'))
        .collect();
    names.join(", ")
}
