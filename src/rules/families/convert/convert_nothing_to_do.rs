//! The list of the documented conversion script, empty.

use crate::connection::{EndpointCall, Operation};
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    let asks = |name: &str, value: &str| {
        call.route
            .query(name)
            .is_some_and(|given| given.eq_ignore_ascii_case(value))
    };
    // Pickers of tasks list by scheme too, but never leave out failed ones in so many words.
    let is_script = call.operation == Operation::List
        && asks("authSchemes", "ServicePrincipal")
        && asks("type", "azurerm")
        && asks("includeFailed", "false");
    let list = call
        .response()
        .map(|body| body.get("value").unwrap_or(body));
    let empty = list.is_some_and(|list| list.is_array() && list.items().is_empty());
    if !is_script || !empty || call.status() != Some(200) {
        return Vec::new();
    }
    vec![
        Hit::at(call.location(Part::ResponseBody, Some(String::new())))
            .evidence("an empty list of connections with a secret"),
    ]
}
