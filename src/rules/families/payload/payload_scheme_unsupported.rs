//! A scheme that the type does not have. That a server does not offer one is told by its answer.

use super::typed::{self, kind_of};
use crate::connection::types::{Place, Scheme, Type};
use crate::connection::{Outcome, Payload, Use};
use crate::json::pointer;
use crate::json::splice::Edit;
use crate::report::finding::{Applicability, Fix};
use crate::rules::engine::{Context, Hit, Surface};
use crate::sensitive;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let taken = payload.call.is_some_and(|call| call.outcome == Outcome::Ok);
    if taken {
        return Vec::new();
    }
    let Some(kind) = kind_of(payload, context) else {
        return misspelt_type(payload, context).into_iter().collect();
    };
    let Some((pointer, node)) = payload.find(&["authorization", "scheme"]) else {
        return Vec::new();
    };
    let scheme = node.as_str().unwrap_or_default().trim();
    if scheme.is_empty() || typed::is_no_value(scheme) || kind.scheme(scheme).next().is_some() {
        return Vec::new();
    }
    let hit = super::hit(payload, &pointer, node)
        .capture("endpoint_type", &kind.name)
        .capture("schemes", kind.scheme_names().join(", "));
    let hit = match meant(kind, scheme) {
        Some(meant) => hit.capture("expected", meant).fix(super::replacement(
            Applicability::Safe,
            &pointer,
            meant,
            format!("spells the scheme {meant}"),
        )),
        // A newer server may offer what the table does not have; Azure Resource Manager has grown most.
        None if kind.rules_of_its_own || payload.usage == Use::Convert => return Vec::new(),
        None => {
            let hit = hit.message(NOT_OF_TYPE).remedy(NOT_OF_TYPE_STEPS);
            if let Some(form) = other(payload, kind) {
                hit.fix(changed(payload, &pointer, form))
            } else {
                let what = format!("one of {}", kind.scheme_names().join(", "));
                hit.fix(super::wanted(&pointer, true, &what))
            }
        }
    };
    vec![typed::weighed(payload, hit)]
}

/// A type that nobody has, called like the one that has the scheme of the body.
fn misspelt_type(payload: &Payload<'_>, context: &Context<'_>) -> Option<Hit> {
    let (pointer, node) = payload.find(&["type"])?;
    let name = node.as_str().map(str::trim)?;
    if name.len() < 4 || typed::is_no_value(name) {
        return None;
    }
    let types = context.catalogue.types();
    let scheme = payload.str(&["authorization", "scheme"])?;
    let has_scheme = |name: &&str| {
        let kind = types.of(name);
        kind.is_some_and(|kind| kind.scheme(scheme.trim()).next().is_some())
    };
    let mut like = types.names().filter(|own| typed::is_like(name, own));
    let meant = like.find(has_scheme)?;
    let hit = super::hit(payload, &pointer, node)
        .capture("endpoint_type", name)
        .capture("value", scheme)
        .capture("expected", meant)
        .fix(super::replacement(
            Applicability::Safe,
            &pointer,
            meant,
            format!("spells the type {meant}"),
        ));
    Some(hit.message(NO_TYPE).remedy(MISSPELT_TYPE_STEPS))
}

const MISSPELT_TYPE_STEPS: &[&str] = &[
    "Spell the type `{expected}`, if that is the one that is meant: `mendpoint patch TRACE` prints the body with it.",
    "If the type is another one that an extension brings, have the extension installed in this very organization or collection (Organization settings, Extensions).",
];

const NOT_OF_TYPE: &str = "A connection of type {endpoint_type} signs in by {schemes}, and not by \"{value}\". The service finds no such pair of type and scheme.";

const NOT_OF_TYPE_STEPS: &[&str] = &[
    "Send it with a scheme that {endpoint_type} has: {schemes}. The members of `authorization.parameters` change with it. `mendpoint patch TRACE --unsafe-fixes` prints the body where only one of them fits what the body holds.",
    "If another type is meant, correct `type` instead: some types differ in their name only, as `github` and `githubenterprise`.",
];

/// The scheme that `scheme` misspells: other separators, or a few letters off.
fn meant<'a>(kind: &'a Type, scheme: &str) -> Option<&'a str> {
    if typed::letters(scheme).len() < 4 {
        return None;
    }
    let names = kind.scheme_names();
    names.into_iter().find(|name| typed::is_like(scheme, name))
}

/// The one form whose members the body brings, under their names or one secret under another.
fn other<'a>(payload: &Payload<'_>, kind: &'a Type) -> Option<&'a Scheme> {
    let has = |place: Place, name: &str| {
        let map = payload.find(place.keys());
        let node = map.and_then(|(_, map)| map.get(name));
        !typed::is_blank(node)
    };
    let complete = |form: &&Scheme| {
        let required = form.members.iter().filter(|member| member.required);
        let mut missing = required.filter(|member| !has(member.place, &member.name));
        match (missing.next(), missing.next()) {
            (None, _) => true,
            (Some(one), None) => one.secret && lone_secret(payload, form).is_some(),
            _ => false,
        }
    };
    let mut fitting = kind.schemes.iter().filter(complete);
    let first = fitting.next()?;
    fitting.all(|form| form.name == first.name).then_some(first)
}

/// The one secret of the body that `form` does not declare.
fn lone_secret<'a>(
    payload: &Payload<'a>,
    form: &Scheme,
) -> Option<(String, serde_json::Value, &'a str)> {
    let (base, map) = payload.find(Place::Parameters.keys())?;
    let mut secrets = map.members().iter().filter(|member| {
        let declared = form.member(Place::Parameters, &member.key);
        sensitive::is_secret_name(&member.key)
            && !typed::is_blank(Some(&member.value))
            && declared.is_none_or(|member| member.stays_empty)
    });
    let only = secrets.next()?;
    let found = (
        pointer::push(&base, &only.key),
        only.value.to_value(),
        only.key.as_str(),
    );
    secrets.next().is_none().then_some(found)
}

/// Another scheme, and the secret under the name that it has there.
fn changed(payload: &Payload<'_>, pointer: &str, form: &Scheme) -> Fix {
    let mut edits = vec![Edit::Replace {
        path: pointer.to_owned(),
        value: form.name.as_str().into(),
    }];
    let mut summary = format!("sets the scheme {}", form.name);
    let missing = form.members.iter().find(|member| {
        member.required && member.place == Place::Parameters && {
            let found = payload.parameter(&member.name);
            typed::is_blank(found.map(|(_, node)| node))
        }
    });
    if let (Some(member), Some((from, value, key))) = (missing, lone_secret(payload, form))
        && let Some((base, _)) = payload.find(Place::Parameters.keys())
    {
        let known = payload.parameter(&member.name);
        edits.push(match known {
            Some((path, _)) => Edit::Replace { path, value },
            None => Edit::Add {
                path: pointer::push(&base, &member.name),
                value,
            },
        });
        let stays = form
            .member(Place::Parameters, key)
            .is_some_and(|member| member.stays_empty);
        edits.push(if stays {
            Edit::Replace {
                path: from,
                value: "".into(),
            }
        } else {
            Edit::Remove { path: from }
        });
        summary.push_str(&format!(" and puts {key} into {}", member.name));
    }
    super::fix(Applicability::Unsafe, edits, summary)
}

/// What the refusal means for the type it names: an extension that is not there, a scheme that the type
/// does not have, a type that nobody knows, or else a server that is too old.
pub(in crate::rules::families) fn explain(_: &Surface, hit: &mut Hit, context: &Context<'_>) {
    let name = hit
        .captures
        .get("endpoint_type")
        .cloned()
        .unwrap_or_default();
    let scheme = hit.captures.get("value").cloned().unwrap_or_default();
    let Some(kind) = context.catalogue.types().of(&name) else {
        hit.message = Some(NO_TYPE.to_owned());
        hit.remedy = Some(NO_TYPE_STEPS);
        return;
    };
    hit.captures
        .insert("schemes".to_owned(), kind.scheme_names().join(", "));
    if !scheme.is_empty() && kind.scheme(&scheme).next().is_none() && !kind.rules_of_its_own {
        hit.message = Some(NOT_OF_TYPE.to_owned());
        hit.remedy = Some(NOT_OF_TYPE_STEPS);
    } else if let Some(extension) = &kind.extension {
        hit.captures
            .insert("extension".to_owned(), extension.clone());
        hit.message = Some(NO_EXTENSION.to_owned());
        hit.remedy = Some(NO_EXTENSION_STEPS);
    } else if !kind.rules_of_its_own {
        hit.message = Some(NOT_OFFERED.to_owned());
        hit.remedy = Some(NOT_OFFERED_STEPS);
    }
}

const NO_TYPE: &str = "This organization or collection has no connection type \"{endpoint_type}\". A type is part of the product, or an extension of the Marketplace brings it.";

const NO_TYPE_STEPS: &[&str] = &[
    "Check how the type is spelt: it is the short name of the API, such as `externalnpmregistry`, and not what the portal shows. The dialog for a new service connection lists what is there under other names.",
    "If an extension brings the type, have it installed and enabled in this very organization or collection (Organization settings, Extensions). A connection of type generic does not replace it: the tasks of the extension do not take one.",
];

const NO_EXTENSION: &str = "The connection type \"{endpoint_type}\" is not part of the product: the Marketplace extension {extension} brings it, and this organization or collection does not have it, or has it disabled.";

const NO_EXTENSION_STEPS: &[&str] = &[
    "Have {extension} installed and enabled in this very organization or collection (Organization settings, Extensions), then send the same body again. Who may not install can request it there.",
    "If it is installed, bring it up to date: the type {endpoint_type} signs in by {schemes}, and an older version of the extension may not have all of them.",
];

const NOT_OFFERED: &str = "This server has no connection of type \"{endpoint_type}\" that signs in by \"{value}\". The product has them, but not in every version.";

const NOT_OFFERED_STEPS: &[&str] = &[
    "Look in the dialog for a new service connection whether this server offers {endpoint_type}, and with which ways to sign in; those of the current product are {schemes}.",
    "On Azure DevOps Server use a way that it offers, or have the server brought to a version that offers this one.",
];

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, fixed, unsafely_fixed};

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

    #[test]
    fn the_one_scheme_that_fits_takes_the_secret_along() {
        let id = "payload-scheme-unsupported";
        let body = |scheme: &str, parameters: &str| {
            format!(
                r#"{{"type":"sonarqube","authorization":{{"scheme":"{scheme}","parameters":{parameters}}}}}"#
            )
        };
        assert_eq!(
            unsafely_fixed(id, &body("Token", r#"{"apitoken":"x"}"#)),
            body("UsernamePassword", r#"{"username":"x"}"#)
        );
        let marketplace = r#"{"type":"contosoWidget","authorization":{"scheme":"Odd"}}"#;
        assert!(!fires(id, marketplace));
    }
}
