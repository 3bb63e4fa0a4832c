//! The connection's app id is known elsewhere in the trace as an object id.

use crate::endpoint::Payload;
use crate::endpoint::route::is_guid;
use crate::finding::{Applicability, Fix};
use crate::json::splice::Edit;
use crate::json::{self, Node};
use crate::rule::{Context, Hit};
use crate::secret::looks_masked;

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

pub(super) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some((pointer, node)) = payload.parameter("serviceprincipalid") else {
        return Vec::new();
    };
    let Some(id) = node.as_str().map(str::trim).filter(|id| is_guid(id)) else {
        return Vec::new();
    };
    if context.redacted || looks_masked(id) {
        return Vec::new();
    }
    let mut seen = Seen::default();
    for body in bodies(context, id) {
        body.walk("", &mut |_, node| seen.look_at(node, id));
    }
    if !seen.as_object || seen.as_client {
        return Vec::new();
    }
    let mut hit = Hit::at(payload.location(pointer.clone()))
        .evidence(format!("\"serviceprincipalid\": \"{id}\""))
        .capture("object_id", id);
    hit = match &seen.client {
        Some(client) => hit.capture("client_id", client),
        None => hit.message(format!(
            "The connection names {id} as its app, but elsewhere in this trace that is an object id. Which client id the app has does not stand in the trace."
        )),
    };
    vec![hit.fix(fix(pointer, seen.client))]
}

/// What the trace says of one id.
#[derive(Default)]
struct Seen {
    as_object: bool,
    as_client: bool,
    /// The client id of the same app.
    client: Option<String>,
}

impl Seen {
    fn look_at(&mut self, node: &Node, id: &str) {
        let is = |key: &&str| {
            node.str(key)
                .is_some_and(|value| value.eq_ignore_ascii_case(id))
        };
        let other = |key: &&str| {
            node.str(key)
                .map(str::trim)
                .filter(|value| is_guid(value) && !value.eq_ignore_ascii_case(id))
                .map(str::to_owned)
        };
        self.as_client |= CLIENT_IDS.iter().any(is);
        // An endpoint keeps the object ids in `data` and the client id beside it.
        let data = node.get("data").filter(|data| data.is_object());
        let holds = |data: &Node| {
            ["spnObjectId", "appObjectId"].iter().any(|key| {
                data.str(key)
                    .is_some_and(|value| value.eq_ignore_ascii_case(id))
            })
        };
        if data.is_some_and(holds) {
            let parameters = node
                .get("authorization")
                .and_then(|node| node.get("parameters"));
            let client = parameters.and_then(|node| node.str("serviceprincipalid"));
            let client =
                client.filter(|client| is_guid(client) && !client.eq_ignore_ascii_case(id));
            self.client = self.client.take().or(client.map(str::to_owned));
        }
        if OBJECT_IDS.iter().any(is) {
            let client = CLIENT_IDS.iter().find_map(other);
            // A bare `id` is that of anything; only beside a client id is it an app's.
            let telling = OBJECT_IDS.iter().skip(1).any(is);
            self.as_object |= telling || client.is_some();
            self.client = self.client.take().or(client);
        }
    }
}

/// Bodies of the trace in which `id` stands.
fn bodies<'a>(context: &'a Context<'_>, id: &'a str) -> impl Iterator<Item = Node> + 'a {
    let calls = context.calls.iter().map(|call| &call.exchange);
    let responses = calls
        .chain(context.others)
        .filter_map(|exchange| exchange.response.as_ref()?.body.text());
    let lower = id.to_ascii_lowercase();
    responses
        .filter(move |text| text.contains(id) || text.to_ascii_lowercase().contains(&lower))
        .filter_map(|text| json::parse(text).ok())
}

fn fix(pointer: String, client: Option<String>) -> Fix {
    match client {
        Some(client) => Fix {
            applicability: Applicability::Unsafe,
            edits: vec![Edit::Replace {
                path: pointer,
                value: client.into(),
            }],
            summary: "puts the client id of the same app in the place of its object id".to_owned(),
        },
        None => Fix {
            applicability: Applicability::DisplayOnly,
            edits: vec![Edit::Replace {
                path: pointer,
                value: "<client id of the app>".into(),
            }],
            summary: "needs the client id of the app".to_owned(),
        },
    }
}
