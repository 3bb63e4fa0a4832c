//! The calls of one endpoint in order: what was tried, what came of it, what was tried again.

use crate::endpoint::{EndpointCall, Operation, Outcome};

/// The calls of one endpoint, in order of time.
#[derive(Debug, Clone)]
pub struct Timeline<'a> {
    /// The calls.
    pub calls: Vec<&'a EndpointCall>,
}

impl<'a> Timeline<'a> {
    /// The endpoint's id, once it has one.
    pub fn endpoint_id(&self) -> Option<&'a str> {
        self.calls.iter().find_map(|call| call.endpoint_id())
    }

    /// The endpoint's name.
    pub fn endpoint_name(&self) -> Option<&'a str> {
        self.calls
            .iter()
            .rev()
            .find_map(|call| call.endpoint_name())
    }

    /// Whether `call` belongs to this timeline.
    pub fn holds(&self, call: &EndpointCall) -> bool {
        self.calls.iter().any(|own| own.number == call.number)
    }

    /// A later success of what `call` tried: same operation, same data source.
    pub fn survived_by(&self, call: &EndpointCall) -> Option<&'a EndpointCall> {
        let after = self
            .calls
            .iter()
            .skip_while(|own| own.number != call.number)
            .skip(1);
        after.copied().find(|later| {
            later.outcome == Outcome::Ok
                && same_intent(call, later)
                && later.data_source() == call.data_source()
        })
    }
}

/// A `PUT` that follows a failed `POST` of the same endpoint is not a retry of it, but two reads of
/// its state are, and a conversion is retried by a conversion only.
fn same_intent(call: &EndpointCall, later: &EndpointCall) -> bool {
    let reads = |operation| matches!(operation, Operation::Get | Operation::List);
    call.operation == later.operation
        || (reads(call.operation) && reads(later.operation))
        || (call.operation == Operation::Create
            && later.operation == Operation::Get
            && call.status().is_some_and(|status| status < 400))
}

/// Groups `calls`, which are in order of time, by endpoint. Lists belong to no endpoint.
pub fn group(calls: &[EndpointCall]) -> Vec<Timeline<'_>> {
    let mut timelines: Vec<Timeline<'_>> = Vec::new();
    for call in calls {
        if matches!(
            call.operation,
            Operation::List
                | Operation::Types
                | Operation::Subscriptions
                | Operation::OauthConfiguration
                | Operation::Authorize
        ) {
            continue;
        }
        match timelines
            .iter_mut()
            .rev()
            .find(|timeline| timeline.calls.iter().any(|own| same_endpoint(own, call)))
        {
            Some(timeline) => timeline.calls.push(call),
            None => timelines.push(Timeline { calls: vec![call] }),
        }
    }
    timelines
}

/// Whether two calls are about the same endpoint. Without an id on either side, the name decides,
/// and without that what a verify before the first save is about.
fn same_endpoint(one: &EndpointCall, other: &EndpointCall) -> bool {
    if one.route.host != other.route.host {
        return false;
    }
    let same = |a: Option<&str>, b: Option<&str>| match (a, b) {
        (Some(a), Some(b)) => Some(a.eq_ignore_ascii_case(b)),
        _ => None,
    };
    if let Some(same_id) = same(one.endpoint_id(), other.endpoint_id()) {
        return same_id;
    }
    same(one.endpoint_name(), other.endpoint_name()).unwrap_or_else(|| {
        let subject = |call: &EndpointCall| {
            let stored = call.stored()?;
            let parameters = stored.get("authorization")?.get("parameters");
            let client = parameters.and_then(|node| node.str("serviceprincipalid")).unwrap_or("");
            let target = stored.get("data").and_then(|node| node.str("subscriptionId")).unwrap_or("");
            Some((client.to_ascii_lowercase(), target.to_ascii_lowercase()))
        };
        matches!((subject(one), subject(other)), (Some(a), Some(b)) if a == b && a != Default::default())
    })
}
