//! What programs and people put around a text: JSON or a page that holds it, a mark in front of each
//! line, and lines that a terminal or a mail broke. Nothing is known of the programs: each layer is told
//! by what all lines share, and it is off for good only where more can be read without it.

mod held;
mod margin;
mod width;

use std::borrow::Cow;
use std::collections::HashMap;

use crate::connection::route::Route;
use crate::exchange::{Body, Exchange, Response};
use crate::ingest::{Container, Trace};

/// How many marks may stand in front of a line.
const MOST_MARGINS: usize = 4;

/// What `read` reads in `text`, or in what it is once something around it is off, where that shows more.
pub(super) fn best<N>(
    text: &str,
    read: impl FnMut(&str) -> Option<(Trace, N)>,
) -> Option<(Trace, N)> {
    // What is surely no part of what was said.
    let bare = if text.trim_start().starts_with('<') {
        held::in_page(text).pop()
    } else {
        margin::unquoted(text)
    };
    let text = bare.as_deref().unwrap_or(text);
    let mut best = Best {
        read,
        found: None,
        score: 0,
    };
    // Where the lines tell that they were broken, what they say as they are is not what was said.
    if may_speak_of_endpoints(text) {
        best.consider(width::surely_joined(text));
    }
    best.consider(vec![text.to_owned()]);
    if best.is_whole() || !may_speak_of_endpoints(text) {
        return best.found;
    }
    let mut inner = Cow::Borrowed(text);
    for layer in [held::in_json, held::in_page, held::in_string, spaced] {
        if let Some(better) = best.consider(layer(&inner)) {
            inner = Cow::Owned(better);
        }
    }
    for _ in 0..MOST_MARGINS {
        if best.is_whole() {
            break;
        }
        let Some(better) = best.consider(margin::without(&inner)) else {
            break;
        };
        inner = Cow::Owned(better);
    }
    for text in [&inner, text] {
        if !best.is_whole() {
            best.consider(width::joined(text));
        }
    }
    best.found
}

/// The best reading so far.
struct Best<R, N> {
    read: R,
    found: Option<(Trace, N)>,
    score: isize,
}

impl<N, R: FnMut(&str) -> Option<(Trace, N)>> Best<R, N> {
    /// Reads `texts` and gives the one that shows most among them, better than before or not.
    fn consider(&mut self, texts: Vec<String>) -> Option<String> {
        let mut most: Option<(isize, String)> = None;
        for text in texts {
            let found = (self.read)(&text);
            let score = found.as_ref().map_or(0, |(trace, _)| score(trace));
            // What was an answer does not become what was sent.
            let answers = answers(found.as_ref());
            let is_better = score > self.score && answers >= self::answers(self.found.as_ref());
            if self.found.is_none() || is_better {
                (self.found, self.score) = (found, score);
            }
            if most.as_ref().is_none_or(|(known, _)| score > *known) {
                most = Some((score, text));
            }
        }
        most.map(|(_, text)| text)
    }

    /// Whether nothing stands around what was read: one call shows what was sent and what came back,
    /// or all show what they can.
    fn is_whole(&self) -> bool {
        self.found.as_ref().is_some_and(|(trace, _)| {
            let calls = &trace.exchanges;
            trace.container == Container::Har
                || calls.iter().any(|call| is_whole(call) && is_sent(call))
                || !calls.is_empty() && calls.iter().all(is_whole)
        })
    }
}

/// Whether it may be about calls; a line may break inside of any word.
fn may_speak_of_endpoints(text: &str) -> bool {
    ["endpoint", "_apis", "=> Send header, "]
        .iter()
        .any(|word| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}

/// How many calls of a reading were answered.
fn answers<N>(found: Option<&(Trace, N)>) -> usize {
    let calls = found.map_or(&[][..], |(trace, _)| &trace.exchanges);
    let answers = calls.iter().filter_map(|call| call.response.as_ref());
    answers.filter(|answer| answer.status > 0).count()
}

/// How much of its calls a reading shows. One call may be told of twice and is worth no more for it, and
/// one of which hardly more than the address is there may be none.
fn score(trace: &Trace) -> isize {
    if trace.container == Container::Har {
        return isize::MAX;
    }
    let mut best: HashMap<(&str, &str), isize> = HashMap::new();
    for exchange in &trace.exchanges {
        let request = &exchange.request;
        if Route::parse(&request.url).is_some() {
            let worth = worth(exchange) - ADDRESS_AND_STATUS;
            let known = best.entry((&request.method, &request.url)).or_insert(worth);
            *known = worth.max(*known);
        }
    }
    best.values().sum()
}

/// What is shown of an exchange of which only its address and its status are known.
const ADDRESS_AND_STATUS: isize = 3;

/// How much is shown of an exchange: what was sent most of all, since it is what can be corrected.
fn worth(exchange: &Exchange) -> isize {
    let request = &exchange.request;
    let sent = match &request.body {
        // What a line end was in a string is guessed.
        Body::Respelt(..) | Body::Rebuilt(..) => 4,
        _ => 5,
    };
    let answered = exchange.response.as_ref().map_or(0, |response| {
        2 * isize::from(response.status > 0) + isize::from(is_answer_shown(response))
    });
    sent * isize::from(is_json(&request.body))
        + answered
        + isize::from(request.url.contains("api-version="))
}

/// Whether nothing is missing of an exchange that a recording can have.
fn is_whole(exchange: &Exchange) -> bool {
    let answer = exchange.response.as_ref();
    (!is_sent(exchange) || is_json(&exchange.request.body))
        && answer.is_some_and(|answer| answer.status > 0 && is_answer_shown(answer))
}

/// Whether the request has a body.
fn is_sent(exchange: &Exchange) -> bool {
    matches!(exchange.request.method.as_str(), "POST" | "PUT" | "PATCH")
}

fn is_answer_shown(response: &Response) -> bool {
    is_json(&response.body) || matches!(response.status, 204 | 304)
}

fn is_json(body: &Body) -> bool {
    let text = body.text().unwrap_or_default();
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// `text` with plain blanks, where a page or a mail turned some into blanks that do not break.
fn spaced(text: &str) -> Vec<String> {
    if text.contains('\u{a0}') {
        vec![text.replace('\u{a0}', " ")]
    } else {
        Vec::new()
    }
}
