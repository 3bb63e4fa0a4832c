//! What Azure DevOps itself refuses, before Azure is asked.

mod azdo_500_on_create;
mod azdo_duplicate_name;
mod azdo_endpoint_invisible;
mod azdo_internal_error_tf400898;
mod azdo_not_authenticated;
mod azdo_not_endpoint_administrator;
mod azdo_service_unavailable;
mod azdo_signin_redirect;
mod azdo_throttled;
mod pipeline_permission_grant_failed;

use std::cell::OnceCell;

use crate::connection::{EndpointCall, Said};
use crate::exchange::{AnsweredBy, Response};
use crate::report::finding::Part;
use crate::rules::engine::{Check, Context, Hit};
use crate::text::readable::{clip, readable};

/// The family's checks, by the id of their rule.
pub(super) const CHECKS: &[(&str, Check)] = &[
    ("azdo-500-on-create", Check::Call(azdo_500_on_create::check)),
    (
        "azdo-duplicate-name",
        Check::Call(azdo_duplicate_name::check),
    ),
    (
        "azdo-endpoint-invisible",
        Check::Trace(azdo_endpoint_invisible::check),
    ),
    (
        "azdo-internal-error-tf400898",
        Check::Text(azdo_internal_error_tf400898::remark),
    ),
    (
        "azdo-not-authenticated",
        Check::Call(azdo_not_authenticated::check),
    ),
    (
        "azdo-not-endpoint-administrator",
        Check::Call(azdo_not_endpoint_administrator::check),
    ),
    (
        "azdo-service-unavailable",
        Check::Call(azdo_service_unavailable::check),
    ),
    (
        "azdo-signin-redirect",
        Check::Call(azdo_signin_redirect::check),
    ),
    ("azdo-throttled", Check::Call(azdo_throttled::check)),
    (
        "pipeline-permission-grant-failed",
        Check::Trace(pipeline_permission_grant_failed::check),
    ),
];

/// Longest answer looked at, in bytes; a gateway's page is short.
const MAX_ANSWER: usize = 64 << 10;

/// What the service answered to a call, as a person reads it.
struct Answer<'a> {
    call: &'a EndpointCall,
    response: &'a Response,
    status: u16,
    /// What it says, in lower case; most answers are never asked.
    text: OnceCell<String>,
}

impl<'a> Answer<'a> {
    /// The service's answer; `None` where there is none, or where the recording proxy gave it.
    fn of(call: &'a EndpointCall) -> Option<Self> {
        let response = call.exchange.response.as_ref()?;
        if call.exchange.answered_by == AnsweredBy::Proxy {
            return None;
        }
        Some(Self {
            call,
            response,
            status: response.status,
            text: OnceCell::new(),
        })
    }

    /// Whether the answer says one of `sentences`, which are in lower case.
    fn says(&self, sentences: &[&str]) -> bool {
        let text = self.text.get_or_init(|| {
            let body = self.response.body.text().unwrap_or_default();
            readable(clip(body, MAX_ANSWER)).to_lowercase()
        });
        sentences.iter().any(|sentence| text.contains(sentence))
    }

    /// Whether Azure or Entra ID refused, and Azure DevOps only hands their words on.
    fn is_of_another(&self) -> bool {
        let said = self.call.said.as_deref();
        said.is_some_and(Said::is_of_another)
    }

    /// A hit at the answer's message, or at its status where there is none.
    fn hit(&self) -> Hit {
        let message = self.call.response().and_then(|body| body.member("message"));
        let (part, pointer, text) = match message {
            Some(member) => (
                Part::ResponseBody,
                Some(format!("/{}", member.key)),
                member.value.as_str().unwrap_or_default(),
            ),
            None => (Part::ResponseStatus, None, ""),
        };
        let evidence = format!("status {} {text}", self.status);
        Hit::at(self.call.location(part, pointer)).evidence(evidence.trim_end())
    }
}

/// Whether a later call got through: what came before was only a challenge.
fn answered_later(call: &EndpointCall, context: &Context<'_>) -> bool {
    context.mended_by(call).is_some()
}
