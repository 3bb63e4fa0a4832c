//! Differences in the maps of a type whose members are known.

use super::credential::secret_value;
use super::{Case, is_empty};
use crate::connection::Use;
use crate::connection::types::{Member, Place, Type, UrlFault};
use crate::json::{Node, Value};
use crate::mend::diff::{Kind, Significance};

/// The type of the payload, unless it has rules of its own.
fn kind_of<'a>(case: &Case<'a>) -> Option<&'a Type> {
    let types = case.setting.types;
    types
        .of(case.own.str("type")?)
        .filter(|kind| !kind.rules_of_its_own)
}

/// How much a difference at `path` (in lower case) matters, if its type says so.
pub(super) fn significance(
    path: &str,
    kind: Kind,
    own: Option<&Node>,
    case: &Case<'_>,
) -> Option<Significance> {
    let known = kind_of(case)?;
    if path == "/url" {
        return Some(address(known, own, case));
    }
    let (place, name) = if let Some(name) = path.strip_prefix("/authorization/parameters/") {
        (Place::Parameters, name)
    } else {
        (Place::Data, path.strip_prefix("/data/")?)
    };
    let form = known.form_of(case.own)?;
    let declared = form.member(place, name);
    Some(match (declared, own) {
        (None, None) => Significance::Volatile,
        (None, Some(_)) if form.incomplete => Significance::Form,
        (None, Some(_)) => Significance::Significant,
        (Some(member), own) => of_member(member, name, kind, own, case),
    })
}

fn of_member(
    member: &Member,
    name: &str,
    kind: Kind,
    own: Option<&Node>,
    case: &Case<'_>,
) -> Significance {
    let new = matches!(case.usage(), Use::Create | Use::VerifyNew);
    if let Some(own) = own {
        match &own.value {
            Value::Bool(_) | Value::Number(_) => return Significance::Form,
            Value::Array(_) | Value::Object(_) => return Significance::Significant,
            Value::Null | Value::String(_) => {}
        }
    }
    if member.secret {
        return match own.map(|node| &node.value) {
            // What the form leaves empty is no secret that was lost.
            Some(Value::String(text)) if text.trim().is_empty() && !member.required => {
                Significance::Form
            }
            None | Some(Value::Null) if !member.required => Significance::Volatile,
            _ => secret_value(name, own, case),
        };
    }
    if is_empty(own) {
        return match (
            member.required,
            new || own.is_some_and(|node| !node.is_null()),
        ) {
            (true, true) => Significance::Significant,
            (true, false) => Significance::Form,
            (false, _) => Significance::Volatile,
        };
    }
    let text = own.and_then(Node::as_str).unwrap_or_default().trim();
    let is_word = member.words.is_empty()
        || member
            .words
            .iter()
            .any(|word| word.eq_ignore_ascii_case(text));
    if !is_word || member.shape.wrong(text).is_some() {
        Significance::Significant
    } else if kind == Kind::Unexpected || case.setting.same_endpoint || !member.words.is_empty() {
        Significance::Form
    } else {
        Significance::Volatile
    }
}

fn address(known: &Type, own: Option<&Node>, case: &Case<'_>) -> Significance {
    let url = own.and_then(Node::as_str).unwrap_or_default().trim();
    if url.is_empty() {
        return match case.usage() {
            Use::Convert => Significance::Volatile,
            _ if known.url.optional => Significance::Volatile,
            _ => Significance::Significant,
        };
    }
    match known.url.fault(url, case.own) {
        Some(UrlFault::NotAbsolute | UrlFault::Scheme) => Significance::Significant,
        Some(_) => Significance::Form,
        None if case.setting.same_endpoint => Significance::Form,
        None => Significance::Volatile,
    }
}
