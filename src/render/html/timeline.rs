//! The story of each connection: what was tried, what came back. Equal tries are folded: the first and
//! the last of a kind stand there, and how many were between.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};

use crate::connection::timeline::Timeline;
use crate::connection::{EndpointCall, Outcome, Said};
use crate::render::prose::capital;
use crate::render::{place, view};
use crate::sensitive::Known;
use crate::text::url::Url;

use super::Page;
use super::finding;
use super::markup::{jointed, line};

/// How many connections are shown, and how many calls of one.
const LANES: usize = 20;
const CALLS: usize = 60;
/// Most calls that are drawn at a glance, and how far apart, in pixels.
const DRAWN: usize = 8;
const STEP: usize = 34;

pub(super) fn section(page: &Page<'_>) -> Markup {
    let report = page.report;
    if report.calls.is_empty() {
        return html! {};
    }
    let connections = report.connections.iter();
    let lanes = connections.map(|connection| {
        let numbers = connection.calls.iter();
        let calls = numbers.filter_map(|number| report.call(*number)).collect();
        Timeline { calls }
    });
    let told: HashSet<(usize, usize)> = page
        .blocks
        .iter()
        .flat_map(|block| &block.findings)
        .flat_map(|finding| &finding.locations)
        .map(|place| (place.input, place.entry))
        .collect();
    // A read is told where something is to be said of it.
    let is_told = |call: &EndpointCall| {
        !is_read(call)
            || call.outcome == Outcome::Failed
            || told.contains(&(call.input, call.exchange.entry))
    };
    let told = lanes.map(|mut lane| {
        lane.calls.retain(|call| is_told(call));
        lane
    });
    let lanes: Vec<Timeline<'_>> = told.filter(|lane| !lane.calls.is_empty()).collect();
    let shown: usize = lanes.iter().map(|lane| lane.calls.len()).sum();
    let left = report.calls.len() - shown;
    html! {
        section id="timeline" aria-labelledby="timeline-title" {
            h2 id="timeline-title" { "What happened" }
            @for (at, lane) in lanes.iter().take(LANES).enumerate() { (one(page, lane, at)) }
            @if lanes.len() > LANES {
                p class="soft" { "and " (lanes.len() - LANES) " more connections" }
            }
            @if left > 0 {
                p class="soft" { (left) @if left == 1 { " read" } @else { " reads" } " (GET) left out" }
            }
            (elsewhere(page, &lanes))
        }
    }
}

/// Calls that findings link to and that no lane shows, such as a list that was refused.
fn elsewhere(page: &Page<'_>, lanes: &[Timeline<'_>]) -> Markup {
    let in_lanes = |call: &EndpointCall| {
        let mut shown = lanes
            .iter()
            .take(LANES)
            .flat_map(|lane| shown(page, &lane.calls));
        shown.any(|number| number == call.number)
    };
    let mut places: Vec<&EndpointCall> = Vec::new();
    for block in &page.blocks {
        for call in finding::linked(page.report, block) {
            if !in_lanes(call) && !places.contains(&call) {
                places.push(call);
            }
        }
    }
    html! {
        @if !places.is_empty() {
            article class="lane" {
                h3 { "Other calls" }
                ol class="steps" { @for call in &places { (step(page, call, None)) } }
            }
        }
    }
}

fn is_read(call: &EndpointCall) -> bool {
    call.method().eq_ignore_ascii_case("GET")
}

fn one(page: &Page<'_>, lane: &Timeline<'_>, at: usize) -> Markup {
    let report = page.report;
    let first = lane.calls[0];
    let mask = |text: &str| line(&report.known.mask_text(text));
    let name = lane
        .endpoint_name()
        .or_else(|| report.endpoint_name(first))
        .or_else(|| lane.endpoint_id());
    let host = match &first.route.organization {
        Some(organization) => format!("{}/{organization}", first.route.host),
        None => first.route.host.clone(),
    };
    let facts: Vec<String> = [
        lane.calls.iter().find_map(|call| call.scheme()),
        lane.endpoint_id(),
        Some(host.as_str()),
    ]
    .into_iter()
    .flatten()
    .map(mask)
    .collect();
    html! {
        article class="lane" aria-labelledby={ "lane-" (at) } {
            div class="lane-head" {
                div {
                    h3 id={ "lane-" (at) } { (name.map_or_else(|| "Connection not saved yet".to_owned(), mask)) }
                    p class="soft" {
                        (facts.join(" \u{b7} "))
                        @if report.inputs.len() > 1 { " \u{b7} " (line(&report.input_name(first.input))) }
                    }
                }
                (drawing(lane))
            }
            div class="lane-columns" aria-hidden="true" {
                span { "What was tried" } span {} span { "What came back" }
            }
            ol class="steps" { (steps(page, lane)) }
        }
    }
}

/// The calls as a row of marks on a line: the lane at a glance.
fn drawing(lane: &Timeline<'_>) -> Markup {
    let count = lane.calls.len();
    if !(2..=DRAWN).contains(&count) {
        return html! {};
    }
    let width = count * STEP;
    let middle = |at: usize| at * STEP + STEP / 2;
    let words: Vec<String> = lane
        .calls
        .iter()
        .map(|call| format!("{} {}", view::act(call.operation), view::outcome(call)))
        .collect();
    html! {
        svg class="glance" role="img" aria-label=(words.join(", then ")) width=(width) height="28" viewBox={ "0 0 " (width) " 28" } {
            line x1=(middle(0)) y1="14" x2=(middle(count - 1)) y2="14" {}
            @for (at, call) in lane.calls.iter().enumerate() {
                g transform={ "translate(" (middle(at)) " 14)" } class=(class(call.outcome)) { (mark(call.outcome)) }
            }
        }
    }
}

/// What makes two tries equal: the same was done, and the same came back.
fn kind<'a>(page: &Page<'_>, call: &'a EndpointCall) -> (&'static str, String, Option<&'a str>) {
    let said = call.said.as_deref().map(Said::telling);
    (
        view::act(call.operation),
        place::status(call, &page.report.known),
        said,
    )
}

/// The numbers of the calls that are shown: of each kind the first and the last.
fn shown(page: &Page<'_>, calls: &[&EndpointCall]) -> Vec<usize> {
    let mut ends: HashMap<_, (usize, usize)> = HashMap::new();
    for call in calls {
        let own = ends
            .entry(kind(page, call))
            .or_insert((call.number, call.number));
        own.1 = call.number;
    }
    let mut numbers: Vec<usize> = ends
        .into_values()
        .flat_map(|(first, last)| [first, last])
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.truncate(CALLS);
    numbers
}

fn steps(page: &Page<'_>, lane: &Timeline<'_>) -> Markup {
    let start = lane.calls[0].exchange.started;
    let shown = shown(page, &lane.calls);
    let mut parts = Vec::new();
    let mut folded: Vec<&EndpointCall> = Vec::new();
    for call in &lane.calls {
        if shown.binary_search(&call.number).is_ok() {
            parts.push(gap(&std::mem::take(&mut folded)));
            parts.push(step(page, call, start));
        } else {
            folded.push(call);
        }
    }
    parts.push(gap(&folded));
    html! { @for part in &parts { (part) } }
}

/// `12 more like these: Save changes ×10, Verify ×2`
fn gap(calls: &[&EndpointCall]) -> Markup {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for call in calls {
        let act = view::act(call.operation);
        match counts.iter_mut().find(|(known, _)| *known == act) {
            Some((_, count)) => *count += 1,
            None => counts.push((act, 1)),
        }
    }
    html! {
        @if !calls.is_empty() {
            li class="gap" {
                (calls.len()) " more, each like one that is shown: "
                @for (at, (act, count)) in counts.iter().enumerate() {
                    @if at > 0 { ", " }
                    (act) " \u{d7}" (count)
                }
            }
        }
    }
}

fn step(page: &Page<'_>, call: &EndpointCall, start: Option<Timestamp>) -> Markup {
    let known = &page.report.known;
    let links = finding::links_at(page, call.input, call.exchange.entry).into_string();
    html! {
        li class={ "step " (class(call.outcome)) } id={ "call-" (call.number) } {
            div class="tried" {
                p class="act" { (view::act(call.operation)) " " (when(call.exchange.started, start)) }
                p class="request" { code { (line(&place::method(call))) } " " span { (jointed(&path_of(call, known))) } }
                p class="soft" { (place::place_name(call)) }
            }
            div class="rail" aria-hidden="true" {
                svg width="26" height="26" viewBox="-13 -13 26 26" { (mark(call.outcome)) }
            }
            div class="came" {
                p class="outcome" { (capital(view::outcome(call))) " " span class="status" { (line(&place::status(call, known))) } }
                @if let Some(said) = &call.said { p class="words" { (line(said.telling())) } }
                @if call.outcome != Outcome::Ok && !links.is_empty() { (maud::PreEscaped(links)) }
            }
        }
    }
}

/// The URL without its host, which stands above.
fn path_of(call: &EndpointCall, known: &Known) -> String {
    let url = known.mask_url(&call.exchange.request.url);
    let cut = Url::parse(&url).filter(|cut| !cut.path.is_empty());
    cut.map_or_else(
        || url.clone(),
        |cut| url[cut.scheme.len() + 3 + cut.authority.len()..].to_owned(),
    )
}

fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "ok",
        Outcome::Failed => "failed",
        Outcome::Unknown => "unknown",
    }
}

/// A disc with a tick, a cross or a question mark: shape as well as colour.
fn mark(outcome: Outcome) -> Markup {
    let path = match outcome {
        Outcome::Ok => "M-5 0.5 -1.5 4 5.5 -4",
        Outcome::Failed => "M-4 -4 4 4M4 -4 -4 4",
        Outcome::Unknown => "M-3.2 -2.4a3.2 3.2 0 1 1 4.6 2.9q-1.4 .8 -1.4 2.1M0 5.6v.2",
    };
    html! { circle r="11" {} path d=(path) {} }
}

/// The time of day, and how long after the first call.
fn when(at: Option<Timestamp>, start: Option<Timestamp>) -> Markup {
    let Some(at) = at else {
        return html! {};
    };
    let clock = at
        .to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%d %H:%M:%S")
        .to_string();
    let after = start.map_or(0, |start| at.duration_since(start).as_millis());
    html! {
        time datetime=(at.to_string()) { (clock) " UTC" @if after > 0 { " (+" (span(after)) ")" } }
    }
}

fn span(millis: i128) -> String {
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => format!("{}.{} s", millis / 1000, millis % 1000 / 100),
        60_000..3_600_000 => format!("{} min {} s", millis / 60_000, millis % 60_000 / 1000),
        _ => format!(
            "{} h {} min",
            millis / 3_600_000,
            millis % 3_600_000 / 60_000
        ),
    }
}
