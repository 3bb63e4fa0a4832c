//! A payload beside what its type declares.

use crate::connection::call::is_unsaved;
use crate::connection::types::{Member, Place, Scheme, Type};
use crate::connection::{Outcome, Payload, Use};
use crate::json::{self, Node, Value, pointer};
use crate::report::finding::Severity;
use crate::rules::engine::{Context, Hit};
use crate::sensitive;

/// A payload of a type that is known, in the form that it is meant to have.
pub(super) struct Typed<'a> {
    pub(super) payload: Payload<'a>,
    pub(super) kind: &'a Type,
    pub(super) form: &'a Scheme,
}

/// A member of a payload.
pub(super) struct Found<'a> {
    pub(super) place: Place,
    pub(super) pointer: String,
    pub(super) key: &'a str,
    pub(super) node: &'a Node,
    /// What the form says of it.
    pub(super) declared: Option<&'a Member>,
}

impl Found<'_> {
    /// Its text, unless that is empty.
    pub(super) fn text(&self) -> Option<&str> {
        let text = self.node.as_str()?;
        (!text.trim().is_empty()).then_some(text)
    }

    /// Whether its name says that it holds a credential.
    pub(super) fn is_secret(&self) -> bool {
        self.declared.is_some_and(|member| member.secret) || sensitive::is_secret_name(self.key)
    }
}

impl<'a> Typed<'a> {
    /// `payload` as one of its type; `None` where nothing is known of the type or its scheme, and
    /// for the types whose members are judged by rules of their own.
    pub(super) fn of(payload: &Payload<'a>, context: &'a Context<'_>) -> Option<Self> {
        Self::of_any(payload, context).filter(|typed| !typed.kind.rules_of_its_own)
    }

    /// `payload` as one of its type, whatever judges its members.
    pub(super) fn of_any(payload: &Payload<'a>, context: &'a Context<'_>) -> Option<Self> {
        let kind = kind_of(payload, context)?;
        let form = kind.form_of(payload.node)?;
        (payload.usage != Use::Convert).then_some(Self {
            payload: *payload,
            kind,
            form,
        })
    }

    /// The members of `place`, of names spelt alike the last.
    pub(super) fn found(&self, place: Place) -> Vec<Found<'a>> {
        let Some((base, map)) = self.payload.find(place.keys()) else {
            return Vec::new();
        };
        let members = map.members().iter().take(super::MAX_HITS);
        let make = |member: &'a json::Member| Found {
            place,
            pointer: pointer::push(&base, &member.key),
            key: &member.key,
            node: &member.value,
            declared: self.form.member(place, &member.key),
        };
        members.map(make).collect()
    }

    /// The members of both maps.
    pub(super) fn all(&self) -> Vec<Found<'a>> {
        let mut all = self.found(Place::Parameters);
        all.extend(self.found(Place::Data));
        all
    }

    /// The member that `member` describes, if the payload has it.
    pub(super) fn value(&self, member: &Member) -> Option<Found<'a>> {
        let mut all = self.found(member.place).into_iter();
        all.rfind(|found| found.key.eq_ignore_ascii_case(&member.name))
    }

    /// Whether the members that decide between the forms of the scheme agree with this form, so that
    /// it is certain which one is meant.
    pub(super) fn is_certain(&self) -> bool {
        let deciding = self.form.members.iter().filter(|member| {
            !member.words.is_empty() && self.kind.scheme(&self.form.name).count() > 1
        });
        deciding.into_iter().all(|member| {
            self.value(member)
                .is_none_or(|found| found.text().is_none_or(|text| is_word(&member.words, text)))
        })
    }

    /// Whether the form may have members that are not known, and the payload has such.
    pub(super) fn is_beyond(&self) -> bool {
        self.form.incomplete && self.all().iter().any(|found| found.declared.is_none())
    }

    /// The one member that holds what `wanted` should hold, under a name that the form does not have.
    pub(super) fn stand_in_for(&self, wanted: &Member) -> Option<Found<'a>> {
        let mut fitting = self.all().into_iter().filter(|found| {
            let free = found
                .declared
                .is_none_or(|member| member.stays_empty && found.place == wanted.place);
            free && found.text().is_some()
                && found.is_secret() == wanted.secret
                && (wanted.secret || is_like(found.key, &wanted.name))
                && self.declared_elsewhere(found).is_none()
        });
        let only = fitting.next()?;
        fitting.next().is_none().then_some(only)
    }

    /// The member of the other map that `found` is called like, if its own has none of that name.
    pub(super) fn declared_elsewhere(&self, found: &Found<'_>) -> Option<&'a Member> {
        let other = match found.place {
            Place::Parameters => Place::Data,
            Place::Data => Place::Parameters,
        };
        let form: &'a Scheme = self.form;
        form.member(other, found.key)
            .filter(|_| found.declared.is_none())
    }

    /// The pointer of a member that is not there.
    pub(super) fn pointer_of(&self, member: &Member) -> Option<String> {
        let (base, map) = self.payload.find(member.place.keys())?;
        map.is_object().then(|| pointer::push(&base, &member.name))
    }
}

/// The type of a payload, if it is known.
pub(super) fn kind_of<'a>(payload: &Payload<'a>, context: &'a Context<'_>) -> Option<&'a Type> {
    context.catalogue.types().of(payload.str(&["type"])?)
}

/// Whether `text` is one of `words`, in any letter case.
pub(super) fn is_word(words: &[String], text: &str) -> bool {
    words
        .iter()
        .any(|word| word.eq_ignore_ascii_case(text.trim()))
}

/// Whether `one` is `other` but for separators, letter case and a slip of the finger.
pub(super) fn is_like(one: &str, other: &str) -> bool {
    let (one, other) = (letters(one), letters(other));
    if one.len().max(other.len()) > 80 || one.is_empty() {
        return false;
    }
    one == other || similar::TextDiff::from_chars(one.as_str(), other.as_str()).ratio() > 0.88
}

/// The letters and digits of `text`, in lower case.
pub(super) fn letters(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Whether everything has to be in the body: nothing is stored yet that it could leave as it is.
///
/// Of a pasted one its id tells, which a new connection does not have.
pub(super) fn is_new(payload: &Payload<'_>) -> bool {
    match payload.usage {
        Use::Create | Use::VerifyNew => true,
        Use::Pasted => {
            let id = payload.str(&["id"]).unwrap_or_default();
            is_unsaved(id) && !is_answer(payload)
        }
        Use::Update | Use::VerifySaved | Use::Convert => false,
    }
}

/// Whether a pasted payload is what the service shows: with members that no client sends.
pub(super) fn is_answer(payload: &Payload<'_>) -> bool {
    const OF_THE_SERVICE: &[&str] = &[
        "createdBy",
        "modifiedBy",
        "creationDate",
        "modificationDate",
        "operationStatus",
        "isOutdated",
    ];
    payload.usage == Use::Pasted
        && OF_THE_SERVICE.iter().any(|name| {
            payload
                .find(&[name])
                .is_some_and(|(_, node)| !node.is_null())
        })
}

/// A fault of the table is no error where the service took the body.
pub(super) fn weighed(payload: &Payload<'_>, hit: Hit) -> Hit {
    let taken = payload.call.is_some_and(|call| call.outcome == Outcome::Ok);
    if taken || is_answer(payload) {
        hit.severity(Severity::Warning)
    } else {
        hit
    }
}

/// Whether nothing of `text` can be judged: a mask, a variable or a placeholder.
pub(super) fn is_no_value(text: &str) -> bool {
    sensitive::looks_masked(text) || super::is_template(text)
}

/// Whether `node` is a text that stands where nothing was put: `null`, blanks, nothing.
pub(super) fn is_blank(node: Option<&Node>) -> bool {
    node.is_none_or(|node| match &node.value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    })
}
