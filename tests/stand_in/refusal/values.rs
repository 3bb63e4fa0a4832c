//! Values that nobody meant: templates, blanks, ids that are none.

use regex_lite::Regex;
use serde_json::Value;

use super::{Case, Refusal};

/// Variables of pipelines and templates that were never expanded.
const VARIABLE: &str = r"\$\([^)]+\)|\$\[[^\]]+\]|\$?\{\{.+?\}\}|#\{.+?\}#|__\w+__|%\w+%";
const PLACEHOLDER: &str =
    r"(?i)^<.*>$|\byour[_-]|^(tenant|sub|subscription|client)_id$|^x{8}-|^0{8}-(0{4}-){3}0{12}$";
/// Blanks that `trim` does not take.
const ALSO_BLANK: &[char] = &['\u{200b}', '\u{feff}', '"', '\''];
/// Where a stray blank breaks the connection.
const EXACT: &[&str] = &[
    "name",
    "url",
    "data.subscriptionId",
    "data.subscriptionName",
    "authorization.parameters.tenantid",
    "authorization.parameters.serviceprincipalid",
    "authorization.parameters.scope",
];

pub(super) fn unresolved_variable(case: &Case<'_>) -> Option<Refusal> {
    first_like(case, VARIABLE, "holds a variable that was not expanded")
}

pub(super) fn placeholder(case: &Case<'_>) -> Option<Refusal> {
    first_like(case, PLACEHOLDER, "holds a placeholder")
}

pub(super) fn white_space(case: &Case<'_>) -> Option<Refusal> {
    let (place, _) = case.texts().into_iter().find(|(place, value)| {
        let trimmed = value.trim().trim_matches(ALSO_BLANK);
        trimmed != *value && EXACT.iter().any(|exact| exact.eq_ignore_ascii_case(place))
    })?;
    Some(Refusal::own(format!(
        "{place} begins or ends with a blank or a quote"
    )))
}

/// The subscription's sentence is that of Azure, the tenant's that of Entra; the others are ours.
pub(super) fn guid_malformed(case: &Case<'_>) -> Option<Refusal> {
    let bad = |value: &str| !value.is_empty() && !is_guid(value);
    let subscription = case.data("subscriptionId");
    let tenant = case.parameter("tenantid");
    if bad(subscription) {
        return Some(Refusal::endpoint(malformed_subscription(subscription)));
    }
    if bad(tenant) && !tenant.contains('.') {
        return Some(Refusal::endpoint(malformed_tenant(tenant)));
    }
    if bad(case.parameter("serviceprincipalid")) {
        return Some(Refusal::own(
            "authorization.parameters.serviceprincipalid is no GUID",
        ));
    }
    let references = case.endpoint["serviceEndpointProjectReferences"].as_array();
    references
        .into_iter()
        .flatten()
        .filter_map(|reference| {
            reference
                .pointer("/projectReference/id")
                .and_then(Value::as_str)
        })
        .any(bad)
        .then(|| Refusal::own("a projectReference.id is no GUID"))
}

/// Azure's sentence for a subscription id of the wrong form.
pub(in crate::stand_in) fn malformed_subscription(value: &str) -> String {
    format!("The provided subscription identifier '{value}' is malformed or invalid.")
}

/// Entra's sentence for a tenant that is neither an id nor a domain.
pub(in crate::stand_in) fn malformed_tenant(value: &str) -> String {
    format!(
        "AADSTS900023: Specified tenant identifier '{value}' is neither a valid DNS name, nor a valid external domain."
    )
}

/// Whether a text is a GUID in its canonical form, in any letter case.
pub(in crate::stand_in) fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn first_like(case: &Case<'_>, pattern: &str, complaint: &str) -> Option<Refusal> {
    let pattern = Regex::new(pattern).expect("a good pattern");
    let (place, value) = case
        .texts()
        .into_iter()
        .find(|(_, value)| pattern.is_match(value))?;
    Some(Refusal::own(format!("{place} {complaint}: {value}")))
}
