//! `accesstoken` sent empty: the service takes it for the key of a cached token and finds none.

use crate::connection::timeline::Timeline;
use crate::connection::{EndpointCall, Outcome, Payload};
use crate::exchange::Body;
use crate::json::splice::Edit;
use crate::json::{Node, Value, pointer};
use crate::report::finding::{Applicability, Confidence, Part, Severity};
use crate::rules::engine::{Context, Hit};

const ID: &str = "payload-accesstoken-null";

/// One hit for all spellings of the key: they are one key to the service.
pub(in crate::rules::families) fn check(payload: &Payload<'_>, _: &Context<'_>) -> Vec<Hit> {
    let Some((base, members)) = payload.parameters().filter(|_| payload.is_azurerm()) else {
        return Vec::new();
    };
    let empty: Vec<_> = members
        .iter()
        .filter(|member| member.key.eq_ignore_ascii_case("accesstoken") && is_empty(&member.value))
        .map(|member| (pointer::push(&base, &member.key), &member.value))
        .collect();
    let Some((first, node)) = empty.first() else {
        return Vec::new();
    };
    let mut paths: Vec<&String> = Vec::new();
    for (path, _) in &empty {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    // A pointer means every member of that name: taking one of the same spelling away that has a
    // value is more than taking back what broke the call.
    let has_value = |path: &String| {
        members
            .iter()
            .any(|member| pointer::push(&base, &member.key) == *path && !is_empty(&member.value))
    };
    let applicability = if paths.iter().any(|path| has_value(path)) {
        Applicability::Unsafe
    } else {
        Applicability::Safe
    };
    let edits = paths
        .iter()
        .map(|path| Edit::Remove {
            path: (*path).clone(),
        })
        .collect();
    let name = first.rsplit('/').next().unwrap_or_default();
    let summary = match applicability {
        Applicability::Safe => format!("removes the empty {name}"),
        _ => format!("removes every {name}, one of which has a value"),
    };
    let mut hit = super::hit(payload, first, node).fix(super::fix(applicability, edits, summary));
    for path in &paths[1..] {
        hit = hit.and_at(payload.location((*path).clone()));
    }
    vec![hit]
}

/// The answers of writes whose request body is not in the recording show the same member.
///
/// Where the service says that it found no token, that failure is the finding, and not this hint.
pub(in crate::rules::families) fn check_echo(
    timeline: &Timeline<'_>,
    context: &Context<'_>,
) -> Vec<Hit> {
    let Some(rule) = context.catalogue.get(ID) else {
        return Vec::new();
    };
    let calls = timeline.calls.iter();
    let echoes = calls.filter(|call| rule.concerns(call.scheme()));
    let hits: Vec<Hit> = echoes.filter_map(|call| echo(&call.opened())).collect();
    if hits.is_empty()
        || timeline
            .calls
            .iter()
            .any(|call| found_no_token(&call.opened()))
    {
        return Vec::new();
    }
    hits
}

fn echo(call: &EndpointCall) -> Option<Hit> {
    let unseen = matches!(
        call.exchange.request.body,
        Body::NotRecorded(_) | Body::Empty
    );
    let azurerm = call
        .endpoint_type()
        .is_none_or(|kind| kind.eq_ignore_ascii_case("azurerm"));
    let answer = call
        .answer()
        .filter(|_| unseen && azurerm && call.operation.writes_endpoint())?;
    let parameters = answer.get("authorization")?.get("parameters")?;
    let member = parameters
        .member("accesstoken")
        .filter(|member| is_empty(&member.value))?;
    let path = format!("/authorization/parameters/{}", member.key);
    let hit = Hit::at(call.location(Part::ResponseBody, Some(path.clone())))
        .evidence(format!(
            "\"{}\": {} in the answer; the request body was not recorded",
            member.key,
            member.value.to_value()
        ))
        .capture("pointer", path)
        .capture("member", member.key.clone())
        .severity(Severity::Warning)
        .confidence(Confidence::Medium);
    Some(hit.message(ECHO).remedy(ECHO_STEPS))
}

/// What an answer alone proves.
const ECHO: &str = "The service answered the save with an empty `accesstoken`. The body that was sent is not in the recording; most likely it held the member with nothing in it too. Azure DevOps reads it as the key of a sign-in token it has put aside, finds none, and a Verify then ends with \"Failed to get Azure DevOps Service access token, cache value is invalid.\"";

/// What helps where there is no body to correct.
const ECHO_STEPS: &[&str] = &[
    "Record the save again with bodies kept (in the browser: Network, tick Preserve log and Disable cache, save once, then \"Save all as HAR with content\"). From that recording mendpoint writes the corrected body.",
    "If there is nothing to record, open the edit form in a new private window, so that a fresh sign-in is put aside, and save again. Then press Verify.",
];

/// Whether the service answered that there is no token under the key.
fn found_no_token(call: &EndpointCall) -> bool {
    let answer = call.exchange.response.as_ref();
    call.outcome != Outcome::Ok
        && answer
            .and_then(|answer| answer.body.text())
            .is_some_and(|text| text.contains("cache value is invalid"))
}

fn is_empty(node: &Node) -> bool {
    match &node.value {
        Value::Null => true,
        Value::String(text) => {
            text.trim_matches(|c: char| c.is_whitespace() || c == '\u{200b}')
                .is_empty()
                || text.trim().eq_ignore_ascii_case("null")
                || text == "''"
                || text == "\"\""
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::{fires, fixed};

    use super::ID;

    #[test]
    fn null_empty_and_blank_fire_in_any_casing() {
        for (key, value) in [
            ("accesstoken", "null"),
            ("accessToken", "\"\""),
            ("AccessToken", "\" \\t\""),
            ("accesstoken", "\"null\""),
        ] {
            let body = format!(
                r#"{{"type":"AzureRM","authorization":{{"scheme":"ServicePrincipal","parameters":{{"tenantid":"t", "{key}" : {value}}}}}}}"#
            );
            assert!(fires(ID, &body), "{body}");
            assert_eq!(
                fixed(ID, &body),
                r#"{"type":"AzureRM","authorization":{"scheme":"ServicePrincipal","parameters":{"tenantid":"t"}}}"#
            );
        }
    }

    #[test]
    fn both_spellings_and_duplicates_go_at_once() {
        let body = r#"{"type":"azurerm","authorization":{"parameters":{"accesstoken":null,"accessToken":"","accesstoken":null,"scope":"s"}}}"#;
        assert_eq!(
            fixed(ID, body),
            r#"{"type":"azurerm","authorization":{"parameters":{"scope":"s"}}}"#
        );
    }

    #[test]
    fn a_value_another_key_or_another_type_is_fine() {
        for body in [
            r#"{"type":"azurerm","authorization":{"parameters":{"accesstoken":"7d1f6e2c-0000-4000-8000-000000000001"}}}"#,
            r#"{"type":"azurerm","authorization":{"parameters":{"serviceprincipalkey":null,"apitoken":null,"accessTokenType":"","accessTokenFetchingMethod":""}}}"#,
            r#"{"type":"github","authorization":{"scheme":"Token","parameters":{"accessToken":null}}}"#,
        ] {
            assert!(!fires(ID, body), "{body}");
        }
    }
}
