//! Blanks, invisible characters or quotes around a value.

use crate::connection::route::Route;
use crate::connection::{EndpointCall, Payload};
use crate::json::Node;
use crate::json::pointer::resolve;
use crate::report::finding::{Applicability, Part};
use crate::rules::engine::{Context, Hit};
use crate::text::sanitize::is_padding;

use super::typed::{Found, Typed};

/// What stands in most bodies, whatever their type and scheme: for those that no file knows.
const USUAL: &[&[&str]] = &[
    &["authorization", "parameters", "tenantid"],
    &["authorization", "parameters", "serviceprincipalid"],
    &["authorization", "parameters", "scope"],
    &["data", "subscriptionId"],
    &["data", "subscriptionName"],
    &["data", "managementGroupId"],
    &["data", "managementGroupName"],
];

/// A secret may hold any character but a line break at its end, which the file or the command brings
/// along that it was read from.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let stored = payload.call.and_then(|call| context.stored_state(call));
    let typed = Typed::of_any(payload, context);
    let members = typed.iter().flat_map(Typed::all);
    // Of members that are called alike the service takes one.
    let is_taken = |found: &Found<'_>| {
        let keys = [found.place.keys(), &[found.key]].concat();
        let taken = payload.find(&keys);
        taken.is_some_and(|(_, node)| std::ptr::eq(node, found.node))
    };
    let members = members.filter(|found| found.declared.is_some() && is_taken(found));
    let members = members.map(|found| (found.pointer.clone(), found.node, found.is_secret()));
    let usual = USUAL.iter().filter(|_| typed.is_none());
    let own = [&["url"][..], &["name"]];
    let own = own.iter().chain(usual);
    let own = own.filter_map(|keys| payload.find(keys));
    let own = own.map(|(pointer, node)| (pointer, node, false));
    let padded = own.chain(members).filter_map(|(pointer, node, secret)| {
        let text = node.as_str()?;
        let bare = if secret {
            without_line_break(text)
        } else {
            bare(text)
        };
        // A value that is nothing but blanks is an empty one, and names may really end in a blank in Azure.
        let is_stored = || {
            let stored = stored.as_ref().and_then(|stored| resolve(stored, &pointer));
            stored.and_then(Node::as_str) == Some(text)
        };
        if bare.is_empty() || bare == text || is_stored() {
            return None;
        }
        let member = pointer.rsplit('/').next().unwrap_or_default();
        let fix = super::replacement(
            Applicability::Safe,
            &pointer,
            bare,
            format!("trims {member}"),
        );
        let evidence = if secret {
            format!("\"{member}\" ends in a line break")
        } else {
            format!("\"{member}\": \"{}\"", visible(text))
        };
        let mut hit = super::hit(payload, &pointer, node)
            .evidence(evidence)
            .fix(fix);
        if !secret {
            hit = hit.capture("expected", bare);
        }
        Some(hit)
    });
    padded.collect()
}

/// A secret of one line without the line break at its end; keys and certificates have several.
fn without_line_break(text: &str) -> &str {
    let bare = text.trim_end_matches(['\r', '\n']);
    if bare.contains('\n') { text } else { bare }
}

/// A blank behind the path of the request's own address, which the service did not find anything at.
pub(in crate::rules::families) fn check_url(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    let not_found = matches!(call.status(), Some(400 | 404 | 405));
    let Some(blank) = Route::blank_behind(&call.exchange.request.url).filter(|_| not_found) else {
        return Vec::new();
    };
    let hit = Hit::at(call.location(Part::RequestUrl, None))
        .evidence(format!(
            "the address ends in \"{blank}\" in front of its query"
        ))
        .capture("member", "url")
        .capture("pointer", "the address");
    vec![hit.message(URL).remedy(URL_STEPS)]
}

/// What a blank in the address means.
const URL: &str = "The address of the request has a blank behind its last part. The service takes it for a part of the name or id there and finds nothing.";

const URL_STEPS: &[&str] = &[
    "Take the blank (`%20`, `+` or the like) out of the address, in front of the `?`. It comes from a copied id or from a variable of the script that ends in one.",
    "Send the same body to the corrected address; the body needs no change for it.",
];

/// The value without blanks around it, and without quotes if they enclose all of it: a name may
/// well end in a quoted word.
fn bare(text: &str) -> &str {
    const QUOTES: &[(char, char)] = &[('"', '"'), ('\'', '\''), ('\u{201c}', '\u{201d}')];
    let trimmed = text.trim_matches(is_padding);
    let inside = QUOTES.iter().find_map(|(open, close)| {
        let inside = trimmed.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inside.contains([*open, *close])).then_some(inside)
    });
    inside.map_or(trimmed, |inside| inside.trim_matches(is_padding))
}

/// The value with every invisible character made visible.
fn visible(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ' ' => "\u{2423}".to_owned(),
            '\t' => "\u{21e5}".to_owned(),
            '\r' | '\n' => "\u{21b5}".to_owned(),
            c if is_padding(c) => format!("<U+{:04X}>", u32::from(c)),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, fixed};

    #[test]
    fn padding_is_trimmed_and_secrets_are_left_alone() {
        let id = "payload-whitespace-in-value";
        let body = |tenant: &str, url: &str| {
            format!(
                r#"{{"type":"azurerm","url":"{url}","authorization":{{"scheme":"ServicePrincipal","parameters":{{"tenantid":"{tenant}","serviceprincipalkey":" k "}}}}}}"#
            )
        };
        assert_eq!(
            fixed(id, &body("t\\u00a0", "https://management.azure.com/ ")),
            body("t", "https://management.azure.com/")
        );
        assert_eq!(fixed(id, &body("\\\"t\\\"\\n", "u")), body("t", "u"));
        assert!(!fires(id, &body("t", "u")));
        let unknown = |tenant: &str| {
            format!(
                r#"{{"type":"t","name":"n","url":"u","authorization":{{"parameters":{{"tenantid":"{tenant}"}}}}}}"#
            )
        };
        assert_eq!(fixed(id, &unknown(" t")), unknown("t"));
        let token = |token: &str, name: &str| {
            format!(
                r#"{{"type":"OctopusEndpoint","name":"{name}","url":"https://o.example","authorization":{{"scheme":"Token","parameters":{{"apitoken":"{token}"}}}},"data":{{}}}}"#
            )
        };
        assert_eq!(fixed(id, &token("API-1\\r\\n", "o")), token("API-1", "o"));
        assert!(!fires(id, &token(" API-1 ", "o")));
        assert!(!fires(id, &body("", " ")));
        assert!(!fires(id, r#"{"type":"azurerm","name":"Shop \"blue\""}"#));
    }
}
