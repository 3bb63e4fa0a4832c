//! Members that the type does not declare, and those that the service says it does not expect.

use super::typed::{self, Typed};
use crate::connection::Payload;
use crate::connection::types::Place;
use crate::json::splice::Edit;
use crate::json::{Node, pointer};
use crate::report::finding::{Applicability, Severity};
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let said = payload.call.and_then(|call| call.said.as_ref());
    if let Some(names) = said.and_then(|said| listed(&said.message)) {
        let typed = Typed::of(payload, context);
        return names
            .iter()
            .filter_map(|name| refused(payload, name, typed.as_ref()))
            .take(super::MAX_HITS)
            .collect();
    }
    undeclared(payload, context)
}

/// The names in `Following fields in the service connection are not expected: a, b. Only fields …`.
fn listed(message: &str) -> Option<Vec<&str>> {
    let (_, rest) = message.split_once("in the service connection are not expected:")?;
    let names = rest.split_once(". ").or_else(|| rest.split_once(".\r"));
    let names = names
        .or_else(|| rest.split_once(".\n"))
        .map_or(rest, |(names, _)| names);
    let names = names
        .split(',')
        .map(|name| name.trim().trim_end_matches('.'));
    Some(names.filter(|name| !name.is_empty()).collect())
}

/// The member that the service names: it looks into `data` first.
fn refused(payload: &Payload<'_>, name: &str, typed: Option<&Typed<'_>>) -> Option<Hit> {
    let place = [Place::Data, Place::Parameters]
        .into_iter()
        .find(|place| member(payload, *place, name).is_some())?;
    let (at, node) = member(payload, place, name)?;
    let hit = super::hit(payload, &at, node).capture("place", place.name());
    let is_known = typed.is_some_and(|typed| {
        let mut own = typed.found(place).into_iter();
        own.any(|found| {
            found.pointer == at
                && (found.declared.is_some() || typed.declared_elsewhere(&found).is_some())
        }) || stand_ins(typed).contains(&at)
    });
    // It is where it belongs, or another rule moves it there.
    if is_known {
        return Some(hit);
    }
    let mut edits = vec![Edit::Remove { path: at }];
    let mut summary = format!("removes {name}");
    // The address belongs to the top of the body, which may lack it.
    let top = payload.find(&["url"]);
    let is_address = name.eq_ignore_ascii_case("url") && place == Place::Data;
    if is_address && typed::is_blank(top.as_ref().map(|(_, node)| *node)) {
        let value = node.to_value();
        edits.insert(
            0,
            match top {
                Some((path, _)) => Edit::Replace { path, value },
                None => Edit::Add {
                    path: format!("{}/url", payload.base()),
                    value,
                },
            },
        );
        "moves url to the top of the body".clone_into(&mut summary);
    }
    Some(hit.fix(super::fix(Applicability::Safe, edits, summary)))
}

fn member<'a>(payload: &Payload<'a>, place: Place, name: &str) -> Option<(String, &'a Node)> {
    let (at, map) = payload.find(place.keys())?;
    let member = map.member(name)?;
    Some((pointer::push(&at, &member.key), &member.value))
}

const NOT_DECLARED: &str = "{pointer} is no member that a connection of type {type} declares. The service refuses such members, or stores them and nothing reads them.";

const NOT_DECLARED_STEPS: &[&str] = &[
    "Take {member} out unless a newer version of the product or of the extension knows it. `mendpoint patch TRACE --unsafe-fixes` prints the body without it.",
];

/// What the type does not declare; where the service took it, it does.
fn undeclared(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let taken = super::was_not_refused(payload);
    let Some(typed) = Typed::of(payload, context).filter(|_| !taken) else {
        return Vec::new();
    };
    if typed.form.incomplete || typed::is_answer(payload) || !typed.is_certain() {
        return Vec::new();
    }
    let stand_ins = stand_ins(&typed);
    let unknown = typed.all().into_iter().filter(|found| {
        found.declared.is_none()
            && typed.declared_elsewhere(found).is_none()
            && !found.key.eq_ignore_ascii_case("url")
            && !stand_ins.contains(&found.pointer)
    });
    let hits = unknown.map(|found| {
        let summary = format!("removes {}", found.key);
        let edits = vec![Edit::Remove {
            path: found.pointer.clone(),
        }];
        super::hit(payload, &found.pointer, found.node)
            .capture("place", found.place.name())
            .capture("type", &typed.kind.name)
            .severity(Severity::Warning)
            .message(NOT_DECLARED)
            .remedy(NOT_DECLARED_STEPS)
            .fix(super::fix(Applicability::Unsafe, edits, summary))
    });
    hits.collect()
}

/// The places of members that hold what a required one should, under another name.
fn stand_ins(typed: &Typed<'_>) -> Vec<String> {
    let required = typed.form.members.iter().filter(|member| member.required);
    let missing = required
        .filter(|member| typed::is_blank(typed.value(member).as_ref().map(|found| found.node)));
    missing
        .filter_map(|member| Some(typed.stand_in_for(member)?.pointer))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn the_names_end_with_the_sentence() {
        let message = "Following fields in the service connection are not expected: creationMode, scope. Only fields that are defined in the service connection's contribution type as inputs can be specified.";
        assert_eq!(listed(message).unwrap(), ["creationMode", "scope"]);
        let broken =
            "Following fields in the service connection are not expected: url.\nOnly fields";
        assert_eq!(listed(broken).unwrap(), ["url"]);
        assert_eq!(listed("The string must have at least one character."), None);
    }
}
