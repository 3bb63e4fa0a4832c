//! What to read before writing, and what the answer must still hold.

use serde_json::{Map, Value as Json};

use super::{encode, safe_url};
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::json::splice::Edit;
use crate::json::{Node, Value, pointer};
use crate::report::Report;
use crate::sensitive::is_secret_name;
use crate::text::url::Url;

/// A read that shows whether the endpoint is still as the service last answered it in the trace.
#[derive(Debug, Clone)]
pub struct Preflight {
    /// The URL, made safe.
    pub url: String,
    /// The members to compare, as JSON on one line: no secrets, none that the edit touches.
    pub seen: String,
    /// Whether members that came since count too: the trace shows the answer of the same read.
    pub strict: bool,
}

/// What tells nothing of the endpoint itself: who changed it when, how it is doing, and secrets, which
/// a read leaves out. Of the form that jq, Python and `PowerShell` take alike; letter case is ignored.
pub(super) const IGNORED: &str = "^/(createdBy|modifiedBy|creationDate|modificationDate|operationStatus|isReady|owner|administratorsGroup|readersGroup|groupScopeId|executionHistory)(/|$)|(token|key|secret|password|certificate|nonce)[^/]*$";

/// The read for `call`, whose body `edits` correct; `None` where the trace does not show the endpoint
/// as the service has it, or where nothing is overwritten.
///
/// Only a URL on the host of the write is used: it is the one that gets the credential.
pub(super) fn of(call: &EndpointCall, edits: &[Edit], report: &Report) -> Option<Preflight> {
    if !overwrites(call) {
        return None;
    }
    let id = call.endpoint_id()?;
    let (shown_by, endpoint) = last_answer(report, call, id)?;
    let touched: Vec<String> = edits
        .iter()
        .map(|edit| edit.path().to_lowercase())
        .collect();
    let ignored = regex_lite::Regex::new(&format!("(?i){IGNORED}")).ok()?;
    let is_out = |at: &str| {
        let lower = at.to_lowercase();
        let below = |edit: &String| lower == *edit || lower.starts_with(&format!("{edit}/"));
        let name = at.rsplit('/').next().unwrap_or_default();
        ignored.is_match(at) || is_secret_name(name) || touched.iter().any(below)
    };
    let seen = kept("", endpoint, &is_out)?;
    let read = |other: &&EndpointCall| {
        other.operation == Operation::Get
            && other.route.host == call.route.host
            && other
                .endpoint_id()
                .is_some_and(|own| own.eq_ignore_ascii_case(id))
    };
    let read = report.calls.iter().rev().find(read);
    let url = match read {
        Some(read) => safe_url(read).ok()?,
        None => read_url(call, endpoint, id)?,
    };
    Some(Preflight {
        url,
        seen: seen.to_string(),
        strict: shown_by.operation == Operation::Get
            && touched.iter().all(|edit| ignored.is_match(edit)),
    })
}

/// Whether the call replaces what is stored.
pub(super) fn overwrites(call: &EndpointCall) -> bool {
    matches!(call.operation, Operation::Update | Operation::Convert)
}

/// The service's own last answer that shows the endpoint; never the body that is to be corrected.
fn last_answer<'a>(
    report: &'a Report,
    call: &EndpointCall,
    id: &str,
) -> Option<(&'a EndpointCall, &'a Node)> {
    let whole = |node: &Node| node.get("authorization").is_some() && node.get("data").is_some();
    let shown = |other: &'a EndpointCall| {
        let endpoints = other.answered_endpoints().into_iter();
        let mut same = endpoints.map(|(_, node)| node).filter(|node| {
            whole(node)
                && node
                    .str("id")
                    .is_some_and(|own| own.eq_ignore_ascii_case(id))
        });
        Some((other, same.next()?))
    };
    let mut answers: Vec<(&EndpointCall, &Node)> = report
        .calls
        .iter()
        .filter(|other| other.outcome == Outcome::Ok && other.route.host == call.route.host)
        .filter_map(shown)
        .collect();
    answers.sort_by_key(|(other, _)| other.exchange.started);
    answers.pop()
}

/// `node` without what `is_out` names and without `null`, which means absent.
fn kept(at: &str, node: &Node, is_out: &impl Fn(&str) -> bool) -> Option<Json> {
    if is_out(at) || node.is_null() {
        return None;
    }
    Some(match &node.value {
        Value::Object(members) => {
            let mut object = Map::new();
            for member in members {
                if let Some(value) = kept(&pointer::push(at, &member.key), &member.value, is_out) {
                    object.insert(member.key.to_string(), value);
                }
            }
            Json::Object(object)
        }
        // An item that is left out keeps its place, so that the others keep theirs.
        Value::Array(items) => {
            let item = |(index, item)| kept(&format!("{at}/{index}"), item, is_out);
            let items = items.iter().enumerate().map(item);
            items.map(Option::unwrap_or_default).collect()
        }
        // A portal asks for its own form of dates, which another reader does not get.
        _ if node.as_str().is_some_and(|text| text.starts_with("/Date(")) => return None,
        _ => node.to_value(),
    })
}

/// Where the endpoint is read: at the address of the write, in a project that it belongs to.
fn read_url(call: &EndpointCall, endpoint: &Node, id: &str) -> Option<String> {
    let url = safe_url(call).ok()?;
    let cut = Url::parse(&url)?;
    let at = cut.path.find("/_apis/")?;
    let project = if call.route.project.is_some() {
        String::new()
    } else {
        let references = endpoint.get("serviceEndpointProjectReferences")?;
        let project = references.items().first()?.get("projectReference")?;
        format!("/{}", encode(project.str("id")?))
    };
    let version = cut.query.split('&').find(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        name.eq_ignore_ascii_case("api-version")
    });
    let version = version.map_or_else(String::new, |version| format!("?{version}"));
    Some(format!(
        "{}://{}{}{project}/_apis/serviceendpoint/endpoints/{}{version}",
        cut.scheme,
        cut.authority,
        &cut.path[..at],
        encode(id)
    ))
}
