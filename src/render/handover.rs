//! What to hand over of a failure: the facts that the service's support asks for, and the same in
//! words for the customer, without commands.

use crate::connection::EndpointCall;
use crate::report::Report;
use crate::report::finding::{Finding, Severity};
use crate::text::sentence;

use super::prose::{self, Piece};
use super::view::{self, Block, Facts};

/// How many faults, and how many connections of one, are handed over.
const FAULTS: usize = 10;
const CONNECTIONS: usize = 5;

/// One failure.
#[derive(Debug, Clone)]
pub(crate) struct Handover {
    /// The fault and the connection.
    pub(crate) title: String,
    /// What happened, by name.
    pub(crate) facts: Vec<(&'static str, String)>,
    /// Paragraphs for the customer.
    pub(crate) letter: Vec<String>,
}

impl Handover {
    /// The facts as lines to paste.
    pub(crate) fn facts_text(&self) -> String {
        let line = |(name, value): &(&str, String)| format!("{name}: {value}\n");
        self.facts.iter().map(line).collect()
    }
}

/// What to hand over of every fault that was seen in a call.
pub(crate) fn all(report: &Report) -> Vec<Handover> {
    let is_fault = |block: &Block<'_>| block.first().severity == Severity::Error;
    let blocks = view::blocks(report);
    let faults = blocks.iter().filter(|block| is_fault(block)).take(FAULTS);
    faults
        .flat_map(|block| block.findings.iter().take(CONNECTIONS))
        .filter_map(|finding| one(report, finding))
        .collect()
}

fn one(report: &Report, finding: &Finding) -> Option<Handover> {
    let facts = Facts::of(report, finding);
    let call = facts.call?;
    let name = facts.subject.as_ref().map(|subject| subject.name.as_str());
    let title = prose::plain(&finding.title);
    Some(Handover {
        title: name.map_or_else(|| title.clone(), |name| format!("{name}: {title}")),
        facts: facts_of(report, &facts, call),
        letter: letter(&facts, call),
    })
}

fn facts_of(
    report: &Report,
    facts: &Facts<'_>,
    call: &EndpointCall,
) -> Vec<(&'static str, String)> {
    let known = &report.known;
    let masked = |text: Option<&str>| text.map(|text| known.mask_text(text));
    let answer = call.status().map(|status| {
        let inner = super::place::status(call, known);
        format!(
            "HTTP {}",
            if inner.is_empty() {
                status.to_string()
            } else {
                inner
            }
        )
    });
    let mut lines = vec![
        ("Organization", masked(call.route.organization.as_deref())),
        ("Project", view::project_of(report, call)),
        (
            "Connection",
            facts.subject.as_ref().map(|subject| subject.name.clone()),
        ),
        ("Connection id", masked(call.endpoint_id())),
        ("Type", masked(report.endpoint_type(call))),
        ("Scheme", masked(call.scheme())),
        ("Time", view::time_of(&call.exchange)),
        (
            "Sent",
            Some(format!(
                "{} {}",
                super::place::method(call),
                known.mask_url(&call.exchange.request.url)
            )),
        ),
        ("Answer", answer),
        ("Said", facts.whole.map(str::to_owned)),
    ];
    let ids = call.ids.named();
    lines.extend(ids.map(|(name, value)| (name, Some(known.mask_text(value)))));
    let told = lines.into_iter();
    told.filter_map(|(name, value)| Some((name, value?)))
        .collect()
}

fn letter(facts: &Facts<'_>, call: &EndpointCall) -> Vec<String> {
    let finding = facts.finding;
    let name = facts.subject.as_ref().map_or_else(
        || "the service connection".to_owned(),
        |subject| format!("the service connection '{}'", subject.name),
    );
    let when = view::time_of(&call.exchange).map_or_else(String::new, |time| format!(" on {time}"));
    let said = facts.said.map_or_else(String::new, |said| {
        format!(" The service answered: \u{201c}{said}\u{201d}")
    });
    let act = view::act(call.operation).to_lowercase();
    let mut letter = vec![
        format!("We looked at {name}. What failed{when} was: {act}.{said}"),
        format!(
            "{}. {}",
            prose::plain(&finding.title).trim_end_matches('.'),
            prose::plain(sentence::first(&finding.cause))
        ),
    ];
    let steps: Vec<String> = finding
        .remedy
        .iter()
        .filter(|step| is_without_commands(step))
        .map(|step| prose::plain(step))
        .take(3)
        .collect();
    let who = finding
        .who
        .as_deref()
        .map_or_else(String::new, |who| format!(" This takes the {who}."));
    if finding.fix.is_some() && call.operation.writes_endpoint() {
        letter.push(format!(
            "What helps: the same request once more, without what broke it. We can give it to you ready to send; nothing else in the connection changes.{who}"
        ));
    } else if !steps.is_empty() {
        letter.push(format!("What helps: {}{who}", steps.join(" ")));
    }
    letter
}

/// Whether a step can be followed without a command line.
fn is_without_commands(step: &str) -> bool {
    prose::pieces(step)
        .into_iter()
        .all(|piece| !matches!(piece, Piece::Code(code) if code.contains(' ')))
}
