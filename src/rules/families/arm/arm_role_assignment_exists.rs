//! A role that was there already stopped nothing where the connection got ready afterwards.

use crate::json::Node;
use crate::report::finding::Severity;
use crate::rules::engine::other_hosts;
use crate::rules::engine::{Context, Hit, Place, Surface};

pub(super) fn check(surface: &Surface, hit: &mut Hit, context: &Context<'_>) {
    let entry = surface.location.entry;
    let asked = context.other_at(entry);
    let Some(subscription) = asked.and_then(other_hosts::subscription_of) else {
        return;
    };
    if surface.place != Place::Arm {
        return;
    }
    let about = |node: &Node| {
        let own = node.get("data").and_then(|data| data.str("subscriptionId"));
        own.is_some_and(|own| own.eq_ignore_ascii_case(&subscription))
    };
    let mut after = context.last_seen().filter(|last| {
        let later = context.moment_of(last.call.exchange.entry) > context.moment_of(entry);
        last.worked_on && later && about(&last.node())
    });
    let ready = |node: &Node| node.get("isReady").and_then(Node::as_bool) == Some(true);
    let Some(first) = after.next() else { return };
    if ready(&first.node()) && after.all(|last| ready(&last.node())) {
        hit.severity = Some(Severity::Note);
        hit.remark = Some("Here the connection was ready afterwards.".to_owned());
    }
}
