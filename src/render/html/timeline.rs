//! What was tried with each connection and what came back, drawn.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::connection::identity::Projects;
use crate::connection::timeline::{self, Timeline};
use crate::connection::{EndpointCall, Operation, Outcome};
use crate::exchange::AnsweredBy;
use crate::render::place;
use crate::report::Report;
use crate::sensitive::Known;

use super::finding;
use super::markup::esc;

/// Calls shown of one connection: the first and the last ones of a longer list.
const ENDS: usize = 20;
/// Connections shown.
const LANES: usize = 40;
/// Width of one call in the drawing.
const STEP: usize = 46;

pub(super) fn section(report: &Report) -> String {
    if report.calls.is_empty() {
        return String::new();
    }
    let calls: Vec<&EndpointCall> = report.in_time().collect();
    let projects = Projects::of(calls.iter().copied(), []);
    let mut lanes = timeline::group(calls, &projects);
    for lane in &mut lanes {
        lane.calls.retain(|call| !is_read(call));
    }
    lanes.retain(|lane| !lane.calls.is_empty());
    let total = lanes.len();
    let shown: String = lanes
        .iter()
        .take(LANES)
        .enumerate()
        .map(|(at, lane)| one(report, lane, at))
        .collect();
    let mut rest = String::new();
    if total > LANES {
        rest.push_str(&format!(
            "<p class=\"soft\">and {} more connections; <code>mendpoint calls</code> lists them.</p>",
            total - LANES
        ));
    }
    let reads = report.calls.iter().filter(|call| is_read(call)).count();
    if reads > 0 {
        let plural = if reads == 1 { "read" } else { "reads" };
        rest.push_str(&format!(
            "<p class=\"soft\">{reads} {plural} (GET) left out; <code>mendpoint calls --all</code> lists them.</p>"
        ));
    }
    format!(
        "<section id=\"timeline\" aria-labelledby=\"timeline-title\"><h2 id=\"timeline-title\">What happened</h2>\n{shown}{rest}</section>\n"
    )
}

fn is_read(call: &EndpointCall) -> bool {
    call.method().eq_ignore_ascii_case("GET")
}

fn one(report: &Report, lane: &Timeline<'_>, at: usize) -> String {
    let first = lane.calls[0];
    let name = lane
        .endpoint_name()
        .or_else(|| report.endpoint_name(first))
        .or_else(|| lane.endpoint_id())
        .map(|name| report.known.mask_text(name));
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
    .map(|fact| esc(&report.known.mask_text(fact)))
    .collect();
    let trace = if report.inputs.len() > 1 {
        format!(" \u{b7} {}", esc(&report.inputs[first.input].path))
    } else {
        String::new()
    };
    format!(
        "<article class=\"lane\" aria-labelledby=\"lane-{at}\"><div class=\"lane-head\"><div><h3 id=\"lane-{at}\">{}</h3><p class=\"soft\">{}{trace}</p></div>{}</div>\n\
         <div class=\"lane-columns\" aria-hidden=\"true\"><span>What was tried</span><span></span><span>What came back</span></div>\n<ol class=\"steps\">{}</ol></article>\n",
        esc(name.as_deref().unwrap_or("Connection not saved yet")),
        facts.join(" \u{b7} "),
        drawing(lane),
        steps(report, lane),
    )
}

/// The calls as a row of marks on a line: the lane at a glance.
fn drawing(lane: &Timeline<'_>) -> String {
    if lane.calls.len() < 2 || lane.calls.len() > ENDS {
        return String::new();
    }
    let width = lane.calls.len() * STEP;
    let middle = |at: usize| at * STEP + STEP / 2;
    let drawn = |(at, call): (usize, &&EndpointCall)| {
        format!(
            "<g transform=\"translate({} 14)\" class=\"{}\">{}</g>",
            middle(at),
            class(call.outcome),
            mark(call.outcome)
        )
    };
    let marks: String = lane.calls.iter().enumerate().map(drawn).collect();
    let words: Vec<String> = lane
        .calls
        .iter()
        .map(|call| format!("{} {}", call.operation.name(), word(call)))
        .collect();
    format!(
        "<svg class=\"glance\" role=\"img\" aria-label=\"{}\" width=\"{width}\" height=\"28\" viewBox=\"0 0 {width} 28\"><line x1=\"{}\" y1=\"14\" x2=\"{}\" y2=\"14\"/>{marks}</svg>",
        esc(&words.join(", then ")),
        middle(0),
        middle(lane.calls.len() - 1),
    )
}

fn steps(report: &Report, lane: &Timeline<'_>) -> String {
    let calls = &lane.calls;
    let start = calls[0].exchange.started;
    let step = |call: &&EndpointCall| step(report, call, start);
    if calls.len() <= 2 * ENDS {
        return calls.iter().map(step).collect();
    }
    let (head, rest) = calls.split_at(ENDS);
    let (between, tail) = rest.split_at(rest.len() - ENDS);
    let failed = between
        .iter()
        .filter(|call| call.outcome == Outcome::Failed)
        .count();
    let gap = format!(
        "<li class=\"gap\">{} more calls in between, {failed} of them failed</li>",
        between.len()
    );
    head.iter().map(step).collect::<String>() + &gap + &tail.iter().map(step).collect::<String>()
}

fn step(report: &Report, call: &EndpointCall, start: Option<Timestamp>) -> String {
    let answer = match call.outcome {
        Outcome::Failed | Outcome::Unknown => {
            let links = finding::links_at(report, call.input, call.exchange.entry);
            if links.is_empty() && call.outcome == Outcome::Failed {
                "<span class=\"soft\">No rule says why.</span>".to_owned()
            } else {
                links
            }
        }
        Outcome::Ok => String::new(),
    };
    format!(
        "<li class=\"step {class}\" id=\"call-{number}\"><div class=\"tried\"><p class=\"act\">{act} {when}</p><p class=\"request\"><code>{method}</code> <span>{url}</span></p><p class=\"soft\">{place}</p></div>\
         <div class=\"rail\" aria-hidden=\"true\"><svg width=\"26\" height=\"26\" viewBox=\"-13 -13 26 26\">{mark}</svg></div>\
         <div class=\"came\"><p class=\"outcome\">{word} <span class=\"status\">{status}</span></p>{answer}</div></li>\n",
        class = class(call.outcome),
        number = call.number,
        act = act(call.operation),
        when = when(call.exchange.started, start),
        method = esc(&place::method(call, &report.known)),
        url = esc(&path_of(call, &report.known)),
        place = esc(&place::place_name(call)),
        mark = mark(call.outcome),
        word = word(call),
        status = esc(&place::status(call, &report.known)),
    )
}

/// The URL without its host, which stands above.
fn path_of(call: &EndpointCall, known: &Known) -> String {
    let url = known.mask_url(&call.exchange.request.url);
    let path = url
        .split_once("://")
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    path.unwrap_or(&url).to_owned()
}

/// What the user did, in the words of the portal where it has any.
fn act(operation: Operation) -> &'static str {
    match operation {
        Operation::Create => "Create the connection",
        Operation::Update => "Save changes",
        Operation::Convert => "Convert the sign-in method",
        Operation::Verify => "Verify",
        Operation::Query => "Ask for a list",
        Operation::Share => "Share with projects",
        Operation::Delete => "Delete or unshare",
        Operation::Refresh => "Refresh the credential",
        Operation::Migrate => "Migrate the federated credential",
        Operation::Authorize => "Sign in through the popup",
        Operation::Get => "Read the connection",
        Operation::List => "List connections",
        Operation::Subscriptions => "List subscriptions",
        Operation::Types => "List connection types",
        Operation::History => "Read the usage history",
        Operation::OauthConfiguration => "Read sign-in configurations",
    }
}

fn word(call: &EndpointCall) -> &'static str {
    match call.outcome {
        Outcome::Ok => "Worked",
        Outcome::Failed => "Failed",
        Outcome::Unknown if call.exchange.answered_by == AnsweredBy::Proxy => {
            "Answered by the recording proxy"
        }
        Outcome::Unknown => "Cannot be told",
    }
}

fn class(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "ok",
        Outcome::Failed => "failed",
        Outcome::Unknown => "unknown",
    }
}

/// A disc with a tick, a cross or a question mark: shape as well as colour.
fn mark(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "<circle r=\"11\"/><path d=\"M-5 0.5 -1.5 4 5.5 -4\"/>",
        Outcome::Failed => "<circle r=\"11\"/><path d=\"M-4 -4 4 4M4 -4 -4 4\"/>",
        Outcome::Unknown => {
            "<circle r=\"11\"/><path d=\"M-3.2 -2.4a3.2 3.2 0 1 1 4.6 2.9q-1.4 .8 -1.4 2.1M0 5.6v.2\"/>"
        }
    }
}

/// The time of day, and how long after the first call.
fn when(at: Option<Timestamp>, start: Option<Timestamp>) -> String {
    let (Some(at), Some(start)) = (at, start) else {
        return String::new();
    };
    let clock = at.to_zoned(TimeZone::UTC).strftime("%H:%M:%S").to_string();
    let after = at.duration_since(start).as_millis();
    let after = if after > 0 {
        format!(" (+{})", span(after))
    } else {
        String::new()
    };
    format!("<time datetime=\"{at}\">{clock} UTC{after}</time>")
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
