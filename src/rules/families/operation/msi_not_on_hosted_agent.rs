//! An attempt to try out from the browser what only an agent can do.

use crate::connection::{EndpointCall, Operation, Outcome};
use crate::report::finding::{Part, Severity};
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    let managed = call
        .scheme()
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("ManagedServiceIdentity"));
    if !managed || call.operation != Operation::Verify || call.outcome != Outcome::Failed {
        return Vec::new();
    }
    let pointer = "/serviceEndpointDetails/authorization/scheme".to_owned();
    vec![
        Hit::at(call.location(Part::RequestBody, Some(pointer)))
            .evidence("\"scheme\": \"ManagedServiceIdentity\"")
            // Whatever the service refuses it for stands in its own words.
            .severity(Severity::Note),
    ]
}
