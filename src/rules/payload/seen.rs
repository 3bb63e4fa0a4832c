//! Values that a payload lacks, as the trace shows them elsewhere.

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::endpoint::route::is_guid;
use crate::endpoint::{EndpointCall, Operation, Payload};
use crate::exchange::Exchange;
use crate::finding::{Applicability, Fix};
use crate::json::{self, Node, pointer};
use crate::rule::Context;
use crate::secret;

/// A subscription as a list shows it.
#[derive(Default)]
pub(in crate::rules) struct Subscription {
    pub(super) name: Option<String>,
    pub(super) tenant: Option<String>,
}

/// What the lists of the trace say of the subscription `id`: the dialog's own, those that the
/// service fetched for it, and those of Azure itself.
pub(super) fn subscription(id: &str, context: &Context<'_>) -> Subscription {
    let mut found = Subscription::default();
    for call in context.calls {
        let Some(body) = &call.response else { continue };
        if call.operation == Operation::Subscriptions {
            look_in(body, id, &mut found);
        }
        let items = body.get("result").map(Node::items).unwrap_or_default();
        for text in items.iter().filter_map(Node::as_str) {
            if let Some(body) = Some(text)
                .filter(|text| text.contains(id))
                .and_then(|text| json::parse(text).ok())
            {
                look_in(&body, id, &mut found);
            }
        }
    }
    let azure = |exchange: &&Exchange| {
        let url = exchange.request.url.to_ascii_lowercase();
        url.contains("management.")
    };
    for exchange in context.others.iter().filter(azure) {
        let body = exchange.response.as_ref().and_then(|one| one.body.text());
        if let Some(body) = body.and_then(|text| json::parse(text).ok()) {
            look_in(&body, id, &mut found);
        }
    }
    found
}

fn look_in(body: &Node, id: &str, found: &mut Subscription) {
    body.walk("", &mut |_, node| {
        let same = node
            .str("subscriptionId")
            .is_some_and(|own| own.eq_ignore_ascii_case(id));
        if !same {
            return;
        }
        let first = |keys: [&str; 2]| keys.iter().find_map(|key| node.str(key)).map(str::to_owned);
        let name = first(["displayName", "subscriptionName"]);
        let tenant = first(["subscriptionTenantId", "tenantId"]).filter(|id| is_guid(id));
        found.name = found.name.take().or(name);
        found.tenant = found.tenant.take().or(tenant);
    });
}

/// The tenant that Azure says a token must be of, in the answer to this call or to another of its
/// endpoint.
pub(super) fn demanded_tenant(call: &EndpointCall, context: &Context<'_>) -> Option<String> {
    let id = call.endpoint_id();
    let same = |other: &&EndpointCall| {
        other.number == call.number
            || id
                .zip(other.endpoint_id())
                .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
    };
    let answers = context.calls.iter().filter(same);
    answers
        .filter_map(|other| other.exchange.response.as_ref()?.body.text())
        .find_map(tenant_in)
}

/// The one tenant in `It must match the tenant 'https://sts.windows.net/{id}/' associated with this
/// subscription`.
fn tenant_in(text: &str) -> Option<String> {
    static SENTENCE: OnceLock<Regex> = OnceLock::new();
    static ID: OnceLock<Regex> = OnceLock::new();
    let sentence = SENTENCE.get_or_init(|| {
        Regex::new(r"must match (?:the tenant|one of the tenants) (.{0,200}?) associated with")
            .expect("constant")
    });
    let id = ID.get_or_init(|| {
        Regex::new(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}").expect("constant")
    });
    let named = sentence.captures(text)?.get(1)?.as_str();
    let mut ids = id.find_iter(named).map(|found| found.as_str());
    let only = ids.next()?;
    ids.next().is_none().then(|| only.to_owned())
}

/// The value that the service last showed at `at` for the same endpoint, if it is one that can be
/// sent: it changes what is sent to something that worked.
pub(super) fn restored(payload: &Payload<'_>, context: &Context<'_>, at: &str) -> Option<Fix> {
    let stored = context.stored_state(payload.call?)?;
    let below = at.strip_prefix(payload.base().as_str())?;
    let name = below.rsplit('/').next()?;
    let mut node = stored;
    for token in pointer::tokens(below)? {
        node = match token.parse::<usize>() {
            Ok(index) => node.items().get(index)?,
            Err(_) => node.get(&token)?,
        };
    }
    let value = node.as_str().map(str::trim)?;
    let is_id = name.to_ascii_lowercase().ends_with("id");
    let fits = !value.is_empty() && !super::is_template(value) && (!is_id || is_guid(value));
    (fits && !secret::is_secret_name(name)).then(|| {
        super::replacement(
            Applicability::Unsafe,
            at,
            value,
            format!("puts the {name} that the service last showed in its place"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::tenant_in;

    #[test]
    fn one_tenant_is_demanded_or_none() {
        let one = "0a5d3c71-e846-4f92-8b1d-67c9f20e5a38";
        let text = |tenants: &str| {
            format!("wrong issuer 'x'. It must match {tenants} associated with this subscription.")
        };
        let single = text(&format!("the tenant 'https://sts.windows.net/{one}/'"));
        assert_eq!(tenant_in(&single).as_deref(), Some(one));
        let two = text(&format!(
            "one of the tenants 'https://sts.windows.net/{one}/,https://sts.windows.net/1a5d3c71-e846-4f92-8b1d-67c9f20e5a38/'"
        ));
        assert_eq!(tenant_in(&two), None);
        assert_eq!(tenant_in("It must match the tenant"), None);
    }
}
