//! The built-in rules: one folder a family, one Markdown file a rule.
//!
//! A rule that only matches text needs no code. One that must judge a payload or a sequence has a
//! check in a file of the same name, listed in its family's `mod.rs`.

mod arm;
mod azdo;
mod azurestack;
mod convert;
mod credential;
mod direct;
mod federation;
mod graph;
mod operation;
mod payload;
mod signin;
mod trace;
mod verify;

use crate::rules::engine::Check;

/// The checks of every family that has any.
static FAMILIES: &[&[(&str, Check)]] = &[
    arm::CHECKS,
    azdo::CHECKS,
    azurestack::CHECKS,
    convert::CHECKS,
    credential::CHECKS,
    federation::CHECKS,
    graph::CHECKS,
    operation::CHECKS,
    payload::CHECKS,
    signin::CHECKS,
    trace::CHECKS,
    verify::CHECKS,
];

/// Whether code judges what the rule called `id` is about.
pub fn is_checked(id: &str) -> bool {
    checks_of(id).next().is_some()
}

/// The checks of the rule called `id`; most rules have none or one.
pub(crate) fn checks_of(id: &str) -> impl Iterator<Item = Check> + '_ {
    all()
        .filter(move |(known, _)| *known == id)
        .map(|(_, check)| check)
}

fn all() -> impl Iterator<Item = (&'static str, Check)> {
    FAMILIES.iter().copied().flatten().copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Check, all, checks_of};
    use crate::connection::Payload;
    use crate::ingest::Trace;
    use crate::json::{parse, splice};
    use crate::report::finding::Applicability;
    use crate::rules::engine::texts;
    use crate::rules::engine::{Catalogue, Context, Hit, Matcher, Recording};

    /// What the payload check of `id` finds in a pasted body.
    fn hits(id: &str, body: &str) -> Vec<Hit> {
        let node = parse(body).unwrap();
        let trace = Trace {
            text: Some(body.to_owned()),
            ..Trace::default()
        };
        let masked = crate::judge::ids_are_masked(body);
        let context = Context {
            recordings: &[Recording {
                trace,
                input: 0,
                base: 0,
                calls_before: 0,
                timed: false,
            }],
            calls: &[],
            others: &[],
            timelines: &[],
            catalogue: &Catalogue::default(),
            redacted: &masked.then_some(0).into_iter().collect(),
            known: &crate::sensitive::Known::default(),
            surfaces: &[],
            facts: &crate::rules::engine::Facts::default(),
            history: &crate::connection::history::History::default(),
        };
        let payload = Payload::pasted(&node, body, 0);
        let checks = checks_of(id).filter_map(|check| match check {
            Check::Payload(check) => Some(check),
            _ => None,
        });
        checks.flat_map(|check| check(&payload, &context)).collect()
    }

    /// The rule that a pasted text fits, and what it captures.
    pub(super) fn said(text: &str) -> (String, BTreeMap<String, String>) {
        let catalogue = Catalogue::built_in();
        let matcher = Matcher::new(catalogue.iter());
        let place = Payload::pasted(&parse("{}").expect("it is JSON"), text, 0).location("");
        let surfaces = texts::of_text(text, &place);
        let found = matcher.find(&surfaces[0]).pop().expect("a rule fits");
        (found.rule.id.clone(), found.captures)
    }

    pub(super) fn fires(id: &str, body: &str) -> bool {
        !hits(id, body).is_empty()
    }

    /// The body with every safe fix of `id` applied, after which the rule must be quiet.
    pub(super) fn fixed(id: &str, body: &str) -> String {
        mended(id, body, Applicability::Safe)
    }

    pub(super) fn unsafely_fixed(id: &str, body: &str) -> String {
        mended(id, body, Applicability::Unsafe)
    }

    fn mended(id: &str, body: &str, grade: Applicability) -> String {
        let fixes = hits(id, body)
            .into_iter()
            .filter_map(|hit| hit.fix)
            .filter(|fix| fix.applicability == grade);
        let edits: Vec<_> = fixes.flat_map(|fix| fix.edits).collect();
        assert!(!edits.is_empty(), "{id} has no such fix for {body}");
        let mended = splice::apply(body, &edits).unwrap();
        assert!(!fires(id, &mended), "{id} still fires on {mended}");
        mended
    }

    #[test]
    fn every_check_belongs_to_a_rule() {
        let catalogue = Catalogue::built_in();
        for (id, _) in all() {
            assert!(
                catalogue.get(id).is_some(),
                "the check {id} has no rule file"
            );
        }
    }
}
