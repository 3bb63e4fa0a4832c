//! A value that its member cannot have: no GUID, no address, a word that is none of the few.

use super::typed::{self, Found, Typed, is_like, is_word};
use crate::connection::Payload;
use crate::connection::types::Member;
use crate::json::splice::Edit;
use crate::report::finding::{Applicability, Fix, Severity};
use crate::rules::engine::{Context, Hit};
use crate::sensitive::form::may_be_word;

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    let Some(typed) = Typed::of_any(payload, context) else {
        return Vec::new();
    };
    let hits = typed.all().into_iter().filter_map(|found| {
        let member = found.declared?;
        let text = found.text().filter(|text| !typed::is_no_value(text))?;
        if member.shape == crate::connection::types::Shape::Guid
            && context.is_redacted(payload.input)
        {
            return None;
        }
        let own = typed.kind.rules_of_its_own;
        let hit = of_words(&typed, &found, member, text)
            .or_else(|| of_shape(&typed, &found, member, text).filter(|_| !own))
            .or_else(|| too_long(&typed, &found, member, text))?;
        Some(typed::weighed(payload, hit))
    });
    hits.collect()
}

fn hit(typed: &Typed<'_>, found: &Found<'_>, member: &Member, why: &str) -> Hit {
    super::hit(&typed.payload, &found.pointer, found.node)
        .capture("type", &typed.kind.name)
        .capture("why", why)
        .capture("what", member.what.as_deref().unwrap_or(&member.name))
}

/// The words of every form of the scheme are right here: the member may be what decides between them.
fn of_words(typed: &Typed<'_>, found: &Found<'_>, member: &Member, text: &str) -> Option<Hit> {
    // What is no word at all was not meant for this place, and a copy does not keep it.
    if member.words.is_empty() || !may_be_word(text) {
        return None;
    }
    let forms = typed.kind.scheme(&typed.form.name);
    let words: Vec<String> = forms
        .filter_map(|form| form.member(found.place, found.key))
        .flat_map(|member| member.words.iter().cloned())
        .collect();
    if is_word(&words, text) {
        return None;
    }
    let mut names: Vec<&str> = words.iter().map(String::as_str).collect();
    names.dedup();
    let why = format!("is none of: {}", names.join(", "));
    let hit = hit(typed, found, member, &why);
    // The scheme may be what is wrong.
    let other = typed.kind.schemes.iter().find(|scheme| {
        scheme
            .member(found.place, found.key)
            .is_some_and(|member| is_word(&member.words, text))
    });
    let fix = if let Some(other) = other {
        let (scheme, _) = typed.payload.find(&["authorization", "scheme"])?;
        let summary = format!(
            "sets the scheme {}, which takes {}",
            other.name,
            text.trim()
        );
        super::replacement(Applicability::Unsafe, &scheme, other.name.as_str(), summary)
    } else if let Some(meant) = words.iter().find(|word| is_like(word, text)) {
        let summary = format!("spells {} as {meant}", found.key);
        super::replacement(Applicability::Safe, &found.pointer, meant.as_str(), summary)
    } else {
        let what = format!("one of {}", names.join(", "));
        super::wanted(&found.pointer, true, &what)
    };
    Some(hit.fix(fix))
}

fn of_shape(typed: &Typed<'_>, found: &Found<'_>, member: &Member, text: &str) -> Option<Hit> {
    let wrong = member.shape.wrong(text)?;
    let fix = match wrong.meant {
        Some(meant) => Fix {
            applicability: Applicability::Safe,
            edits: vec![Edit::Replace {
                path: found.pointer.clone(),
                value: meant.into(),
            }],
            summary: format!("brings {} into its form", found.key),
        },
        None => super::wanted(
            &found.pointer,
            true,
            member.what.as_deref().unwrap_or(&member.name),
        ),
    };
    Some(hit(typed, found, member, wrong.why).fix(fix))
}

fn too_long(typed: &Typed<'_>, found: &Found<'_>, member: &Member, text: &str) -> Option<Hit> {
    let longest = member.longest?;
    let length = text.chars().count();
    (length > longest).then(|| {
        let why = format!("has {length} characters, of which {longest} are allowed");
        hit(typed, found, member, &why).severity(Severity::Warning)
    })
}
