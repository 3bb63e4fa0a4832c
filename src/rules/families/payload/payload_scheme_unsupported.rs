//! A misspelt authorization scheme. That a server does not offer a scheme is told by its answer.

use crate::connection::Payload;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};

const SCHEMES: &[&str] = &[
    "ServicePrincipal",
    "WorkloadIdentityFederation",
    "ManagedServiceIdentity",
    "PublishProfile",
];

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let is_typed = payload
        .str(&["type"])
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("azurerm"));
    let Some((pointer, node)) = payload
        .find(&["authorization", "scheme"])
        .filter(|_| is_typed)
    else {
        return Vec::new();
    };
    let scheme = node.as_str().unwrap_or_default();
    let Some(meant) = meant(scheme) else {
        return Vec::new();
    };
    let fix = super::replacement(
        Applicability::Safe,
        &pointer,
        meant,
        format!("spells the scheme {meant}"),
    );
    vec![
        super::hit(payload, &pointer, node)
            .capture("expected", meant)
            .fix(fix),
    ]
}

/// The scheme that `scheme` misspells: other separators, or a few letters off.
fn meant(scheme: &str) -> Option<&'static str> {
    let letters = |text: &str| {
        text.chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase()
    };
    let own = letters(scheme);
    if own.len() < 6
        || SCHEMES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(scheme))
    {
        return None;
    }
    SCHEMES.iter().copied().find(|known| {
        let known = letters(known);
        let same = similar::TextDiff::from_chars(own.as_str(), known.as_str()).ratio();
        same > 0.88
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, fixed};

    #[test]
    fn a_misspelt_scheme_is_mended_and_a_good_one_left_in_any_case() {
        let body = |scheme: &str| {
            format!(
                r#"{{"type":"azurerm","authorization":{{"scheme":"{scheme}","parameters":{{}}}}}}"#
            )
        };
        let id = "payload-scheme-unsupported";
        for odd in [
            "Service Principal",
            "WorkloadIdentityFederated",
            "service-principal",
        ] {
            assert!(fires(id, &body(odd)), "{odd}");
        }
        assert_eq!(
            fixed(id, &body("Service Principal")),
            body("ServicePrincipal")
        );
        for fine in [
            "serviceprincipal",
            "ManagedServiceIdentity",
            "UsernamePassword",
            "Token",
            "",
        ] {
            assert!(!fires(id, &body(fine)), "{fine}");
        }
    }
}
