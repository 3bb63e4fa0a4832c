//! The list of subscriptions was asked for and never answered.

use super::lists;
use crate::connection::EndpointCall;
use crate::exchange::AnsweredBy;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    let asked: Vec<&EndpointCall> = context
        .calls
        .iter()
        .filter(|call| lists::asks_for_subscriptions(call))
        .filter(|call| call.exchange.answered_by != AnsweredBy::Proxy)
        .collect();
    let answered = asked.iter().any(|call| call.status().is_some());
    let Some(last) = asked.last().filter(|_| !answered) else {
        return Vec::new();
    };
    let why = last.exchange.error.as_deref().unwrap_or("no answer");
    vec![
        Hit::at(last.location(Part::RequestUrl, None))
            .evidence(format!("asked {} times: {why}", asked.len()))
            .capture("url", last.exchange.request.url.as_str()),
    ]
}
