//! Azure names the directory that the connection should sign in to.

use crate::connection::EndpointCall;
use crate::json::splice::Edit;
use crate::report::finding::{Applicability, Fix};
use crate::rules::engine::{Context, Hit, Surface};

/// Puts that directory into the body of the same call, if it holds another one.
pub(in crate::rules::families) fn check(surface: &Surface, hit: &mut Hit, context: &Context<'_>) {
    let Some(expected) = hit.captures.get("expected_tenant_id") else {
        return;
    };
    let call = surface
        .call
        .and_then(|_| context.call_at(surface.location.entry));
    let call = call.map(EndpointCall::opened);
    let payloads = call.as_ref().map(|call| call.payloads());
    let payloads = payloads.unwrap_or_default();
    let sent = payloads.iter().find_map(|payload| {
        let tenant = payload.parameter_text("tenantid")?;
        let (pointer, _) = payload.parameter("tenantid")?;
        (!tenant.eq_ignore_ascii_case(expected)).then_some(pointer)
    });
    let value = serde_json::Value::from(expected.as_str());
    hit.fix = sent.map(|path| Fix {
        applicability: Applicability::Unsafe,
        edits: vec![Edit::Replace { path, value }],
        summary: "sets the tenant that Azure asks for".to_owned(),
    });
}
