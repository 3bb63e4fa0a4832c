//! Blanks, invisible characters or quotes around a value.

use crate::connection::route::Route;
use crate::connection::{EndpointCall, Payload};
use crate::json::Node;
use crate::report::finding::{Applicability, Part};
use crate::rules::engine::{Context, Hit};

/// Secrets are left alone: they may hold any character.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let stored = payload.call.and_then(|call| context.stored_state(call));
    let places = [
        &["url"][..],
        &["name"],
        &["authorization", "parameters", "tenantid"],
        &["authorization", "parameters", "serviceprincipalid"],
        &["authorization", "parameters", "scope"],
        &["data", "subscriptionId"],
        &["data", "subscriptionName"],
        &["data", "managementGroupId"],
        &["data", "managementGroupName"],
    ];
    let padded = places.iter().filter_map(|keys| {
        let (pointer, node) = payload.find(keys)?;
        let text = node.as_str()?;
        let bare = bare(text);
        // A value that is nothing but blanks is an empty one, and names may really end in a blank in Azure.
        let same_as_stored = stored
            .as_ref()
            .and_then(|stored| {
                keys.iter()
                    .try_fold(stored, |node: &Node, key| node.get(key))
            })
            .and_then(Node::as_str)
            == Some(text);
        if bare.is_empty() || bare == text || same_as_stored {
            return None;
        }
        let member = keys[keys.len() - 1];
        let fix = super::replacement(
            Applicability::Safe,
            &pointer,
            bare,
            format!("trims {member}"),
        );
        Some(
            super::hit(payload, &pointer, node)
                .evidence(format!("\"{member}\": \"{}\"", visible(text)))
                .capture("expected", bare)
                .fix(fix),
        )
    });
    padded.collect()
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

fn is_padding(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
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
                r#"{{"type":"azurerm","url":"{url}","authorization":{{"parameters":{{"tenantid":"{tenant}","serviceprincipalkey":" k "}}}}}}"#
            )
        };
        assert_eq!(
            fixed(id, &body("t\\u00a0", "https://management.azure.com/ ")),
            body("t", "https://management.azure.com/")
        );
        assert_eq!(fixed(id, &body("\\\"t\\\"\\n", "u")), body("t", "u"));
        assert!(!fires(id, &body("t", "u")));
        assert!(!fires(id, &body("", " ")));
        assert!(!fires(id, r#"{"type":"azurerm","name":"Shop \"blue\""}"#));
    }
}
