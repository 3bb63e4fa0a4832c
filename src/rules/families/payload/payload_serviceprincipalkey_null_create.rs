//! A manual connection created without its secret.

use crate::connection::{Payload, Use};
use crate::json::Value;
use crate::rules::engine::{Context, Hit};

/// Not on an update, where `null` keeps the stored secret, and not for automatic connections.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let is_new = matches!(payload.usage, Use::Create | Use::VerifyNew);
    let by_key = payload
        .parameter_text("authenticationType")
        .is_none_or(|kind| kind.eq_ignore_ascii_case("spnKey"));
    let has_certificate = payload
        .parameter_text("servicePrincipalCertificate")
        .is_some();
    if !is_new
        || !by_key
        || has_certificate
        || !payload.is_azurerm()
        || !payload.has_scheme("ServicePrincipal")
        || !payload.has_mode("Manual")
    {
        return Vec::new();
    }
    let what = "the value of the app's client secret";
    match payload.parameter("serviceprincipalkey") {
        None => {
            let base = payload.find(&["authorization", "parameters"]).map_or_else(
                || format!("{}/authorization/parameters", payload.base()),
                |(at, _)| at,
            );
            let pointer = format!("{base}/serviceprincipalkey");
            vec![super::hit_missing(payload, &pointer).fix(super::wanted(&pointer, false, what))]
        }
        Some((pointer, node)) => {
            let empty = match &node.value {
                Value::Null => true,
                Value::String(text) => text.trim().is_empty() || text == "null",
                _ => false,
            };
            if !empty {
                return Vec::new();
            }
            vec![super::hit(payload, &pointer, node).fix(super::wanted(&pointer, true, what))]
        }
    }
}
