//! A manual connection created without its secret.

use super::typed;
use crate::connection::{Payload, Use};
use crate::json::Value;
use crate::rules::engine::{Context, Hit};

/// Not on an update, where `null` keeps the stored secret, and not for automatic connections.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    if !typed::is_new(payload)
        || !payload.is_azurerm()
        || !payload.has_scheme("ServicePrincipal")
        || !payload.has_mode("Manual")
    {
        return Vec::new();
    }
    let (name, what) = match payload.parameter_text("authenticationType") {
        Some(kind) if kind.eq_ignore_ascii_case("spnCertificate") => (
            "servicePrincipalCertificate",
            "the app's certificate with its private key",
        ),
        Some(kind) if !kind.eq_ignore_ascii_case("spnKey") => return Vec::new(),
        _ => (
            "serviceprincipalkey",
            "the value of the app's client secret",
        ),
    };
    // Both are credentials; that one of the other kind is sent is another fault.
    let other = ["servicePrincipalCertificate", "serviceprincipalkey"]
        .into_iter()
        .filter(|other| *other != name)
        .any(|other| payload.parameter_text(other).is_some());
    if other {
        return Vec::new();
    }
    match payload.parameter(name) {
        None => {
            let base = payload.find(&["authorization", "parameters"]).map_or_else(
                || format!("{}/authorization/parameters", payload.base()),
                |(at, _)| at,
            );
            let pointer = format!("{base}/{name}");
            vec![super::hit_missing(payload, &pointer).fix(super::wanted(&pointer, false, what))]
        }
        Some((pointer, node)) => {
            let empty = match &node.value {
                // What is pasted may be what the service shows.
                Value::Null => payload.usage != Use::Pasted,
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
