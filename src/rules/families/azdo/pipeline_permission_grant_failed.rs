//! The request behind "Grant access permission to all pipelines", refused.

use super::super::direct;
use crate::report::finding::Part;
use crate::rules::engine::attempts::grants_to_pipelines;
use crate::rules::engine::{Context, Hit};
use crate::text::guid::is_guid;

pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for call in direct::refused(context, "") {
        let path = direct::path_of(call.exchange);
        let Some((_, route)) = path.split_once("_apis/") else {
            continue;
        };
        if !grants_to_pipelines(call.exchange) {
            continue;
        }
        let exchange = call.exchange.opened();
        let body = exchange.request.body.text().unwrap_or_default();
        let mut hit = call.hit(context, Part::ResponseStatus);
        let id = route
            .rsplit('/')
            .chain(body.split('"'))
            .find(|word| is_guid(word));
        if let Some(id) = id {
            hit = hit.capture("endpoint_id", id);
            let route = context
                .calls
                .iter()
                .find(|call| call.endpoint_id() == Some(id))
                .map(|call| &call.route);
            let project = path
                .split_once("/_apis/")
                .and_then(|(left, _)| left.rsplit('/').next());
            for (name, value) in [
                ("project", project),
                (
                    "organization",
                    route.and_then(|route| route.organization.as_deref()),
                ),
            ] {
                if let Some(value) = value {
                    hit = hit.capture(name, value);
                }
            }
        }
        hits.push(hit);
    }
    hits
}
