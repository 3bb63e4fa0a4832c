//! The texts of a trace that rules are held against, each with its place.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use crate::connection::outcome::{self, State};
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::exchange::{AnsweredBy, Exchange, Response};
use crate::json::{self, Node};
use crate::report::finding::{Location, Part};
use crate::rules::engine::other_hosts::{self, place_of};
use crate::rules::engine::{Context, Place, Subject, Surface};
use crate::rules::engine::{pasted_text, subject};
use crate::sensitive;
use crate::text::guid::canonical_id;
use crate::text::readable::{clip, readable};

/// How much of an HTML page or another large text is looked at, in bytes.
const MAX_PAGE: usize = 256 << 10;

/// How much text an excerpt shows on either side of the telling part, in bytes.
const AROUND: usize = 160;

/// How far around the telling part secrets are looked for; tokens are shorter.
const WINDOW: usize = 4 << 10;

/// How much of the telling part itself an excerpt shows, in bytes.
const MAX_TELLING: usize = 600;

/// Every text that rules are held against. Other hosts count only beside service-endpoint calls:
/// portals and sign-in pages emit unrelated failures all day.
pub(crate) fn all(context: &Context<'_>) -> Vec<Surface> {
    let mut surfaces: Vec<Surface> = context
        .calls
        .iter()
        .flat_map(|call| of_call(&call.opened()))
        .collect();
    for exchange in context.others {
        let exchange = exchange.opened();
        if other_hosts::counts(&exchange, context) {
            let recording = context.recording_of(exchange.entry);
            surfaces.extend(of_other(&exchange, recording.map_or(0, |one| one.input)));
        }
    }
    for recording in context.recordings {
        let text = recording.trace.text.as_deref();
        let place = recording.text_location(None);
        surfaces.extend(text.into_iter().flat_map(|text| of_text(text, &place)));
    }
    let converted: HashSet<String> = context
        .calls
        .iter()
        .filter(|call| call.operation == Operation::Convert)
        .filter_map(|call| Some(canonical_id(call.endpoint_id()?)))
        .collect();
    surfaces.retain(|surface| surface.place != Place::Text || !surface.text.is_empty());
    for surface in &mut surfaces {
        // While a connection is converted, its answers still show the scheme it comes from.
        let endpoint = surface.endpoint.as_ref();
        let state = endpoint.is_some_and(|(id, _)| converted.contains(&canonical_id(id)));
        if state || surface.operation == Some(Operation::Convert.name()) {
            surface.scheme = None;
        }
        if let Cow::Owned(hidden) = context.known.hide(&surface.text) {
            surface.text = hidden;
        }
    }
    surfaces
}

/// The texts of one service-endpoint call that can say why it failed.
pub(crate) fn of_call(call: &EndpointCall) -> Vec<Surface> {
    let Some(response) = call
        .exchange
        .response
        .as_ref()
        .filter(|response| response.status > 0 || response.body.text().is_some())
        .filter(|_| call.exchange.answered_by != AnsweredBy::Proxy)
    else {
        return unanswered(call).into_iter().collect();
    };
    let mut surfaces = Vec::new();
    let push = |surfaces: &mut Vec<Surface>, place, pointer: Option<String>, text: &str, status| {
        surfaces.push(Surface {
            place,
            location: call.location(Part::ResponseBody, pointer),
            call: Some(call.number),
            text: readable(text),
            errors: String::new(),
            subject: Subject::Pipelines,
            status,
            operation: Some(call.operation.name()),
            scheme: call.scheme().map(str::to_owned),
            kind: call.endpoint_type().map(str::to_owned),
            endpoint: None,
        });
    };
    let envelope = call.response().is_some_and(outcome::is_error_envelope);
    if response.status >= 400 || envelope || outcome::is_sign_in(response) {
        let (pointer, text) = error_text(response, call.response());
        push(
            &mut surfaces,
            Place::Http,
            pointer,
            &text,
            Some(response.status),
        );
        return surfaces;
    }
    if let Some((pointer, text)) = list_error(call) {
        push(&mut surfaces, Place::Verify, Some(pointer), text, None);
    }
    if call.operation == Operation::Verify && call.outcome != Outcome::Ok {
        let whole = response.body.text().unwrap_or_default();
        let (status, texts) = match call.response() {
            Some(body) => (outcome::inner_status(body), verify_texts(body)),
            None => (
                outcome::loose_status(whole).map(str::to_owned),
                vec![(None, clip(whole, MAX_PAGE).to_owned())],
            ),
        };
        let status = status.and_then(|word| outcome::status_number(&word));
        for (pointer, text) in texts {
            push(&mut surfaces, Place::Verify, pointer, &text, status);
        }
    }
    if call.operation != Operation::List
        && let Some(text) = call.loose_failure()
    {
        push(&mut surfaces, Place::Operation, None, text, None);
    }
    surfaces.extend(failed_states(call));
    surfaces
}

/// What is told of a call that the service did not answer.
fn unanswered(call: &EndpointCall) -> Option<Surface> {
    let exchange = &call.exchange;
    let by_proxy = || exchange.response.as_ref()?.body.text();
    Some(Surface {
        place: Place::Transport,
        location: call.location(Part::ResponseStatus, None),
        call: Some(call.number),
        text: readable(exchange.error.as_deref().or_else(by_proxy)?),
        errors: String::new(),
        subject: Subject::Pipelines,
        status: None,
        operation: Some(call.operation.name()),
        scheme: None,
        kind: call.endpoint_type().map(str::to_owned),
        endpoint: None,
    })
}

/// What the endpoints in an answer say of the work behind them that failed.
fn failed_states(call: &EndpointCall) -> Vec<Surface> {
    let failed = call
        .answered_endpoints()
        .into_iter()
        .filter(|(_, endpoint)| outcome::state_of(endpoint) == State::Failed);
    failed
        .map(|(base, endpoint)| {
            let status = endpoint.get("operationStatus");
            let message = status.and_then(|node| node.str("statusMessage"));
            let pointer = format!("{base}/operationStatus/statusMessage");
            let authorization = endpoint.get("authorization");
            let scheme = authorization.and_then(|node| node.str("scheme"));
            let id = endpoint.str("id").map(str::to_owned);
            Surface {
                place: Place::Operation,
                location: call.location(Part::ResponseBody, Some(pointer)),
                call: Some(call.number),
                text: readable(message.unwrap_or_default()),
                errors: String::new(),
                subject: Subject::Pipelines,
                status: None,
                operation: Some(call.operation.name()),
                scheme: scheme.or_else(|| call.scheme()).map(str::to_owned),
                kind: endpoint.str("type").map(str::to_owned),
                endpoint: id.map(|id| (id, endpoint.str("name").map(str::to_owned))),
            }
        })
        .collect()
}

/// The list of subscriptions comes with 200 and its own error text, like a verify.
fn list_error(call: &EndpointCall) -> Option<(String, &str)> {
    let is_list = call.operation == Operation::Subscriptions;
    let body = call.response().filter(|_| is_list)?;
    let member = body.member("errorMessage")?;
    let text = member
        .value
        .as_str()
        .filter(|text| !text.trim().is_empty())?;
    Some((format!("/{}", member.key), text))
}

/// What pipeline pages say of a connection that they may not use.
const NOT_AUTHORIZED: &str = "has not been authorized for use";

/// The texts of an exchange with another host or API of the flow.
pub(crate) fn of_other(exchange: &Exchange, input: usize) -> Vec<Surface> {
    let Some(place) = place_of(&exchange.request.url) else {
        return Vec::new();
    };
    if place == Place::Entra && is_silent(&exchange.request.url) {
        return Vec::new();
    }
    let mut surfaces = Vec::new();
    let mut push = |part, text: &str, status| {
        surfaces.push(Surface {
            place,
            location: Location {
                input,
                entry: exchange.entry,
                part,
                pointer: None,
            },
            call: None,
            text: readable(text),
            errors: String::new(),
            subject: Subject::Pipelines,
            status,
            operation: None,
            scheme: None,
            kind: None,
            endpoint: None,
        });
    };
    if exchange.request.url.contains("error_description=") {
        push(Part::RequestUrl, query_of(&exchange.request.url), None);
    }
    // A sign-in that hands its answer on in a form.
    let form = exchange.request.body.text().unwrap_or_default();
    if form.contains("error_description=") {
        push(Part::RequestBody, clip(form, MAX_PAGE), None);
    }
    let Some(response) = &exchange.response else {
        return surfaces;
    };
    if exchange.answered_by == AnsweredBy::Proxy {
        return surfaces;
    }
    let target = response.headers.get("location").unwrap_or("");
    if target.contains("error_description=") || target.contains("error=") {
        push(
            Part::ResponseHeaders,
            query_of(target),
            Some(response.status),
        );
    }
    let body = response.body.text().filter(|text| !text.is_empty());
    // A pipeline page answers with 200 and says inside what it may not use.
    let unauthorized = |text: &str| place == Place::Http && text.contains(NOT_AUTHORIZED);
    let telling = response.status >= 400
        || (place == Place::Entra && response.status < 300)
        || body.is_some_and(unauthorized);
    if let Some(text) = body.filter(|_| telling) {
        let (_, text) = error_text(response, json::parse(text).ok().as_ref());
        if response.status >= 400 || text.contains("AADSTS") || unauthorized(&text) {
            push(Part::ResponseBody, &text, Some(response.status));
        }
    } else if response.status >= 400 {
        push(Part::ResponseStatus, "", Some(response.status));
    }
    surfaces
}

/// How many paragraphs of a pasted text are looked at one by one.
const MAX_PARAGRAPHS: usize = 200;

/// A pasted text: as a whole, and each of its paragraphs, which may be about another failure.
pub(crate) fn of_text(text: &str, place: &Location) -> Vec<Surface> {
    // What surrounds a paragraph says what it is about, so the whole text is asked.
    let subject = Subject::of(clip(text, MAX_PAGE));
    let surface = |text: &str| Surface {
        place: Place::Text,
        location: place.clone(),
        call: None,
        text: readable(text),
        errors: pasted_text::marked_lines(text),
        subject,
        status: None,
        operation: None,
        scheme: None,
        kind: None,
        endpoint: None,
    };
    let mut surfaces = vec![surface(text)];
    let paragraphs = paragraphs(text);
    if paragraphs.len() > 1 {
        surfaces.extend(paragraphs.into_iter().map(surface));
    }
    surfaces
}

/// Messages that `text` quotes, each behind the place that says what it is about: a question names the
/// connection first and quotes the message at its end, and the log of a step names its task above. Of
/// several places the last before the message counts.
pub(crate) fn apart(text: &str, place: &Location) -> Vec<Surface> {
    let text = clip(text, MAX_PAGE);
    let subject = Subject::of(text);
    if !matches!(subject, Subject::Pipelines | Subject::Connection) {
        return Vec::new();
    }
    let places = subject::places(text);
    let lines = pasted_text::quoted_lines(text).take(MAX_PARAGRAPHS);
    let surface = |(about, said): (&Range<usize>, Range<usize>)| Surface {
        place: Place::Text,
        location: place.clone(),
        call: None,
        text: readable(&format!(
            "{}: {}",
            &text[about.clone()],
            &text[said.clone()]
        )),
        // What is quoted stands for a marked line.
        errors: readable(&text[said]),
        // The message is one of a pipeline's connection, as the place says.
        subject: Subject::Pipelines,
        status: None,
        operation: None,
        scheme: None,
        kind: None,
        endpoint: None,
    };
    let spoken = lines.filter_map(|said| {
        let before = places.iter().filter(|about| about.start <= said.start);
        let nearest = before.max_by_key(|about| about.start);
        let about = nearest.or(places.first())?;
        let is_apart = about.end <= said.start || said.end <= about.start;
        is_apart.then_some((about, said))
    });
    spoken.map(surface).collect()
}

/// Parts of `text` with a blank line between them; none of JSON, whose blank lines mean nothing.
fn paragraphs(text: &str) -> Vec<&str> {
    if text.trim_start().starts_with(['{', '[', '<']) {
        return Vec::new();
    }
    let mut parts = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            parts.push(&text[start..at]);
            start = at + line.len();
        }
        at += line.len();
    }
    parts.push(&text[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts.truncate(MAX_PARAGRAPHS);
    parts
}

/// The text that tells, and its pointer if it is one member.
fn error_text(response: &Response, body: Option<&Node>) -> (Option<String>, String) {
    let whole = response.body.text().map_or("", |text| clip(text, MAX_PAGE));
    let target = response.headers.get("location").unwrap_or("");
    let pointer = body
        .and_then(|node| node.member("message"))
        .map(|member| format!("/{}", member.key));
    let text = if whole.is_empty() { target } else { whole };
    (pointer, text.to_owned())
}

/// `errorMessage` first: `result` often repeats a part of it.
fn verify_texts(body: &Node) -> Vec<(Option<String>, String)> {
    let mut texts = Vec::new();
    if let Some(member) = body.member("errorMessage")
        && let Some(text) = member.value.as_str().filter(|text| !text.trim().is_empty())
    {
        texts.push((Some(format!("/{}", member.key)), text.to_owned()));
    }
    if texts.is_empty() {
        let items = body.get("result").map_or(&[][..], Node::items);
        let strings = items.iter().enumerate().filter_map(|(at, item)| {
            Some((Some(format!("/result/{at}")), item.as_str()?.to_owned()))
        });
        texts.extend(strings.take(20));
    }
    if texts.is_empty() {
        texts.push((Some("/statusCode".to_owned()), String::new()));
    }
    texts
}

/// A silent attempt in a hidden frame: it is refused as a matter of course, and a visible sign-in
/// follows where one is needed.
fn is_silent(url: &str) -> bool {
    crate::text::url::pairs(query_of(url))
        .iter()
        .any(|(key, value)| {
            key.eq_ignore_ascii_case("prompt") && value.eq_ignore_ascii_case("none")
        })
}

fn query_of(url: &str) -> &str {
    url.split_once(['?', '#']).map_or(url, |(_, query)| query)
}

/// The telling part of a peeled text with some of what stands around it. Each side is masked before
/// it is cut, so that no cut leaves half a secret.
pub(crate) fn excerpt(text: &str, span: &Range<usize>) -> String {
    let start = floor(text, span.start);
    let end = floor(text, span.end.max(start)).max(start);
    let from = floor(text, start.saturating_sub(WINDOW));
    let to = floor(text, (end + WINDOW).min(text.len()));
    let before = sensitive::mask_text(&text[from..start]);
    let after = sensitive::mask_text(&text[end..to]);
    // A short telling part at the beginning leaves its room to what follows.
    let room = (2 * AROUND).saturating_sub(end).max(AROUND);
    let head = floor(&before, before.len().saturating_sub(AROUND));
    let tail = clip(&after, room);
    let mut out = String::new();
    if from > 0 || head > 0 {
        out.push('\u{2026}');
    }
    out.push_str(&before[head..]);
    out.push_str(clip(&text[start..end], MAX_TELLING));
    out.push_str(tail);
    if tail.len() < after.len() || to < text.len() {
        out.push('\u{2026}');
    }
    sensitive::mask_text(&out)
}

fn floor(text: &str, at: usize) -> usize {
    clip(text, at).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::{Body, Request};

    fn call(url: &str, method: &str, status: u16, answer: &str) -> EndpointCall {
        let exchange = Exchange {
            request: Request {
                method: method.into(),
                url: url.into(),
                ..Request::default()
            },
            response: Some(Response {
                status,
                body: Body::Text(answer.into()),
                ..Response::default()
            }),
            ..Exchange::default()
        };
        EndpointCall::recognise(exchange, 0).unwrap()
    }

    #[test]
    fn a_failed_verify_speaks_through_its_error_message() {
        let url =
            "https://dev.azure.com/contoso/p/_apis/serviceendpoint/endpointproxy?endpointId=0";
        let failed = call(
            url,
            "POST",
            200,
            r#"{"result":[],"statusCode":"Forbidden","errorMessage":"no"}"#,
        );
        let surfaces = of_call(&failed);
        assert_eq!(
            (surfaces[0].place, surfaces[0].status),
            (Place::Verify, Some(403))
        );
        assert_eq!(
            surfaces[0].location.pointer.as_deref(),
            Some("/errorMessage")
        );
        let fine = call(
            url,
            "POST",
            200,
            r#"{"result":["AADSTS1"],"statusCode":200,"errorMessage":""}"#,
        );
        assert!(of_call(&fine).is_empty());
    }

    #[test]
    fn a_failed_state_speaks_and_a_ready_one_does_not() {
        let url = "https://dev.azure.com/contoso/p/_apis/serviceendpoint/endpoints";
        let list = r#"{"count":2,"value":[{"isReady":true,"operationStatus":{"state":"Ready","statusMessage":"old"}},{"isReady":false,"operationStatus":{"state":"Failed","statusMessage":"why"}}]}"#;
        let surfaces = of_call(&call(url, "GET", 200, list));
        assert_eq!(surfaces.len(), 1);
        assert_eq!(
            surfaces[0].location.pointer.as_deref(),
            Some("/value/1/operationStatus/statusMessage")
        );
        assert_eq!(surfaces[0].text, "why");
    }

    #[test]
    fn an_excerpt_is_short_and_cut_at_characters() {
        let text = format!("{}needle{}", "\u{e4}".repeat(500), "\u{e4}".repeat(500));
        let at = text.find("needle").unwrap();
        let shown = excerpt(&text, &(at..at + 6));
        assert!(
            shown.contains("needle")
                && shown.starts_with('\u{2026}')
                && shown.ends_with('\u{2026}')
        );
        assert_eq!(excerpt("short", &(0..5)), "short");
        assert_eq!(excerpt("", &(0..0)), "");
    }
}
