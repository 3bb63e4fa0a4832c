//! Values that a payload lacks, as the trace shows them elsewhere.

use std::sync::OnceLock;

use regex_lite::Regex;

use crate::connection::{EndpointCall, Payload};
use crate::json::pointer;
use crate::report::finding::{Applicability, Fix};
use crate::rules::engine::Context;
use crate::sensitive;
use crate::text::guid::{self, is_guid};

/// The tenant that Azure says a token must be of, in the answer to this call or to another of its
/// endpoint.
pub(super) fn demanded_tenant(call: &EndpointCall, context: &Context<'_>) -> Option<String> {
    let timeline = context.timeline(call)?;
    context.demanded_tenant(context.timeline_of(call)?, || {
        let mut answers = timeline.calls.iter();
        answers.find_map(|other| tenant_in(other.opened().exchange.response.as_ref()?.body.text()?))
    })
}

/// The one tenant in `It must match the tenant 'https://sts.windows.net/{id}/' associated with this
/// subscription`.
fn tenant_in(text: &str) -> Option<String> {
    static SENTENCE: OnceLock<Regex> = OnceLock::new();
    static ID: OnceLock<Regex> = OnceLock::new();
    // Nearly every answer is another one, and there may be thousands.
    if !text.contains("must match") {
        return None;
    }
    let sentence = SENTENCE.get_or_init(|| {
        Regex::new(r"must match (?:the tenant|one of the tenants) (.{0,200}?) associated with")
            .expect("constant")
    });
    let id = ID.get_or_init(|| Regex::new(guid::PATTERN).expect("constant"));
    let named = sentence.captures(text)?.get(1)?.as_str();
    let mut ids = id.find_iter(named).map(|found| found.as_str());
    let only = ids.next()?;
    ids.next().is_none().then(|| only.to_owned())
}

/// The value that the service last showed at `at` for the same endpoint, if it is one that can be
/// sent: it changes what is sent to something that worked.
pub(super) fn restored(payload: &Payload<'_>, context: &Context<'_>, at: &str) -> Option<Fix> {
    let stored = context.stored_state(payload.call?)?;
    let below = at.strip_prefix(payload.base().as_str())?;
    let name = below.rsplit('/').next()?;
    let mut node = &stored;
    for token in pointer::tokens(below)? {
        node = match token.parse::<usize>() {
            Ok(index) => node.items().get(index)?,
            Err(_) => node.get(&token)?,
        };
    }
    let value = node.as_str().map(str::trim)?;
    let is_id = name.to_ascii_lowercase().ends_with("id");
    let fits = !value.is_empty() && !super::is_template(value) && (!is_id || is_guid(value));
    (fits && !sensitive::is_secret_name(name)).then(|| {
        super::replacement(
            Applicability::Unsafe,
            at,
            value,
            format!("puts the {name} that the service last showed in its place"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::tenant_in;

    #[test]
    fn one_tenant_is_demanded_or_none() {
        let one = "0a5d3c71-e846-4f92-8b1d-67c9f20e5a38";
        let text = |tenants: &str| {
            format!("wrong issuer 'x'. It must match {tenants} associated with this subscription.")
        };
        let single = text(&format!("the tenant 'https://sts.windows.net/{one}/'"));
        assert_eq!(tenant_in(&single).as_deref(), Some(one));
        let two = text(&format!(
            "one of the tenants 'https://sts.windows.net/{one}/,https://sts.windows.net/1a5d3c71-e846-4f92-8b1d-67c9f20e5a38/'"
        ));
        assert_eq!(tenant_in(&two), None);
        assert_eq!(tenant_in("It must match the tenant"), None);
    }
}
