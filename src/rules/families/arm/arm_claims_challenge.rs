//! A claims challenge stands in a header, and means nothing where the page answered it by itself.

use super::super::direct;
use crate::report::finding::Part;
use crate::rules::engine::{Context, Hit};

pub(super) fn check(context: &Context<'_>) -> Vec<Hit> {
    direct::refused(context, "management.")
        .iter()
        .filter_map(|call| {
            let exchange = call.exchange.opened();
            let answer = exchange.response.as_ref()?;
            let challenge = answer.headers.get("www-authenticate")?;
            let asks = call.response.status == 401 && challenge.contains("insufficient_claims");
            asks.then(|| {
                call.hit(context, Part::ResponseHeaders)
                    .evidence("WWW-Authenticate: Bearer … error=\"insufficient_claims\"")
            })
        })
        .collect()
}
