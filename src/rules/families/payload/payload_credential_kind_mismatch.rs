//! `authenticationType` says one kind of credential, the body brings the other.

use crate::connection::{Outcome, Payload, Use};
use crate::json::splice::Edit;
use crate::report::finding::{Applicability, Confidence, Fix};
use crate::rules::engine::{Context, Hit};

/// Each kind with the member of its credential, and what that is for people.
const KINDS: &[(&str, &str, &str)] = &[
    (
        "spnKey",
        "serviceprincipalkey",
        "the value of the app's client secret",
    ),
    (
        "spnCertificate",
        "servicePrincipalCertificate",
        "the certificate with its private key",
    ),
];

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    if payload.usage == Use::Convert
        || !payload.is_azurerm()
        || !payload.has_scheme("ServicePrincipal")
    {
        return Vec::new();
    }
    let kind = payload.parameter_text("authenticationType");
    let is_kind = |name: &str| kind.is_some_and(|kind| kind.eq_ignore_ascii_case(name));
    let right = KINDS.iter().find(|(name, ..)| is_kind(name));
    let wrong = KINDS.iter().find(|(name, ..)| !is_kind(name));
    let (Some((kind, right, what)), Some((_, wrong, _))) = (right, wrong) else {
        return Vec::new();
    };
    let Some((pointer, node)) = payload.parameter(wrong) else {
        return Vec::new();
    };
    let filled = payload.parameter_text(wrong).is_some();
    let failed = payload
        .call
        .is_some_and(|call| call.outcome == Outcome::Failed);
    let hit = super::hit(payload, &pointer, node)
        .capture("kind", *kind)
        .capture("expected", *right);
    if filled && payload.parameter_text(right).is_none() {
        let fix = swapped(payload, &pointer, right, what);
        vec![hit.fix(fix)]
    } else if !filled && failed && payload.parameter(right).is_none() {
        // Without a value it does no harm that is known of; beside a failure it is worth a try.
        let summary = format!("removes {wrong}, which does not go with {kind}");
        let edits = vec![Edit::Remove { path: pointer }];
        let fix = super::fix(Applicability::Unsafe, edits, summary);
        vec![hit.confidence(Confidence::Medium).fix(fix)]
    } else {
        Vec::new()
    }
}

/// The right credential, which only the user has, in place of the wrong one.
fn swapped(payload: &Payload<'_>, wrong: &str, right: &str, what: &str) -> Fix {
    let known = payload.parameter(right);
    let base = wrong.rsplit_once('/').map_or("", |(base, _)| base);
    let pointer = known
        .as_ref()
        .map_or_else(|| format!("{base}/{right}"), |(pointer, _)| pointer.clone());
    let mut fix = super::wanted(&pointer, known.is_some(), what);
    fix.edits.push(Edit::Remove {
        path: wrong.to_owned(),
    });
    fix
}
