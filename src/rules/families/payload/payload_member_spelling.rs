//! A member whose name is in other letters than the ones that every task reads.

use super::typed::{self, Typed};
use crate::connection::Payload;
use crate::json::pointer;
use crate::json::splice::Edit;
use crate::report::finding::Applicability;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some(typed) = Typed::of(payload, context).filter(|_| !typed::is_answer(payload)) else {
        return Vec::new();
    };
    let odd = typed.all().into_iter().filter_map(|found| {
        let member = found.declared?;
        let twin = typed
            .found(found.place)
            .iter()
            .filter(|other| other.key.eq_ignore_ascii_case(found.key))
            .count();
        if member.is_spelt(found.key) || twin > 1 {
            return None;
        }
        let (parent, _) = pointer::split_last(&found.pointer)?;
        let edits = vec![
            Edit::Add {
                path: pointer::push(parent, &member.name),
                value: found.node.to_value(),
            },
            Edit::Remove {
                path: found.pointer.clone(),
            },
        ];
        let summary = format!("spells {} as {}", found.key, member.name);
        let hit = super::hit(payload, &found.pointer, found.node)
            .evidence(format!("\"{}\" for \"{}\"", found.key, member.name))
            .capture("expected", &member.name)
            .capture("type", &typed.kind.name)
            .fix(super::fix(Applicability::Safe, edits, summary));
        Some(hit)
    });
    odd.collect()
}
