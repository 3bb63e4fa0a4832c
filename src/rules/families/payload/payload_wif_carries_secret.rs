//! Workload identity federation has no secret; the body brings one.

use crate::connection::{Payload, Use};
use crate::json::splice::Edit;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    if payload.usage == Use::Convert || !payload.has_scheme("WorkloadIdentityFederation") {
        return Vec::new();
    }
    let filled = |name: &str| {
        payload
            .parameter(name)
            .filter(|(_, node)| node.as_str().is_some_and(|text| !text.trim().is_empty()))
    };
    let secrets: Vec<_> = ["serviceprincipalkey", "servicePrincipalCertificate"]
        .into_iter()
        .filter_map(filled)
        .collect();
    let kind = filled("authenticationType")
        .filter(|_| !secrets.is_empty() || matches!(payload.usage, Use::Create | Use::Update));
    let all: Vec<_> = secrets.into_iter().chain(kind).collect();
    let Some((first, node)) = all.first() else {
        return Vec::new();
    };
    let edits = all
        .iter()
        .map(|(path, _)| Edit::Remove { path: path.clone() })
        .collect();
    let mut hit = super::hit(payload, first, node).fix(super::fix(
        Applicability::Safe,
        edits,
        "removes what only a secret-based connection has",
    ));
    for (path, _) in &all[1..] {
        hit = hit.and_at(payload.location(path.clone()));
    }
    vec![hit]
}
