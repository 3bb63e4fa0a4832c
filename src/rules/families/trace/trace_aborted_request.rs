//! A service-endpoint call that got no HTTP answer.

use crate::connection::EndpointCall;
use crate::exchange::AnsweredBy;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(in crate::rules::families) fn check(call: &EndpointCall, _: &Context<'_>) -> Vec<Hit> {
    let exchange = &call.exchange;
    let how = match (&exchange.response, exchange.answered_by) {
        (None, _) => exchange
            .error
            .clone()
            .unwrap_or_else(|| "no answer recorded".to_owned()),
        (Some(response), _)
            if response.status == 0 && response.body.text().is_none_or(str::is_empty) =>
        {
            exchange
                .error
                .clone()
                .unwrap_or_else(|| "status 0".to_owned())
        }
        (Some(response), AnsweredBy::Proxy) => format!(
            "answered by the recording proxy: {} {}",
            response.status, response.status_text
        ),
        _ => return Vec::new(),
    };
    vec![Hit::at(call.location(Part::ResponseStatus, None)).evidence(how.trim().to_owned())]
}
