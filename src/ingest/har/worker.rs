//! Calls that a service worker passed on, which Chrome records once more as the worker's own.

use jiff::SignedDuration;

use crate::exchange::{AnsweredBy, Exchange, Response};

/// How long a worker may take before it passes a call on.
const DELAY: SignedDuration = SignedDuration::from_secs(30);

/// Takes away the worker's own record of each call that it passed on: it repeats the page's without
/// the bodies, and is no second call. That it is there shows that the server gave the answer.
pub(super) fn join(exchanges: &mut Vec<Exchange>) {
    let mut repeated = vec![false; exchanges.len()];
    for at in 0..exchanges.len() {
        let page = &exchanges[at];
        if page.answered_by != AnsweredBy::ServiceWorker {
            continue;
        }
        let mut others = exchanges.iter().zip(&repeated);
        let twin = others.position(|(twin, repeated)| !repeated && repeats(twin, page));
        if let Some(twin) = twin {
            repeated[twin] = true;
            exchanges[at].answered_by = AnsweredBy::Server;
        }
    }
    let mut repeated = repeated.into_iter();
    exchanges.retain(|_| repeated.next() == Some(false));
}

/// Whether `twin` is the same call as the page's, without its bodies.
fn repeats(twin: &Exchange, page: &Exchange) -> bool {
    let status = |call: &Exchange| call.response.as_ref().map(|response| response.status);
    let shown = |response: &Response| response.body.text().is_some();
    let soon = twin.started.zip(page.started).is_some_and(|(twin, page)| {
        let delay = twin.duration_since(page);
        !delay.is_negative() && delay <= DELAY
    });
    soon && twin.answered_by == AnsweredBy::Server
        && twin.request.method == page.request.method
        && twin.request.url == page.request.url
        && status(twin) == status(page)
        && twin.request.body.text().is_none()
        && !twin.response.as_ref().is_some_and(shown)
}
