//! A payload beside one that works: what differs, and what of it matters.

mod judge;
pub mod words;

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value as Json;

use crate::connection::types::Types;
use crate::connection::{EndpointCall, Use};
use crate::json::{Member, Node, pointer};

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
    /// The types of connections that are known.
    pub types: &'a Types,
}

impl<'a> Setting<'a> {
    /// The setting of a payload that `call` sends, or of a pasted one.
    pub fn of(call: Option<&'a EndpointCall>, same_endpoint: bool, types: &'a Types) -> Self {
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
            types,
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
    let judged = |pointer: String, kind, expected: Option<&Node>, actual: Option<&Node>| {
        let significance = judge::significance(&pointer, kind, expected, actual, case);
        difference(pointer, kind, significance, expected, actual)
    };
    let (good_keys, own_keys) = (Keys::of(expected), Keys::of(actual));
    let mut deeper = Vec::new();
    for spellings in &own_keys.in_order {
        let good = good_keys.get(&spellings[0].key);
        // The one spelt as it should be counts; the others are what is too much.
        let as_good = |own: &&&Member| good.is_some_and(|good| good.key == own.key);
        let member = *spellings.iter().find(as_good).unwrap_or(&spellings[0]);
        for twin in spellings.iter().filter(|own| own.key != member.key) {
            let here = pointer::push(at, &twin.key);
            let significance = judge::twin(&here);
            let (kind, good, own) = (Kind::Spelling, member.key_as_value(), twin.key_as_value());
            out.push(difference(
                here,
                kind,
                significance,
                Some(&good),
                Some(&own),
            ));
        }
        let here = pointer::push(at, &member.key);
        let Some(good) = good else {
            out.push(judged(here, Kind::Unexpected, None, Some(&member.value)));
            continue;
        };
        if good.key != member.key {
            let (good, own) = (good.key_as_value(), member.key_as_value());
            out.push(judged(
                here.clone(),
                Kind::Spelling,
                Some(&good),
                Some(&own),
            ));
        }
        if same(&good.value, &member.value, &here) {
            continue;
        }
        if good.value.is_object() && member.value.is_object() {
            deeper.push((&good.value, &member.value, here));
        } else if good.value.kind() == member.value.kind()
            || judge::same_sort(&good.value, &member.value)
        {
            out.push(judged(
                here,
                Kind::Value,
                Some(&good.value),
                Some(&member.value),
            ));
        } else {
            out.push(judged(
                here,
                Kind::Type,
                Some(&good.value),
                Some(&member.value),
            ));
        }
    }
    for spellings in &good_keys.in_order {
        let good = spellings[spellings.len() - 1];
        if own_keys.get(&good.key).is_none() {
            let here = pointer::push(at, &good.key);
            out.push(judged(here, Kind::Missing, Some(&good.value), None));
        }
    }
    for (good, own, here) in deeper {
        objects(good, own, &here, case, out);
    }
}

fn difference(
    pointer: String,
    kind: Kind,
    significance: Significance,
    expected: Option<&Node>,
    actual: Option<&Node>,
) -> Difference {
    Difference {
        pointer,
        kind,
        significance,
        expected: expected.map(Node::to_value),
        actual: actual.map(Node::to_value),
    }
}

/// The members of an object by key, letter case aside: the service takes `tenantid` and `tenantId`
/// for one key. Of members spelt alike only the last counts.
struct Keys<'a> {
    in_order: Vec<Vec<&'a Member>>,
    by_key: HashMap<String, usize>,
}

impl<'a> Keys<'a> {
    fn of(object: &'a Node) -> Self {
        let mut keys = Self {
            in_order: Vec::new(),
            by_key: HashMap::new(),
        };
        let mut alike: HashMap<&str, (usize, usize)> = HashMap::new();
        for member in object.members() {
            if let Some((group, place)) = alike.get(member.key.as_str()) {
                keys.in_order[*group][*place] = member;
                continue;
            }
            let next = keys.in_order.len();
            let group = *keys
                .by_key
                .entry(member.key.as_str().to_ascii_lowercase())
                .or_insert(next);
            if group == next {
                keys.in_order.push(Vec::new());
            }
            alike.insert(&member.key, (group, keys.in_order[group].len()));
            keys.in_order[group].push(member);
        }
        keys
    }

    fn get(&self, key: &str) -> Option<&'a Member> {
        let group = *self.by_key.get(&key.to_ascii_lowercase())?;
        self.in_order[group].last().copied()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn many_members_and_twins_are_compared_in_one_go() {
        let members: Vec<String> = (0..20_000).map(|n| format!(r#""k{n}":"v""#)).collect();
        let twins = r#""x":null,"#.repeat(20_000);
        let text = format!(r#"{{{twins}"data":{{{}}}}}"#, members.join(","));
        let (good, own) = (parse("{\"data\":{}}").unwrap(), parse(&text).unwrap());
        let found = compare(&good, &own, Setting::of(None, false, Types::built_in()));
        assert_eq!(
            found.len(),
            20_001,
            "of members spelt alike the last counts"
        );
    }
}
