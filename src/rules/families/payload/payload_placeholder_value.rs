//! A template's placeholder submitted as an id.

use super::typed::{Found, Typed};
use crate::connection::Payload;
use crate::connection::outcome::State;
use crate::json::{Node, pointer};
use crate::report::finding::{Part, Severity};
use crate::rules::engine::{Context, Hit, LastSeen};
use crate::sensitive::{is_secret_name, is_template_word, looks_masked};

pub(in crate::rules::families) fn check(payload: &Payload<'_>, context: &Context<'_>) -> Vec<Hit> {
    if context.is_redacted(payload.input) {
        return Vec::new();
    }
    let members = match Typed::of(payload, context) {
        Some(typed) => of_the_table(&typed),
        None if payload.is_azurerm() => super::id_members(payload),
        None => return Vec::new(),
    };
    let secrets = unfilled_secrets(payload, context);
    let odd = members.into_iter().filter(|(_, _, text)| {
        let sent = payload.call.is_some_and(|call| call.refuses_form_of(text));
        is_placeholder(text) && (sent || !looks_masked(text))
    });
    odd.chain(secrets)
        .map(|(pointer, node, _)| {
            let fix = super::seen::restored(payload, context, &pointer)
                .unwrap_or_else(|| super::wanted(&pointer, true, "the real value"));
            let hit = super::hit(payload, &pointer, node).fix(fix);
            if payload.is_azurerm() {
                hit
            } else {
                hit.message(OTHER_TYPE).remedy(OTHER_TYPE_STEPS)
            }
        })
        .collect()
}

const OTHER_TYPE: &str = "{pointer} holds {value}, which is the filler of a template and not a value. It was never filled in.";

const OTHER_TYPE_STEPS: &[&str] = &[
    "Put the real value at {pointer} and send again. The page or script that the body came from says what belongs there.",
];

/// Secrets that still hold what a template says to its reader. Who shows a body masks its secrets in other
/// words, and a text without a call may be a page of documentation.
fn unfilled_secrets<'a>(
    payload: &Payload<'a>,
    context: &Context<'_>,
) -> Vec<(String, &'a Node, &'a str)> {
    if payload.call.is_none() {
        return Vec::new();
    }
    let types = context.catalogue.types();
    let payload_of_type = Typed::of(payload, context);
    let declared: Vec<String> = payload_of_type
        .iter()
        .flat_map(Typed::all)
        .filter(Found::is_secret)
        .map(|found| found.pointer)
        .collect();
    let maps = payload.text_maps();
    let members = maps.into_iter().flat_map(|(base, map)| {
        let base_of_map = base.clone();
        let declared = &declared;
        let secret = map.members().iter().filter(move |member| {
            is_secret_name(&member.key)
                || types.is_own_secret(&member.key)
                || declared.contains(&pointer::push(&base_of_map, &member.key))
        });
        secret.filter_map(move |member| {
            let text = member.value.as_str()?;
            is_instruction(text).then(|| (pointer::push(&base, &member.key), &member.value, text))
        })
    });
    members.collect()
}

/// Whether a template tells its reader in `text` to put something in its place: `<your token>`,
/// `REPLACE_ME`, `your-password-here`.
fn is_instruction(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    let bare = lower.trim_matches(['<', '>', '[', ']', '{', '}', '_', '-']);
    let is_bracketed = bare.len() < lower.len();
    let mut words = bare.split([' ', '_', '-']);
    let first = words.next().unwrap_or_default();
    let rest = words.next();
    let is_plain = bare
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || b" _-".contains(&byte));
    let tells = matches!(
        first,
        "your" | "replace" | "insert" | "enter" | "put" | "fill" | "paste"
    );
    is_plain && tells && (rest.is_some() || is_bracketed)
}

/// The members that are no secrets: those are masked in this way by people who show a body.
fn of_the_table<'a>(typed: &Typed<'a>) -> Vec<(String, &'a Node, &'a str)> {
    let mut found: Vec<(String, &Node)> = typed
        .all()
        .into_iter()
        .filter(|found| found.declared.is_some() && !found.is_secret())
        .map(|found| (found.pointer, found.node))
        .collect();
    found.extend(typed.payload.find(&["url"]));
    let text = |(pointer, node): (String, &'a Node)| Some((pointer, node, node.as_str()?));
    let texts = found.into_iter().filter_map(text);
    // All zeros stand for the product's own OAuth configuration.
    let said = |text: &str| {
        text.bytes()
            .any(|byte| byte.is_ascii_alphanumeric() && byte != b'0')
    };
    texts.filter(|(_, _, text)| said(text)).collect()
}

/// A connection that the service itself still shows with a placeholder: its creation never came to
/// the point of putting the app's id there.
pub(in crate::rules::families) fn check_stored(context: &Context<'_>) -> Vec<Hit> {
    let asked_for = context.last_seen();
    let asked_for = asked_for.filter(|seen| seen.is_azurerm && seen.is_asked_for());
    asked_for.filter_map(stored).collect()
}

fn stored(seen: &LastSeen<'_>) -> Option<Hit> {
    let node = seen.node();
    let authorization = node.member("authorization")?;
    let parameters = authorization.value.member("parameters")?;
    let member = ["serviceprincipalid", "tenantid"]
        .iter()
        .filter_map(|key| parameters.value.member(key))
        .find(|member| {
            let text = member.value.as_str().unwrap_or_default().trim();
            text.starts_with('<') && text.ends_with('>')
        })?;
    let base = [&authorization.key, &parameters.key, &member.key]
        .iter()
        .fold(seen.pointer.clone(), |at, key| pointer::push(&at, key));
    let value = member.value.as_str().unwrap_or_default();
    let hit = Hit::at(seen.call.location(Part::ResponseBody, Some(base.clone())))
        .evidence(format!("\"{}\": \"{value}\"", member.key))
        .capture("pointer", base)
        .capture("member", member.key.as_str())
        .capture("value", value);
    // What was only read may work, and may be somebody else's business.
    Some(if seen.state == State::Ready || !seen.worked_on {
        hit.severity(Severity::Warning)
    } else {
        hit
    })
}

/// Whether `text` is what templates and documentation put where an id belongs.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let all_of = |one: u8| {
        text.len() == 36
            && text
                .bytes()
                .all(|byte| byte.eq_ignore_ascii_case(&one) || byte == b'-')
    };
    (text.starts_with('<') && text.ends_with('>'))
        || (text.starts_with('[') && text.ends_with(']') && text.len() > 2)
        || is_template_word(text)
        || all_of(b'x')
        || all_of(b'0')
}

#[cfg(test)]
mod tests {
    use crate::rules::families::tests::fires;

    fn body(tenant: &str) -> String {
        let good = "11111111-1111-4111-8111-11111111111a";
        format!(
            r#"{{"type":"azurerm","authorization":{{"scheme":"ServicePrincipal","parameters":{{"tenantid":"{tenant}","serviceprincipalid":"{good}"}}}},"data":{{"subscriptionId":"{good}"}}}}"#
        )
    }

    #[test]
    fn templates_fire_and_ids_do_not() {
        for odd in [
            "<tenant id>",
            "YOUR_TENANT_ID",
            "[TENANT_ID]",
            "00000000-0000-0000-0000-000000000000",
        ] {
            assert!(fires("payload-placeholder-value", &body(odd)), "{odd}");
        }
        assert!(!fires(
            "payload-placeholder-value",
            &body("22222222-2222-4222-8222-222222222222")
        ));
        assert!(!fires("payload-placeholder-value", &body("")));
    }

    #[test]
    fn a_masked_trace_is_no_fault() {
        let one = body("xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
        let most = one.replace(
            "11111111-1111-4111-8111-11111111111a",
            "xxxxxxaf-xxxx-xxxx-xxxx-6bexxxxxxxxx",
        );
        for masked in [one, most, body("[redacted]"), body("<masked>")] {
            assert!(!fires("payload-placeholder-value", &masked), "{masked}");
        }
    }
}
