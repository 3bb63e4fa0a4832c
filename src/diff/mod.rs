//! A payload beside one that works: what differs, and what of it matters.

mod judge;
pub mod words;

use serde::Serialize;
use serde_json::Value as Json;

use crate::endpoint::{EndpointCall, Use};
use crate::json::{Member, Node, Value, pointer};

use self::judge::Case;

/// What sort of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The payload lacks what the known-good one has.
    Missing,
    /// The payload has what the known-good one lacks.
    Unexpected,
    /// Another value.
    Value,
    /// Another sort of value.
    Type,
    /// The same key in other letters.
    Spelling,
}

/// Whether it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Significance {
    /// Differs between any two payloads, or from one hour to the next.
    Volatile,
    /// Another way to write the same, or worth a look.
    Form,
    /// Can be the reason.
    Significant,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// RFC 6901 pointer below the endpoint, in the payload's own spelling.
    pub pointer: String,
    /// What sort.
    pub kind: Kind,
    /// Whether it matters.
    pub significance: Significance,
    /// What the known-good payload has; `null` also for nothing, which `kind` tells apart.
    pub expected: Option<Json>,
    /// What the payload has; `null` also for nothing, which `kind` tells apart.
    pub actual: Option<Json>,
}

/// What the comparison is about.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// What the payload is sent for.
    pub usage: Use,
    /// Whether both are the same endpoint, so that names and ids must agree.
    pub same_endpoint: bool,
    /// The id in the URL that the payload is sent to.
    pub url_id: Option<&'a str>,
    /// Whether the payload is sent to an API of before 6.0, which takes the project from the URL.
    pub old_api: bool,
}

impl<'a> Setting<'a> {
    /// The setting of a payload that `call` sends, or of a pasted one.
    pub fn of(call: Option<&'a EndpointCall>, same_endpoint: bool) -> Self {
        let usage = call
            .and_then(|call| call.payloads().first().map(|payload| payload.usage))
            .unwrap_or(Use::Pasted);
        let major = call
            .and_then(EndpointCall::api_version)
            .and_then(|version| version.split('.').next()?.trim().parse::<u32>().ok());
        Self {
            usage,
            same_endpoint,
            url_id: call
                .filter(|call| call.operation.writes_endpoint())
                .and_then(|call| call.route.endpoint_id.as_deref()),
            old_api: major.is_some_and(|major| major < 6),
        }
    }
}

/// Compares `actual` with `expected`, keys without regard to letter case.
pub fn compare(expected: &Node, actual: &Node, setting: Setting<'_>) -> Vec<Difference> {
    let mut differences = Vec::new();
    let case = Case {
        own: actual,
        setting,
    };
    objects(expected, actual, "", &case, &mut differences);
    judge::ids(&case, &mut differences);
    differences
}

fn objects(expected: &Node, actual: &Node, at: &str, case: &Case<'_>, out: &mut Vec<Difference>) {
    let mut push = |pointer: String, kind, expected: Option<&Node>, actual: Option<&Node>| {
        let significance = judge::significance(&pointer, kind, expected, actual, case);
        out.push(Difference {
            pointer,
            kind,
            significance,
            expected: expected.map(Node::to_value),
            actual: actual.map(Node::to_value),
        });
    };
    let mut deeper = Vec::new();
    for (index, member) in actual.members().iter().enumerate() {
        let here = pointer::push(at, &member.key);
        if is_twin(&actual.members()[..index], member) {
            push(here, Kind::Unexpected, None, Some(&member.value));
            continue;
        }
        let Some(good) = expected.member(&member.key) else {
            push(here, Kind::Unexpected, None, Some(&member.value));
            continue;
        };
        if good.key != member.key {
            push(
                here.clone(),
                Kind::Spelling,
                Some(&name(good)),
                Some(&name(member)),
            );
        }
        if same(&good.value, &member.value, &here) {
            continue;
        }
        if good.value.is_object() && member.value.is_object() {
            deeper.push((&good.value, &member.value, here));
        } else if good.value.kind() == member.value.kind()
            || judge::same_sort(&good.value, &member.value)
        {
            push(here, Kind::Value, Some(&good.value), Some(&member.value));
        } else {
            push(here, Kind::Type, Some(&good.value), Some(&member.value));
        }
    }
    for good in expected
        .members()
        .iter()
        .filter(|good| actual.member(&good.key).is_none())
    {
        push(
            pointer::push(at, &good.key),
            Kind::Missing,
            Some(&good.value),
            None,
        );
    }
    for (good, own, here) in deeper {
        objects(good, own, &here, case, out);
    }
}

/// Whether a member before has the same key in other letters, which the service takes for the same.
fn is_twin(before: &[Member], member: &Member) -> bool {
    before
        .iter()
        .any(|other| other.key != member.key && other.key.eq_ignore_ascii_case(&member.key))
}

/// A key as a value, for a difference in spelling.
fn name(member: &Member) -> Node {
    Node {
        span: member.key_span.clone(),
        value: Value::String(member.key.clone()),
    }
}

/// Equal values; JSON inside a string is compared as JSON.
fn same(good: &Node, own: &Node, at: &str) -> bool {
    if good.to_value() == own.to_value() {
        return true;
    }
    let is_permissions = at.to_ascii_lowercase().ends_with("/azurespnpermissions");
    let inner = |node: &Node| {
        node.as_str()
            .and_then(|text| serde_json::from_str::<Json>(text).ok())
    };
    is_permissions && inner(good).is_some() && inner(good) == inner(own)
}
