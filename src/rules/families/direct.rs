//! Calls that a trace holds to Microsoft Graph, Azure Resource Manager and the sign-in hosts.
//!
//! Portals ask these hosts all day and are refused all day. Only what nobody repeated with success
//! says anything.

use crate::exchange::{AnsweredBy, Exchange, Response};
use crate::report::finding::Part;
use crate::rules::engine::other_hosts;
pub(super) use crate::rules::engine::other_hosts::{path_of, writes};
use crate::rules::engine::{Context, Hit};
use crate::text::readable::{clip, readable};
use crate::text::url::{self, Url};

/// Longest answer looked at, in bytes; an error body is short.
const MAX_ANSWER: usize = 64 << 10;

/// A call that was refused and did not succeed later.
pub(super) struct Refused<'a> {
    /// The call.
    pub(super) exchange: &'a Exchange,
    /// Its answer.
    pub(super) response: &'a Response,
    /// The answer's body as a person reads it.
    pub(super) text: String,
}

impl Refused<'_> {
    /// Whether the answer says one of `sentences`, which are in lower case.
    pub(super) fn says(&self, sentences: &[&str]) -> bool {
        let text = self.text.to_lowercase();
        sentences.iter().any(|sentence| text.contains(sentence))
    }

    /// A hit at `part` of the answer.
    pub(super) fn hit(&self, context: &Context<'_>, part: Part) -> Hit {
        let location = context.location(self.exchange.entry, part);
        Hit::at(location).evidence(self.text.as_str())
    }
}

/// The calls to hosts whose name begins with `host` that were refused for good.
///
/// Without any service-endpoint call in its input only what a person did counts.
pub(super) fn refused<'a>(context: &Context<'a>, host: &str) -> Vec<Refused<'a>> {
    let others: &'a [Exchange] = context.others;
    let mut found = Vec::new();
    for exchange in others {
        let Some(response) = exchange.response.as_ref() else {
            continue;
        };
        let is_answer = response.status >= 400 && exchange.answered_by != AnsweredBy::Proxy;
        if !is_answer || !host_of(exchange).starts_with(host) {
            continue;
        }
        let opened = exchange.opened();
        if other_hosts::counts(&opened, context) && !context.is_repeated(&opened) {
            let answer = opened.response.as_ref();
            let body = answer.and_then(|answer| answer.body.text()).unwrap_or("");
            found.push(Refused {
                exchange,
                response,
                text: readable(clip(body, MAX_ANSWER)),
            });
        }
    }
    found
}

/// The host of a call in lower case.
pub(super) fn host_of(exchange: &Exchange) -> String {
    url::host(&exchange.request.url).unwrap_or_default()
}

/// A query parameter of a call, decoded.
pub(super) fn query_of(exchange: &Exchange, name: &str) -> Option<String> {
    Url::parse(&exchange.request.url)?.parameter(name)
}
