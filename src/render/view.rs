//! The facts of a finding as every writer needs them, once.
//!
//! A writer lays out what stands here and escapes it for its surface; it asks no question of its own
//! about a finding.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::azure::is_look_alike;
use crate::connection::{EndpointCall, Operation, Outcome, Said};
use crate::exchange::{AnsweredBy, Body, Exchange};
use crate::report::command::{Invocation, Job, Patch, Surface, is_complete};
use crate::report::connection::Connection;
use crate::report::finding::{
    Applicability, CallFix, Command, Elsewhere, Finding, Fix, Part, Role, Severity,
};
use crate::report::{Input, Report, Verdict};
use crate::sensitive::is_secret_name;
use crate::text::guid::is_guid;
use crate::text::sanitize;
use crate::text::sentence;
use crate::text::shell::Shell;
use crate::text::url::host;

use super::place;
use super::prose::{self, Piece};

/// Findings of one rule and severity at several connections: one fault, told once.
#[derive(Debug, Clone)]
pub(crate) struct Block<'a> {
    /// The findings, in the order of the report; never empty.
    pub(crate) findings: Vec<&'a Finding>,
    /// The place of the first in the report.
    pub(crate) at: usize,
}

/// The findings of a report, equal ones of several connections together.
pub(crate) fn blocks(report: &Report) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut known: HashMap<(&str, Severity), usize> = HashMap::new();
    for (at, finding) in report.findings.iter().enumerate() {
        match known.entry((&finding.rule, finding.severity)) {
            Entry::Occupied(own) => blocks[*own.get()].findings.push(finding),
            Entry::Vacant(place) => {
                place.insert(blocks.len());
                blocks.push(Block {
                    findings: vec![finding],
                    at,
                });
            }
        }
    }
    blocks
}

impl<'a> Block<'a> {
    /// The finding that stands for all.
    pub(crate) fn first(&self) -> &'a Finding {
        self.findings[0]
    }
}

/// What a finding is about, and what happened there.
#[derive(Debug, Clone)]
pub(crate) struct Facts<'a> {
    /// The finding.
    pub(crate) finding: &'a Finding,
    /// The call it was found in.
    pub(crate) call: Option<&'a EndpointCall>,
    /// The exchange with another service it was found in, where that is no such call.
    pub(crate) elsewhere: Option<&'a Elsewhere>,
    /// The connection: its name and what it is.
    pub(crate) subject: Option<Subject>,
    /// What the service said at that call, or at another one of the finding: the sentence that tells.
    pub(crate) said: Option<&'a str>,
    /// The code that stands around that sentence, not in it.
    pub(crate) code: Option<&'a str>,
    /// The same with all that other services put around it.
    pub(crate) whole: Option<&'a str>,
    /// What is to be known of the host before anything is sent to it.
    pub(crate) caution: Option<String>,
}

/// A connection as people speak of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Subject {
    /// Its name, else its id.
    pub(crate) name: String,
    /// Type, organization and project: `azurerm, contoso/WebShop`.
    pub(crate) what: String,
}

impl Subject {
    /// `'web-prod'`
    pub(crate) fn quoted(&self) -> String {
        format!("'{}'", self.name)
    }

    /// `'web-prod' (azurerm, contoso/WebShop)`
    pub(crate) fn line(&self) -> String {
        if self.what.is_empty() {
            self.quoted()
        } else {
            format!("{} ({})", self.quoted(), self.what)
        }
    }
}

impl<'a> Facts<'a> {
    /// The facts of `finding`.
    pub(crate) fn of(report: &'a Report, finding: &'a Finding) -> Self {
        let calls = || {
            let places = finding.locations.iter();
            places.filter_map(|place| report.call_at(place.input, place.entry))
        };
        let call = calls().next();
        // What only limits the recording has nothing to do with what was said of a call.
        let said = calls().find_map(|call| call.said.as_deref());
        let said = said.filter(|_| finding.role > Role::Limit);
        let elsewhere = finding.elsewhere.as_deref().filter(|_| call.is_none());
        let said = said.or_else(|| elsewhere?.said.as_ref());
        Self {
            finding,
            call,
            elsewhere,
            subject: finding
                .connection
                .and_then(|at| subject_of(report, report.connections.get(at)?))
                .or_else(|| call.and_then(|call| subject(report, call))),
            said: said.map(Said::telling),
            code: said.and_then(Said::code_around),
            whole: said.map(|said| said.message.as_str()),
            caution: call.and_then(caution),
        }
    }

    /// What the service said without the ids of its logs.
    pub(crate) fn words(&self) -> Option<&'a str> {
        self.said.map(without_ids)
    }

    /// Whether the finding rests on what the service said, which then is its evidence.
    pub(crate) fn is_of_answer(&self) -> bool {
        let first = self.finding.locations.first();
        self.said.is_some()
            && first.is_none_or(|place| {
                matches!(
                    place.part,
                    Part::ResponseBody | Part::ResponseStatus | Part::ResponseHeaders
                )
            })
    }

    /// Why it happens, in one sentence.
    pub(crate) fn why(&self) -> &'a str {
        let cause = match self.finding.cause.trim() {
            "" => self.finding.message.as_str(),
            _ => &self.finding.cause,
        };
        sentence::first(cause)
    }

    /// What to do first, in one sentence.
    pub(crate) fn step(&self) -> &'a str {
        let first = self.finding.remedy.first();
        first.map_or("", |step| sentence::first(step))
    }
}

/// Who can mend a fault, where not anyone can, in the words of the portal: it calls no connection an
/// endpoint.
pub(crate) fn who(finding: &Finding) -> Option<String> {
    let who = finding.who.as_deref().filter(|who| *who != "anyone")?;
    Some(who.replace("endpoint", "service connection"))
}

/// What the service said without the ids of its logs.
pub(crate) fn without_ids(said: &str) -> &str {
    let ids = [" Trace ID:", " Correlation ID:", " Timestamp:"];
    let end = ids.iter().filter_map(|name| said.find(name)).min();
    &said[..end.unwrap_or(said.len())]
}

/// The connection of `call`.
pub(crate) fn subject(report: &Report, call: &EndpointCall) -> Option<Subject> {
    report
        .connection_of(call)
        .and_then(|connection| subject_of(report, connection))
}

/// A connection by its name, else by its id.
pub(super) fn subject_of(report: &Report, connection: &Connection) -> Option<Subject> {
    let mask = |text: &String| report.known.mask_text(text);
    let name = connection.name.as_ref().or(connection.id.as_ref())?;
    let organization = connection.organization.as_ref().map(mask);
    let place = match (organization, connection.project.as_ref().map(mask)) {
        (Some(organization), Some(project)) => Some(format!("{organization}/{project}")),
        (one, other) => one.or(other),
    };
    let what: Vec<String> = connection
        .kind
        .as_ref()
        .map(mask)
        .into_iter()
        .chain(place)
        .collect();
    Some(Subject {
        name: mask(name),
        what: what.join(", "),
    })
}

/// The name or id of the project that a call's connection belongs to. Masked.
pub(crate) fn project_of(report: &Report, call: &EndpointCall) -> Option<String> {
    let project = report.connection_of(call)?.project.as_deref()?;
    Some(report.known.mask_text(project))
}

/// What the user did, in the words of the portal where it has any.
pub(crate) fn act(operation: Operation) -> &'static str {
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

/// How a call ended, in words.
pub(crate) fn outcome(call: &EndpointCall) -> &'static str {
    match call.outcome {
        Outcome::Ok => "worked",
        Outcome::Failed => "failed",
        Outcome::Unknown if call.exchange.answered_by == AnsweredBy::Proxy => {
            "answered by the recording proxy"
        }
        Outcome::Unknown if call.exchange.response.is_none() => "no answer recorded",
        Outcome::Unknown => "cannot be told",
    }
}

/// The day and time of an exchange in UTC, to the second.
pub(crate) fn time_of(exchange: &Exchange) -> Option<String> {
    exchange.started.map(in_utc)
}

/// A day and time in UTC, to the second.
pub(crate) fn in_utc(at: Timestamp) -> String {
    let at = at.to_zoned(TimeZone::UTC);
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `PUT to management.azure.com, 2026-11-21 07:13:46 UTC → 403`, and with its whole address in the place
/// of its host.
pub(crate) fn elsewhere_line(one: &Elsewhere, whole: bool) -> String {
    let place = match host(&one.url).filter(|_| !whole) {
        Some(host) => format!("to {host}"),
        None => one.url.clone(),
    };
    let when = one
        .started
        .map_or_else(String::new, |at| format!(", {}", in_utc(at)));
    let status = one
        .status
        .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    format!(
        "{} {place}{when} \u{2192} {status}",
        one.method.to_ascii_uppercase()
    )
}

/// `3: PUT (save changes), 2026-11-21 07:13:46 UTC → 500`
pub fn call_line(report: &Report, call: &EndpointCall) -> String {
    let when = time_of(&call.exchange).map_or_else(String::new, |time| format!(", {time}"));
    format!(
        "{}: {} ({}){when} \u{2192} {}",
        call.number,
        place::method(call),
        act(call.operation).to_lowercase(),
        place::status(call, &report.known)
    )
}

/// What is to be known of a host that is not the cloud's.
fn caution(call: &EndpointCall) -> Option<String> {
    let host = crate::mend::request::host_to_allow(call)?;
    Some(if is_look_alike(host) {
        format!(
            "{host} only looks like Azure DevOps and is none of its hosts: send it no credential, and find out who sent the browser there"
        )
    } else {
        format!(
            "{host} is no host of the Azure DevOps cloud; if it is a server of your own, --allow-host lets patch --request write a request to it"
        )
    })
}

/// The command of a finding to begin with: nothing in it is left to fill in, the reader's shell takes it,
/// and one that only looks comes before one that changes something.
pub(crate) fn first_command<'a>(report: &Report, finding: &'a Finding) -> Option<&'a Command> {
    let shell = report.invocation.shell;
    let whole = || {
        let commands = finding.commands.iter();
        let fits = |command: &&Command| {
            is_complete(&command.text)
                && match &*command.shell {
                    "bash" => shell == Shell::Posix,
                    "powershell" => shell == Shell::PowerShell,
                    _ => true,
                }
        };
        commands.filter(fits)
    };
    whole()
        .find(|command| only_looks(command))
        .or_else(|| whole().next())
}

/// Whether nothing is changed by a command.
fn only_looks(command: &Command) -> bool {
    let text = command.text.as_str();
    let verbs = [" list", " show", " get"];
    verbs.iter().any(|verb| text.contains(verb)) && !text.contains('|')
}

/// The command of the first step of `finding`, as it is shown to the reader.
pub(crate) fn step_command(report: &Report, finding: &Finding) -> Option<String> {
    let command = first_command(report, finding)?;
    Some(shown(report, &sanitize::line(&command.text)))
}

/// The option that makes `patch` mend the call of `finding`, where it would not choose it by itself.
fn choice<'a>(report: &'a Report, finding: &Finding) -> Option<&'a EndpointCall> {
    let place = finding.locations.first()?;
    let call = report.call_at(place.input, place.entry)?;
    // What was judged with others is judged otherwise alone.
    let timed = report.inputs.iter().filter(|input| input.timed);
    let joined = report
        .inputs
        .get(call.input)
        .is_some_and(|input| input.timed)
        && timed.take(2).count() > 1;
    let unclear = joined
        || !call.operation.writes_endpoint()
        || crate::correct::is_ambiguous(report, call.input);
    unclear.then_some(call)
}

/// What a correction is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    /// The body alone.
    Body,
    /// The whole request, where it can be sent as it is.
    Request,
}

/// What corrects all of `findings`: one body, or, where they are of several connections, one each. Of
/// several, only those that the first takes along where no one command reaches all.
pub(crate) fn correction<'a>(
    report: &'a Report,
    findings: &[&Finding],
    whole: Whole,
    invocation: &Invocation,
) -> Option<Job<'a>> {
    let (first, rest) = findings.split_first()?;
    let patch = patch_of(report, first)?;
    let several = rest.iter().any(|one| one.connection != first.connection);
    if several {
        let patches = findings.iter().filter_map(|one| patch_of(report, one));
        let patches: Vec<Patch<'_>> = patches.collect();
        let all = Job::PatchAll {
            unsafe_fixes: patches.iter().any(|patch| patch.unsafe_fixes),
        };
        // Of several nothing is asked.
        let is_given = patches.iter().all(|patch| patch.values.is_empty());
        if is_given && report.arguments(all.clone(), invocation).is_some() {
            return Some(all);
        }
    }
    let request = patch.request.filter(|_| whole == Whole::Request);
    Some(Job::Patch(Patch { request, ..patch }))
}

/// How much the text tells that [`next`] stands below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// What fits a screen.
    Short,
    /// All of it.
    Whole,
    /// All of it, and what to hand over.
    HandedOver,
}

/// What to run next: the one most useful command. All of them work as they stand.
/// `told_in_full` says that the reader has all steps already.
pub(crate) fn next(report: &Report, invocation: &Invocation, told: Told) -> String {
    let command = |job: Job<'_>| report.command(job, invocation);
    let explain = |what: &str| command(Job::Explain(what));
    let by_finding = || {
        let mut findings = report.findings.iter();
        let worst = findings.next()?;
        let leaders = leaders(report);
        let mendable = |finding: &&Finding| {
            let mended = is_mended_by_body(finding) || is_mended_with_values(report, finding);
            finding.severity >= Severity::Warning
                && mended
                && is_to_be_sent(report, finding)
                && !is_led(report, &leaders, finding)
        };
        let mendable: Vec<&Finding> = report.findings.iter().filter(mendable).collect();
        correction(report, &mendable, Whole::Request, invocation)
            .and_then(command)
            .or_else(|| {
                let facts = Facts::of(report, worst);
                let failed = facts.call.filter(|_| worst.severity >= Severity::Warning)?;
                let unknown = worst.role == Role::Fallback || is_at_look_alike(report, worst);
                unknown.then(|| command(Job::Show(failed))).flatten()
            })
            .or_else(|| {
                is_unrecorded(report, worst)
                    .then(|| explain(RECORDING))
                    .flatten()
            })
            .or_else(|| match told {
                Told::Short => command(Job::Full),
                Told::Whole if worst.severity == Severity::Error => command(Job::HandOver),
                Told::Whole | Told::HandedOver => None,
            })
            .or_else(|| explain(&worst.rule))
    };
    let found = match report.verdict() {
        Verdict::Fault => by_finding(),
        Verdict::Clean if !report.calls.is_empty() => command(Job::Calls),
        Verdict::Clean | Verdict::Inconclusive | Verdict::Unreadable | Verdict::NothingRelevant => {
            None
        }
    };
    found
        .or_else(|| explain(RECORDING))
        .unwrap_or_else(|| "mendpoint --help".to_owned())
}

/// Whether the body of the call that failed is what is missing: recorded once more, it may be mended.
pub(crate) fn is_unrecorded(report: &Report, finding: &Finding) -> bool {
    let call = Facts::of(report, finding).call;
    call.is_some_and(|call| {
        call.operation.writes_endpoint()
            && matches!(
                call.exchange.request.body,
                Body::NotRecorded(_) | Body::Empty
            )
    })
}

/// A name that leaves room for what stands around it, and of an id its first part.
pub(crate) fn row_name(name: &str) -> String {
    match name.split_once('-').filter(|_| is_guid(name)) {
        Some((first, _)) => format!("{first}\u{2026}"),
        None => short_name(name),
    }
}

/// A name that leaves room for what stands around it.
pub(crate) fn short_name(name: &str) -> String {
    let name = sanitize::line(name);
    match name.char_indices().nth(MOST_OF_A_NAME) {
        Some((end, _)) => format!("{}\u{2026}", &name[..end]),
        None => name,
    }
}

/// How many letters of a name stand in a headline.
const MOST_OF_A_NAME: usize = 48;

/// `2 errors at 3 connections`: how much there is of the worst kind, and where.
pub(crate) fn tally(report: &Report) -> String {
    let Some(worst) = report.findings.first().map(|finding| finding.severity) else {
        return String::new();
    };
    let worst_ones = report
        .findings
        .iter()
        .filter(|finding| finding.severity == worst);
    let subjects: HashSet<Option<Subject>> = worst_ones
        .map(|finding| Facts::of(report, finding).subject)
        .collect();
    let mut all = subjects.iter();
    let place = match (all.next(), all.len()) {
        (Some(Some(only)), 0) => format!(" at '{}'", short_name(&only.name)),
        (Some(None), 0)
            if report
                .inputs
                .iter()
                .all(|input| input.container.is_document()) =>
        {
            match report.inputs.as_slice() {
                [only] => format!(" {}", super::place::in_document(&only.path)),
                _ => " in the texts given".to_owned(),
            }
        }
        (Some(None), 0) => String::new(),
        _ => match subjects.iter().flatten().count() {
            1 => " at 1 connection".to_owned(),
            several => format!(" at {several} connections"),
        },
    };
    let blocks = blocks(report);
    let count_at = |severity: Severity| {
        let own = blocks.iter();
        own.filter(|block| block.first().severity == severity)
            .count()
    };
    let count = count_at(worst);
    let faults = match count {
        1 => worst.name().to_owned(),
        _ => format!("{}s", worst.name()),
    };
    let rest: Vec<String> = [Severity::Warning, Severity::Note]
        .into_iter()
        .filter(|severity| *severity < worst)
        .filter_map(|severity| match count_at(severity) {
            0 => None,
            count => Some(count_of(severity, count)),
        })
        .collect();
    let rest: String = rest.iter().flat_map(|count| [", ", count]).collect();
    format!("{count} {faults}{place}{rest}")
}

/// `2 errors, 1 note`
pub(crate) fn counts(report: &Report) -> String {
    let counts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note]
        .into_iter()
        .filter_map(|severity| counted(report, severity))
        .collect();
    counts.join(", ")
}

fn counted(report: &Report, severity: Severity) -> Option<String> {
    match report.count(severity) {
        0 => None,
        count => Some(count_of(severity, count)),
    }
}

/// `2 errors`
pub(crate) fn count_of(severity: Severity, count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {}{plural}", severity.name())
}

/// How many connections a block is about.
pub(crate) fn connections(report: &Report, block: &Block<'_>) -> usize {
    let findings = block.findings.iter();
    let subjects = findings.filter_map(|finding| Facts::of(report, finding).subject);
    subjects.collect::<HashSet<Subject>>().len()
}

/// What the recordings lack, what could not be read of them and what nobody explains, each with the
/// word in front of it; with `all`, also what is only good to know.
pub(crate) fn limits(report: &Report, all: bool) -> Vec<(&'static str, String)> {
    let mut lines: Vec<(&str, String)> = Vec::new();
    let missing = report.missing.iter().map(|line| ("missing", line.clone()));
    lines.extend(missing);
    let missing: HashSet<&String> = report.missing.iter().collect();
    for input in &report.inputs {
        for note in input.notes.iter().filter(|note| all || note.is_limit()) {
            // A body that is not there is missed where it matters.
            let told = note.kind == "body-not-shown" && !report.missing.is_empty();
            if told || missing.contains(&note.message) {
                continue;
            }
            let whose = match report.inputs.len() {
                1 => String::new(),
                _ => format!("{}: ", input.path),
            };
            lines.push(("note", format!("{whose}{}", note.message)));
        }
    }
    lines
}

/// What to show for a command of a rule: itself as the reader starts it, or what does the same where the
/// reader is.
pub(crate) fn shown(report: &Report, command: &str) -> String {
    let invocation = &report.invocation;
    if invocation.surface == Surface::CommandLine || report.inputs.len() < 2 {
        return invocation.shown(command);
    }
    // A command names a call as its input numbers it; a page and a tool number those of all inputs.
    invocation.shown(&report.with_numbers_of_all(command))
}

/// The words of a rule without their marks; in the place of a command of mendpoint stands what the reader
/// has for it.
pub fn words(report: &Report, text: &str) -> String {
    let invocation = &report.invocation;
    let word = |piece: Piece<'_>| match piece {
        Piece::Code(code) if code.starts_with("mendpoint ") => shown(report, code),
        Piece::Code(text) | Piece::Text(text) | Piece::Emphasis(text) | Piece::Strong(text) => {
            invocation.options_shown(text)
        }
    };
    prose::pieces(text).into_iter().map(word).collect()
}

/// Everything that limits the judgement: what could not be read, and what the rest lacks.
pub(crate) fn lacks(report: &Report) -> Vec<String> {
    let unread = report.unreadable_inputs();
    let unread = unread.map(|(_, reason)| report.without_folders(reason));
    unread
        .chain(limits(report, false).into_iter().map(|(_, line)| line))
        .collect()
}

/// Whether the first location of a finding is a call to a host that only looks like Azure DevOps.
pub(crate) fn is_at_look_alike(report: &Report, finding: &Finding) -> bool {
    let call = finding
        .locations
        .first()
        .and_then(|place| report.call_at(place.input, place.entry));
    call.and_then(crate::mend::request::host_to_allow)
        .is_some_and(is_look_alike)
}

/// The error that leads at each connection.
pub(crate) fn leaders(report: &Report) -> HashMap<usize, &Finding> {
    let mut first = HashMap::new();
    for finding in &report.findings {
        if let Some(connection) = finding.connection
            && finding.severity == Severity::Error
        {
            first.entry(connection).or_insert(finding);
        }
    }
    first
}

/// Whether another fault of the same connection leads, which no body mends: then its steps come first,
/// and a body of today may be wrong after them.
pub(crate) fn is_led(
    report: &Report,
    leaders: &HashMap<usize, &Finding>,
    finding: &Finding,
) -> bool {
    let leader = finding.connection.and_then(|own| leaders.get(&own));
    leader.is_some_and(|leader| {
        let is_mended = is_mended_by_body(leader) || is_mended_with_values(report, leader);
        leader.role == Role::Cause && leader.rule != finding.rule && !is_mended
    })
}

/// Whether a corrected request for the finding can be sent: a body mends it, its host is the service's
/// own, and its ids are no aliases of a copy.
pub(crate) fn is_sendable(report: &Report, finding: &Finding) -> bool {
    is_mended_by_body(finding) && is_to_be_sent(report, finding)
}

/// Whether anything may be sent to where the finding was: its host is the service's own, and its ids are
/// no aliases of a copy.
fn is_to_be_sent(report: &Report, finding: &Finding) -> bool {
    !is_at_look_alike(report, finding) && !is_in_copy(report, finding)
}

/// Whether a body mends it.
pub(crate) fn is_mended_by_body(finding: &Finding) -> bool {
    let open = |fix: &Fix| fix.applicability > Applicability::DisplayOnly;
    finding.fix.as_ref().is_some_and(open)
}

/// Whether the finding is in a safe copy.
pub(crate) fn is_in_copy(report: &Report, finding: &Finding) -> bool {
    let input = finding.locations.first().map(|place| place.input);
    let input = input.and_then(|input| report.inputs.get(input));
    input.is_some_and(Input::is_copy)
}

/// The values that faults of one body ask for and only the reader has: patch asks for each.
fn values_for(report: &Report, input: usize, entry: usize) -> Vec<String> {
    let open = |fix: &&CallFix| fix.severity == Severity::Error && !fix.history;
    let fixes = report.fixes_at(input, entry).iter().filter(open);
    let mut pointers: Vec<String> = Vec::new();
    for (pointer, _) in fixes.flat_map(|fix| fix.fix.wanted()) {
        if !pointers.contains(&pointer) {
            pointers.push(pointer);
        }
    }
    pointers
}

/// Whether a body mends the finding as soon as the reader gives the values that are missing in it.
pub(crate) fn is_mended_with_values(report: &Report, finding: &Finding) -> bool {
    let Some(place) = finding.locations.first() else {
        return false;
    };
    let wants = |fix: &Fix| !fix.wanted().is_empty();
    finding.fix.as_ref().is_some_and(wants)
        && !values_for(report, place.input, place.entry).is_empty()
}

/// What `explain` calls the page on how to record a trace.
pub(crate) const RECORDING: &str = "recording";

/// The correction of `finding`, with the form of request that fits the reader's shell.
pub(crate) fn patch_of<'a>(report: &'a Report, finding: &Finding) -> Option<Patch<'a>> {
    let agreed = finding.fix.as_ref()?.applicability == Applicability::Unsafe;
    let place = finding.locations.first()?;
    let call = report.call_at(place.input, place.entry);
    let sendable = call.is_some_and(|call| crate::mend::request::host_to_allow(call).is_none());
    let values = values_for(report, place.input, place.entry);
    // A whole request with a secret in it is nothing for a screen.
    let tells = |pointer: &String| is_secret_name(pointer.rsplit('/').next().unwrap_or_default());
    let is_shown = sendable && !agreed && !values.iter().any(tells);
    let form = match report.invocation.shell {
        Shell::Posix => "curl",
        Shell::Windows | Shell::PowerShell | Shell::Cmd => "powershell",
    };
    Some(Patch {
        input: place.input,
        call: choice(report, finding),
        unsafe_fixes: agreed,
        request: is_shown.then_some(form),
        values: values
            .iter()
            .map(|pointer| format!("{pointer}=-"))
            .collect(),
    })
}
