//! What to hand over of a failure: the facts that the service's support asks for, and the same in
//! words for the customer, without commands.

use std::collections::HashSet;

use crate::connection::{EndpointCall, Ids};
use crate::report::Report;
use crate::report::finding::{Applicability, Finding, Fix, Part, Role, Severity};
use crate::sensitive::Known;
use crate::text::sentence;
use crate::text::url::host;

use super::place;
use super::prose::{self, Piece};
use super::view::{self, Block, Facts};

/// How many faults, and how many connections of one, are handed over.
const FAULTS: usize = 10;
const CONNECTIONS: usize = 5;

/// One failure.
#[derive(Debug, Clone)]
pub struct Handover {
    /// The fault and the connection.
    pub title: String,
    /// What happened, by name.
    pub facts: Vec<(&'static str, String)>,
    /// Paragraphs for the customer.
    pub letter: Vec<String>,
}

impl Handover {
    /// The facts as lines to paste.
    pub fn facts_text(&self) -> String {
        let line = |(name, value): &(&str, String)| format!("{name}: {value}\n");
        self.facts.iter().map(line).collect()
    }
}

/// What to hand over of every fault.
pub fn all(report: &Report) -> Vec<Handover> {
    let is_fault = |block: &Block<'_>| block.first().severity == Severity::Error;
    let blocks = view::blocks(report);
    let faults = blocks.iter().filter(|block| is_fault(block)).take(FAULTS);
    let place = |finding: &Finding| finding.locations.first().map(|at| (at.input, at.entry));
    let known: HashSet<_> = faults
        .clone()
        .flat_map(|block| &block.findings)
        .filter(|finding| finding.role != Role::Fallback)
        .filter_map(|finding| place(finding))
        .collect();
    // Where a fault of the call is known, that no rule knows its words is no news to anybody.
    let is_news = |finding: &&&Finding| {
        finding.role != Role::Fallback || place(finding).is_none_or(|at| !known.contains(&at))
    };
    faults
        .flat_map(|block| block.findings.iter().filter(is_news).take(CONNECTIONS))
        .map(|finding| one(report, finding))
        .collect()
}

fn one(report: &Report, finding: &Finding) -> Handover {
    let facts = Facts::of(report, finding);
    let name = facts.subject.as_ref().map(|subject| subject.name.as_str());
    let title = prose::plain(&finding.title);
    Handover {
        title: name.map_or_else(|| title.clone(), |name| format!("{name}: {title}")),
        facts: facts_of(report, &facts),
        letter: letter(report, &facts),
    }
}

fn facts_of(report: &Report, facts: &Facts<'_>) -> Vec<(&'static str, String)> {
    let known = &report.known;
    let masked = |text: Option<&str>| text.map(|text| known.mask_text(text));
    let name = facts.subject.as_ref().map(|subject| subject.name.clone());
    let mut lines: Vec<(&str, Option<String>)> = Vec::new();
    let mut ids = None;
    if let Some(call) = facts.call {
        lines.extend([
            ("Organization", masked(call.route.organization.as_deref())),
            ("Project", view::project_of(report, call)),
            ("Connection", name),
            ("Connection id", masked(call.endpoint_id())),
            ("Type", masked(report.endpoint_type(call))),
            ("Scheme", masked(call.scheme())),
            ("Time", view::time_of(&call.exchange)),
            ("Sent", Some(sent(call, known))),
            ("Answer", answer(call, known)),
        ]);
        ids = Some(&*call.ids);
    } else {
        let own = facts.finding.connection;
        let own = own.and_then(|at| report.connections.get(at));
        lines.extend([
            (
                "Organization",
                own.and_then(|own| masked(own.organization.as_deref())),
            ),
            (
                "Project",
                own.and_then(|own| masked(own.project.as_deref())),
            ),
            ("Connection", name),
            (
                "Connection id",
                own.and_then(|own| masked(own.id.as_deref())),
            ),
            ("Type", own.and_then(|own| masked(own.kind.as_deref()))),
            ("Scheme", own.and_then(|own| masked(own.scheme.as_deref()))),
        ]);
    }
    if let Some(one) = facts.elsewhere {
        let status = one.status.map(|status| format!("HTTP {status}"));
        lines.extend([
            ("Time", one.started.map(view::in_utc)),
            ("Sent", Some(format!("{} {}", one.method, one.url))),
            ("Answer", status),
        ]);
        ids = Some(&one.ids);
    }
    lines.push(("Said", words_of(facts).map(str::to_owned)));
    let has_time = lines
        .iter()
        .any(|(name, value)| *name == "Time" && value.is_some());
    let ids = ids.into_iter().flat_map(Ids::named);
    let ids = ids.filter(|(name, _)| *name != "answered" || !has_time);
    lines.extend(ids.map(|(name, value)| (name, Some(known.mask_text(value)))));
    let told = lines.into_iter();
    told.filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

/// What was sent, as the first line of a request.
fn sent(call: &EndpointCall, known: &Known) -> String {
    let url = known.mask_url(&call.exchange.request.url);
    format!("{} {url}", place::method(call))
}

/// The status that came back.
fn answer(call: &EndpointCall, known: &Known) -> Option<String> {
    let status = call.status()?;
    let inner = place::status(call, known);
    Some(if inner.is_empty() {
        format!("HTTP {status}")
    } else {
        format!("HTTP {inner}")
    })
}

/// What a service said, or what the message that was handed in says.
fn words_of<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let first = facts.finding.locations.first();
    let is_message = first.is_some_and(|at| at.part == Part::Text && at.pointer.is_none());
    let message = facts.finding.evidence.as_str();
    facts
        .whole
        .or_else(|| (is_message && !message.is_empty()).then_some(message))
}

/// What we looked at, and what failed.
fn opening(facts: &Facts<'_>) -> String {
    let name = facts.subject.as_ref().map_or_else(
        || "the service connection".to_owned(),
        |subject| format!("the service connection '{}'", subject.name),
    );
    let said = facts.said.map_or_else(String::new, |said| {
        format!(" The service answered: \u{201c}{said}\u{201d}")
    });
    let on = |time: Option<String>| time.map_or_else(String::new, |time| format!(" on {time}"));
    if let Some(call) = facts.call {
        let when = on(view::time_of(&call.exchange));
        let act = view::act(call.operation).to_lowercase();
        return format!("We looked at {name}. What failed{when} was: {act}.{said}");
    }
    if let Some(one) = facts.elsewhere {
        let when = on(one.started.map(view::in_utc));
        let host = host(&one.url).map_or_else(String::new, |host| format!(" to {host}"));
        return format!("We looked at the recording. What failed{when} was a request{host}.{said}");
    }
    match words_of(facts) {
        Some(words) => format!("We looked at this message: \u{201c}{words}\u{201d}"),
        None => format!("We looked at what was to be sent for {name}."),
    }
}

fn letter(report: &Report, facts: &Facts<'_>) -> Vec<String> {
    let finding = facts.finding;
    if finding.role == Role::Fallback {
        let unknown = "Why it refused is not clear from that alone; we are looking into it.";
        return vec![opening(facts), unknown.to_owned()];
    }
    let mut letter = vec![
        opening(facts),
        format!(
            "{}. {}",
            prose::plain(&finding.title).trim_end_matches('.'),
            prose::plain(sentence::first(&finding.cause))
        ),
    ];
    if view::is_unrecorded(report, finding) {
        letter.push("What helps: the step once more, recorded with the bodies of the requests. The recording that we have lacks what was sent; we send the instructions along.".to_owned());
        return letter;
    }
    let who = view::who(finding).map_or_else(String::new, |who| format!(" Who can do it: {who}."));
    let writes = facts
        .call
        .is_none_or(|call| call.operation.writes_endpoint());
    let fix = finding
        .fix
        .as_ref()
        .filter(|_| writes && facts.elsewhere.is_none());
    if let Some(help) = fix.and_then(|fix| request_again(report, fix)) {
        letter.push(format!(
            "What helps: the same request once more, {help}{who}"
        ));
        return letter;
    }
    let steps: Vec<String> = finding
        .remedy
        .iter()
        .filter(|step| is_without_commands(step))
        .map(|step| prose::plain(step))
        .take(3)
        .collect();
    if !steps.is_empty() {
        letter.push(format!("What helps: {}{who}", steps.join(" ")));
    }
    letter
}

/// What the request is to be that is sent once more; `None` where nobody knows it.
fn request_again(report: &Report, fix: &Fix) -> Option<String> {
    Some(match fix.applicability {
        Applicability::Safe => "without what broke it. We can give it to you ready to send; nothing else in the connection changes.".to_owned(),
        Applicability::Unsafe => format!(
            "corrected: it {}. That changes what the connection is, so we need your word for it first.",
            report.known.mask_text(&fix.summary)
        ),
        Applicability::DisplayOnly => {
            let wanted = fix.wanted();
            let named: Vec<&str> = wanted.iter().map(|(_, what)| what.as_str()).collect();
            let named = Some(named.join(", ")).filter(|named| !named.is_empty())?;
            format!("with what is missing in it, which only you have: {named}.")
        }
    })
}

/// Whether a step can be followed without a command line, and without mendpoint.
fn is_without_commands(step: &str) -> bool {
    let is_command = |code: &str| code.contains(' ') || code.starts_with('-');
    let pieces = prose::pieces(step);
    let plain = prose::plain(step);
    !["command", "docs/", "mendpoint"]
        .iter()
        .any(|word| plain.contains(word))
        && pieces
            .into_iter()
            .all(|piece| !matches!(piece, Piece::Code(code) if is_command(code)))
}
