//! The connection's app id is known elsewhere in the trace as an object id.

use crate::connection::Payload;
use crate::json::splice::Edit;
use crate::report::finding::{Applicability, Fix};
use crate::rules::engine::{Context, Hit};
use crate::sensitive::looks_masked;
use crate::text::guid::is_guid;

pub(super) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some((pointer, node)) = payload.parameter("serviceprincipalid") else {
        return Vec::new();
    };
    let Some(id) = node.as_str().map(str::trim).filter(|id| is_guid(id)) else {
        return Vec::new();
    };
    if context.is_redacted(payload.input) || looks_masked(id) {
        return Vec::new();
    }
    let Some(seen) = context
        .app_id(id)
        .filter(|seen| seen.as_object && !seen.as_client)
    else {
        return Vec::new();
    };
    let mut hit = Hit::at(payload.location(pointer.clone()))
        .evidence(format!("\"serviceprincipalid\": \"{id}\""))
        .capture("object_id", id);
    hit = match &seen.client {
        Some(client) => hit.capture("client_id", client),
        None => hit.message(format!(
            "The connection names {id} as its app, but elsewhere in this trace that is an object id. Which client id the app has does not stand in the trace."
        )),
    };
    vec![hit.fix(fix(pointer, seen.client.clone()))]
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
