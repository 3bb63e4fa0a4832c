//! What the bodies of a trace say of the apps that its payloads name.

use std::collections::HashMap;

use aho_corasick::AhoCorasick;

use crate::connection::EndpointCall;
use crate::exchange::Exchange;
use crate::json::{self, Node};
use crate::text::guid::is_guid;

/// Members that hold the object id of an app or its service principal.
const OBJECT_IDS: &[&str] = &[
    "id",
    "objectId",
    "principalId",
    "spnObjectId",
    "appObjectId",
];

/// Members that hold a client id.
const CLIENT_IDS: &[&str] = &["appId", "clientId"];

/// What the answers of a trace say of one id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AppId {
    /// It stands where an app's object id stands.
    pub as_object: bool,
    /// It stands where a client id stands.
    pub as_client: bool,
    /// The client id of the app whose object id it is.
    pub client: Option<String>,
}

/// What the answers say of every `serviceprincipalid` that a request sends, by the id in lower case.
pub(super) fn app_ids(calls: &[EndpointCall], others: &[Exchange]) -> HashMap<String, AppId> {
    let mut ids = sent(calls);
    let names: Vec<&String> = ids.keys().collect();
    let Ok(any) = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(&names)
    else {
        return ids;
    };
    let exchanges = calls.iter().map(|call| &call.exchange).chain(others);
    let answers = exchanges.filter_map(|exchange| Some(exchange.response.as_ref()?.body.clone()));
    for body in answers {
        // Most bodies name none of them, and searching costs less than parsing.
        let text = body.text().filter(|text| any.is_match(*text));
        if let Some(Ok(body)) = text.map(json::parse) {
            body.walk(&mut |_, node| look_at(node, &mut ids));
        }
    }
    ids
}

fn sent(calls: &[EndpointCall]) -> HashMap<String, AppId> {
    let mut ids = HashMap::new();
    for call in calls {
        let call = call.opened();
        let Some(body) = call.request() else { continue };
        body.walk(&mut |_, node| {
            let id = node.str("serviceprincipalid").map(str::trim);
            if let Some(id) = id.filter(|id| is_guid(id)) {
                ids.insert(id.to_ascii_lowercase(), AppId::default());
            }
        });
    }
    ids
}

fn look_at(node: &Node, ids: &mut HashMap<String, AppId>) {
    if !node.is_object() {
        return;
    }
    let guid = |key: &str| {
        let value = node
            .str(key)
            .map(str::trim)
            .filter(|value| is_guid(value))?;
        Some(value.to_ascii_lowercase())
    };
    let clients: Vec<String> = CLIENT_IDS.iter().filter_map(|key| guid(key)).collect();
    for client in &clients {
        if let Some(seen) = ids.get_mut(client) {
            seen.as_client = true;
        }
    }
    // An endpoint keeps the object ids in `data` and the client id beside it.
    let data = node.get("data").filter(|data| data.is_object());
    for key in ["spnObjectId", "appObjectId"] {
        let id = data.and_then(|data| data.str(key)).unwrap_or_default();
        if let Some(seen) = ids.get_mut(&id.to_ascii_lowercase()) {
            let parameters = node
                .get("authorization")
                .and_then(|node| node.get("parameters"));
            let client = parameters.and_then(|node| node.str("serviceprincipalid"));
            let other = client.filter(|client| is_guid(client) && !client.eq_ignore_ascii_case(id));
            seen.client = seen.client.take().or(other.map(str::to_owned));
        }
    }
    for key in OBJECT_IDS {
        let Some(id) = guid(key) else { continue };
        if let Some(seen) = ids.get_mut(&id) {
            let client = clients.iter().find(|client| **client != id).cloned();
            // A bare `id` is that of anything; only beside a client id is it an app's.
            seen.as_object |= *key != "id" || client.is_some();
            seen.client = seen.client.take().or(client);
        }
    }
}
