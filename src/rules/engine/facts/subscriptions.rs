//! The subscriptions of a trace: their names and tenants.

use std::collections::HashMap;

use crate::connection::{EndpointCall, Operation};
use crate::exchange::Exchange;
use crate::json::{self, Node};
use crate::text::guid::is_guid;

/// A subscription as a trace shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Subscription {
    /// Its name.
    pub name: Option<String>,
    /// The tenant it is in.
    pub tenant: Option<String>,
}

/// By id, in lower case: from the dialog's own lists, those that the service fetched for it, those of
/// Azure itself, and from connections.
pub(super) fn subscriptions(
    calls: &[EndpointCall],
    others: &[Exchange],
) -> HashMap<String, Subscription> {
    let mut found = HashMap::new();
    for call in calls {
        let call = call.opened();
        let Some(body) = call.response() else {
            continue;
        };
        if call.operation == Operation::Subscriptions {
            look_in(body, &mut found);
        }
        let items = body.get("result").map(Node::items).unwrap_or_default();
        let texts = items.iter().filter_map(Node::as_str);
        for body in texts.filter_map(|text| json::parse(text).ok()) {
            look_in(&body, &mut found);
        }
    }
    let azure = |exchange: &&Exchange| {
        let url = exchange.request.url.to_ascii_lowercase();
        url.contains("management.")
    };
    for exchange in others.iter().filter(azure) {
        let exchange = exchange.opened();
        let body = exchange.response.as_ref().and_then(|one| one.body.text());
        if let Some(body) = body.and_then(|text| json::parse(text).ok()) {
            look_in(&body, &mut found);
        }
    }
    // Connections name theirs as well, if only as it was when they were saved.
    for call in calls {
        if let Some(body) = call.opened().response() {
            look_in(body, &mut found);
        }
    }
    found
}

/// The first that names a thing counts.
fn look_in(body: &Node, found: &mut HashMap<String, Subscription>) {
    body.walk(&mut |_, node| {
        let Some(id) = node.str("subscriptionId").filter(|id| is_guid(id)) else {
            return;
        };
        let filled = |key: &&str| node.str(key).filter(|text| !text.trim().is_empty());
        let first = |keys: [&str; 2]| keys.iter().find_map(filled).map(str::to_owned);
        let name = first(["displayName", "subscriptionName"]);
        let tenant = first(["subscriptionTenantId", "tenantId"]).filter(|id| is_guid(id));
        let known = found.entry(id.to_ascii_lowercase()).or_default();
        known.name = known.name.take().or(name);
        known.tenant = known.tenant.take().or(tenant);
    });
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::look_in;
    use crate::json::parse;

    #[test]
    fn an_empty_name_is_none() {
        let id = "11111111-2222-4333-8444-555555555555";
        let mut found = HashMap::new();
        for name in ["", " ", "Contoso"] {
            let body = format!(r#"{{"subscriptionId":"{id}","subscriptionName":"{name}"}}"#);
            look_in(&parse(&body).unwrap(), &mut found);
        }
        assert_eq!(found[id].name.as_deref(), Some("Contoso"));
    }
}
