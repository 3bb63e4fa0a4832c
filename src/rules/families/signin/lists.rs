//! The lists of subscriptions in a trace, and the subscriptions it is about.

use crate::connection::{EndpointCall, Operation, Outcome};
use crate::json::{self, Node};
use crate::report::finding::{Location, Part};
use crate::rules::engine::Context;

/// A good answer with the subscriptions that the signed-in user can see.
pub(super) struct SubscriptionList<'a> {
    /// The call.
    pub(super) call: &'a EndpointCall,
    /// How many entries it has.
    pub(super) count: usize,
    /// Their ids, in lower case.
    pub(super) ids: Vec<String>,
    /// The directories they are in, in lower case, each once.
    pub(super) tenants: Vec<String>,
}

impl SubscriptionList<'_> {
    /// Where the entries stand.
    pub(super) fn location(&self) -> Location {
        self.call
            .location(Part::ResponseBody, Some("/value".to_owned()))
    }

    /// Whether `id` is in the list.
    pub(super) fn holds(&self, id: &str) -> bool {
        self.ids.iter().any(|known| known.eq_ignore_ascii_case(id))
    }
}

/// A subscription that somebody wants to connect to.
pub(super) struct Target {
    /// Its id.
    pub(super) id: String,
    /// `data.creationMode`.
    pub(super) mode: String,
    /// Whether the connection with it was stored in this trace.
    pub(super) stored: bool,
}

/// Whether `call` asks for the subscriptions (and not for management groups).
pub(super) fn asks_for_subscriptions(call: &EndpointCall) -> bool {
    call.operation == Operation::Subscriptions
        && call
            .route
            .resource
            .last()
            .is_some_and(|name| name.contains("subscription"))
}

/// The answered lists, without those that carry an error.
pub(super) fn answered<'a>(context: &Context<'a>) -> Vec<SubscriptionList<'a>> {
    let calls: &'a [EndpointCall] = context.calls;
    calls
        .iter()
        .filter(|call| asks_for_subscriptions(call))
        .filter_map(|call| list_of(call, &call.opened()))
        .collect()
}

fn list_of<'a>(call: &'a EndpointCall, opened: &EndpointCall) -> Option<SubscriptionList<'a>> {
    let body = opened.response()?;
    let good = call
        .status()
        .is_some_and(|status| (200..300).contains(&status))
        && body
            .str("errorMessage")
            .unwrap_or_default()
            .trim()
            .is_empty();
    let entries = body
        .get("value")
        .filter(|value| good && value.is_array())?
        .items();
    let texts = |key: &str| -> Vec<String> {
        entries
            .iter()
            .filter_map(|entry| entry.str(key))
            .map(str::to_ascii_lowercase)
            .collect()
    };
    let mut tenants = texts("subscriptionTenantId");
    tenants.sort_unstable();
    tenants.dedup();
    Some(SubscriptionList {
        call,
        count: entries.len(),
        ids: texts("subscriptionId"),
        tenants,
    })
}

/// The subscriptions that connections of this trace are about, in order.
pub(super) fn targets(context: &Context<'_>) -> Vec<Target> {
    let mut targets = Vec::new();
    for call in context.calls {
        let call = call.opened();
        let reads = call.operation == Operation::Get;
        let node = if reads { call.answer() } else { call.stored() };
        let Some(data) = node.and_then(|node| node.get("data")) else {
            continue;
        };
        if let Some(id) = data.str("subscriptionId").filter(|id| !id.is_empty()) {
            targets.push(Target {
                id: id.to_owned(),
                mode: data.str("creationMode").unwrap_or_default().to_owned(),
                stored: call.operation.writes_endpoint() && call.outcome == Outcome::Ok,
            });
        }
    }
    targets
}

/// The JSON body of another host's answer.
pub(super) fn body_of(exchange: &crate::exchange::Exchange) -> Option<Node> {
    let exchange = exchange.opened();
    let response = exchange.response.as_ref()?;
    json::parse(response.body.text()?).ok()
}
