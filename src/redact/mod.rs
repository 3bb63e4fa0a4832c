//! Trace → a copy that holds what the diagnosis needs and nothing else.
//!
//! A copy is built up, not cut down. It holds the exchanges that the judgement used, each written anew
//! from what is known to be harmless: the routes of the API, the header fields that diagnose, the members
//! that the API knows with values of the right form. Ids and names become aliases, every other text a
//! placeholder, and what a service says keeps its words. Whatever container the trace came in, this is
//! the only way into a copy. In the end each part is looked through for every secret of the trace.

mod address;
mod alias;
mod count;
mod entry;
mod hosts;
mod json;
mod lines;
mod page;
mod sentence;
mod shape;
mod stub;
mod value;

use std::cell::RefCell;
use std::fmt::Write as _;

use serde_json::Value as Json;

use self::count::{Counts, Fate};
use self::sentence::Names;
use self::value::Copier;
use crate::connection::{EndpointCall, Operation};
use crate::error::{Error, Kind as ErrorKind};
use crate::exchange::Exchange;
use crate::ingest::{self, Container, IngestNote, Sidecar, Source, Trace};
use crate::json::Node;
use crate::judge::Analyzer;
use crate::report::{Report, Verdict};
use crate::sensitive::member::{self, Kind};

/// Longest name of a member, in bytes, that stays because a finding is about it.
const LONGEST_NAME: usize = 40;

/// What stays of calls and of texts, for the manifest.
const KEPT_OF_CALLS: &str = "routes, statuses, times, the API's members, what the services say of the failure, and \
    what belongs to everybody, such as ids of Microsoft's applications";
const KEPT_OF_TEXTS: &str = "the words and codes of services, and what belongs to everybody, such as ids of Microsoft's \
    applications";

/// How to redact.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// What makes the aliases of this run differ from those of any other; from a good source of chance.
    pub salt: [u8; 16],
    /// Ids, names and addresses stay; only secrets go.
    pub keep_ids: bool,
    /// A stub stands for each exchange that is left out: when, how and with what status, but not where.
    pub with_others: bool,
    /// Asked when an archive turns out to be encrypted.
    pub password: Option<&'a dyn Fn() -> Option<String>>,
    /// Gives a file that a recorder laid beside the trace.
    pub sidecar: Option<Sidecar<'a>>,
    /// Of an archive, the one trace that is copied; see [`ingest::Options::only`].
    pub only: Option<&'a str>,
}

/// A copy and what is to be told of it.
#[derive(Debug)]
pub struct Redaction {
    /// The copy: a HAR, or a text of a text. `None` where nothing in the trace belongs to a connection.
    pub copy: Option<String>,
    /// How many exchanges it holds; `None` for a text.
    pub entries: Option<usize>,
    /// How many exchanges of the trace were left out because they say nothing of a connection.
    pub others: usize,
    /// Exchanges that were left out because a secret was found in what had been made of them.
    pub withheld: Vec<usize>,
    /// What could not be read, and is therefore not in the copy.
    pub notes: Vec<IngestNote>,
    counts: Counts,
    /// Whether ids, names and addresses stayed.
    keep_ids: bool,
    /// How many secrets were looked for.
    secrets: usize,
}

impl Redaction {
    /// What there is to tell of the copy, which is called `copy`, of what is called `trace`: what was kept,
    /// changed and left out, and why it can be attached; kinds and numbers, and never a value.
    pub fn words(&self, trace: &str, copy: &str) -> Vec<String> {
        let Some(text) = &self.copy else {
            return vec![format!(
                "nothing in {trace} belongs to a service connection, so no copy was written"
            )];
        };
        let notes = self.notes.iter();
        let mut lines: Vec<String> = notes
            .map(|note| format!("note: {}", note.message))
            .collect();
        let (what, kept) = match self.entries {
            Some(1) => ("the 1 exchange".to_owned(), KEPT_OF_CALLS),
            Some(entries) => (format!("the {entries} exchanges"), KEPT_OF_CALLS),
            None => ("the lines".to_owned(), KEPT_OF_TEXTS),
        };
        lines.push(format!(
            "{copy} ({} KB) holds {what} that a diagnosis needs, written anew.",
            text.len().div_ceil(1000)
        ));
        lines.push(format!("Kept: {kept}."));
        if self.keep_ids {
            lines.push("Ids, names and addresses stay as they are, as --keep-ids asks.".to_owned());
        }
        let mut counts = self.counts.clone();
        if self.entries.is_some() {
            counts.add_all(Fate::Exchange, self.others);
        }
        lines.extend(counts.lines());
        lines.extend(self.withheld.iter().map(|entry| {
            format!(
                "warning: entry {entry} was left out: a secret was found in what had been made of it"
            )
        }));
        let searched = match self.secrets {
            0 => "Nothing in the trace is called a secret; what nobody knows to be harmless is gone all the same.".to_owned(),
            1 => "The copy was searched for the 1 secret of the trace, in every spelling: it is not there.".to_owned(),
            all => format!(
                "The copy was searched for the {all} secrets of the trace, in every spelling: none is there."
            ),
        };
        let end = if self.keep_ids {
            "It still tells whose trace it is: send it only to people who may know."
        } else {
            "It is safe to attach to a ticket. It quotes the words of services: read it before you make it public."
        };
        lines.extend([searched, end.to_owned()]);
        lines
    }

    fn nothing(trace: &Trace, options: &Options<'_>) -> Self {
        Self {
            copy: None,
            entries: None,
            others: trace.total,
            withheld: Vec::new(),
            notes: trace.notes.clone(),
            counts: Counts::default(),
            keep_ids: options.keep_ids,
            secrets: 0,
        }
    }
}

/// Reads the trace in `source`, called `path` for people, and makes a copy of it.
///
/// ```
/// use std::io::Cursor;
///
/// use mendpoint::ingest::Source;
/// use mendpoint::judge::Analyzer;
/// use mendpoint::redact::Options;
///
/// let message = "##[error]AADSTS7000222: The provided client secret keys for app \
///     '0c1d2e3f-1111-4222-8333-444455556666' are expired. Contact anna@fabrikam.example.";
/// let source = &mut Cursor::new(message);
/// let salt = [7; 16]; // from a good source of chance
/// let options = Options { salt, ..Options::default() };
/// let made = mendpoint::redact("message.txt", Source::File(source), &Analyzer::default(), &options)?;
/// let copy = made.copy.as_deref().expect("it is about a connection");
/// assert!(copy.contains("AADSTS7000222") && !copy.contains("0c1d2e3f") && !copy.contains("anna@"));
/// println!("{}", made.words("message.txt", "safe.txt").join("\n"));
/// # Ok::<(), mendpoint::Error>(())
/// ```
pub fn redact(
    path: &str,
    source: Source<'_>,
    analyzer: &Analyzer<'_>,
    options: &Options<'_>,
) -> Result<Redaction, Error> {
    let stubs = RefCell::new(Vec::new());
    let take = |exchange: &Exchange| stubs.borrow_mut().push(stub::of(exchange));
    let reading = ingest::Options {
        password: options.password,
        sidecar: options.sidecar,
        only: options.only,
        others: options.with_others.then_some(&take),
        ..ingest::Options::default()
    };
    let mut traces = ingest::read(path, source, &reading)?;
    // What lies beside a recording is not copied, but for the words of the mail that it came with.
    let is_recording = |trace: &Trace| trace.failure.is_none() && !trace.container.is_document();
    let mut words = None;
    if traces.iter().any(is_recording) {
        let mail = traces
            .iter_mut()
            .find(|trace| trace.container == Container::Mail);
        words = mail.and_then(|mail| mail.text.take());
        traces.retain(is_recording);
    }
    let mut trace = the_one(path, traces, analyzer)?;
    trace.text = trace.text.or(words);
    if let Some(why) = trace.failure {
        return Err(why);
    }
    if trace.container.is_document() {
        return of_text(path, &trace, analyzer, options);
    }
    of_exchanges(path, trace, analyzer, options, stubs.into_inner())
}

/// The one of `traces` that is copied: of several documents that which is about a connection.
fn the_one(path: &str, mut traces: Vec<Trace>, analyzer: &Analyzer<'_>) -> Result<Trace, Error> {
    let mut last = None;
    if traces.len() > 1 {
        let is_relevant = |trace: &Trace| {
            !trace.container.is_document()
                || trace.failure.is_some()
                || analyzer.analyze(trace.clone()).verdict() != Verdict::NothingRelevant
        };
        let (relevant, mut others): (Vec<_>, Vec<_>) = traces.into_iter().partition(is_relevant);
        traces = relevant;
        last = others.pop();
    }
    if traces.len() > 1 {
        let message = format!("{path} holds {} traces", traces.len());
        let apart = traces.iter().find(|trace| trace.path != path);
        let first = apart.map_or(path, |trace| &trace.path);
        return Err(Error::new(ErrorKind::Usage, message)
            .with_hint(format!("redact them one by one, as {first}")));
    }
    Ok(traces.pop().or(last).unwrap_or_default())
}

fn of_exchanges(
    path: &str,
    trace: Trace,
    analyzer: &Analyzer<'_>,
    options: &Options<'_>,
    stubs: Vec<(usize, String)>,
) -> Result<Redaction, Error> {
    let mut redaction = Redaction::nothing(&trace, options);
    // What a log holds beside its calls.
    let logged = trace.text.is_some().then(|| trace.clone());
    let (report, others) = analyzer.analyze_with_others(trace);
    if report.verdict() == Verdict::NothingRelevant {
        return Ok(redaction);
    }
    let mut copier = copier(&report, options);
    let mut entries: Vec<(usize, String)> = Vec::new();
    let calls = report
        .calls
        .iter()
        .map(|call| (call.exchange.entry, copier.call(call)));
    let mut made: Vec<(usize, serde_json::Result<String>)> = calls.collect();
    made.extend(
        others
            .iter()
            .map(|other| (other.entry, copier.other(other))),
    );
    for (number, entry) in made {
        let entry = entry.and_then(|entry| copier.swept(entry));
        match entry.map_err(|error| failed(path, &error.to_string()))? {
            Some(entry) => entries.push((number, entry)),
            None => redaction.withheld.push(number),
        }
    }
    if entries.is_empty() && redaction.withheld.is_empty() {
        return Ok(redaction);
    }
    if entries.is_empty() {
        return Err(
            failed(path, "a secret was found in all that would be left of it")
                .with_hint("share the report of `mendpoint check` instead; it shows no secret"),
        );
    }
    let beside = logged.map(|trace| {
        let (needed, left_out) = lines::needed(&trace, &report, analyzer);
        copier.counts.add_all(Fate::Line, left_out);
        copier.text(&needed)
    });
    let beside = beside.and_then(|text| copier.swept_text(&text));
    let beside = beside.filter(|text| lines::hold_any(text));
    let lost = copier.losses(&redaction.notes);
    let lost = lost.and_then(|text| copier.swept_text(&text));
    let kept = entries.len();
    redaction.others = redaction
        .others
        .saturating_sub(kept + redaction.withheld.len());
    entries.extend(stubs);
    entries.sort_by_key(|(number, _)| *number);
    redaction.entries = Some(kept);
    redaction.counts = copier.counts;
    redaction.secrets = report.known.len();
    redaction.copy = Some(log(&entries, [beside, lost], &redaction));
    Ok(redaction)
}

/// The HAR of `entries`, one on each line, with what stood beside them and what was lost of them.
fn log(
    entries: &[(usize, String)],
    [beside, lost]: [Option<String>; 2],
    redaction: &Redaction,
) -> String {
    let size: usize = entries.iter().map(|(_, entry)| entry.len() + 2).sum();
    let mut out = String::with_capacity(size + 500);
    let comment = format!(
        "A copy made by mendpoint: ids and names are aliases, unknown values are placeholders, \
         and {} exchanges that say nothing of a service connection were left out.",
        redaction.others
    );
    let _ = write!(
        out,
        "{{\"log\":{{\"version\":\"1.2\",\"creator\":{{\"name\":\"mendpoint\",\"version\":\"{}\"}},\n\"comment\":{},\n",
        env!("CARGO_PKG_VERSION"),
        serde_json::Value::from(comment)
    );
    for (name, text) in [("_text", beside), ("_lost", lost)] {
        if let Some(text) = text {
            let _ = writeln!(out, "\"{name}\":{},", serde_json::Value::from(text));
        }
    }
    out.push_str("\"entries\":[\n");
    for (at, (_, entry)) in entries.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { ",\n" });
        out.push_str(entry);
    }
    out.push_str("\n]}}\n");
    out
}

/// A pasted text or payload.
fn of_text(
    path: &str,
    trace: &Trace,
    analyzer: &Analyzer<'_>,
    options: &Options<'_>,
) -> Result<Redaction, Error> {
    let mut redaction = Redaction::nothing(trace, options);
    let text = trace.text.clone().unwrap_or_default();
    let report = analyzer.analyze(trace.clone());
    if report.verdict() == Verdict::NothingRelevant {
        return Ok(redaction);
    }
    let mut copier = copier(&report, options);
    let (needed, left_out) = match crate::json::parse(&text) {
        Ok(node) => {
            collect(&node, &mut copier.names);
            copier.names.finish();
            (text, 0)
        }
        Err(_) => lines::needed(trace, &report, analyzer),
    };
    copier.counts.add_all(Fate::Line, left_out);
    let counts = copier.counts.clone();
    let mut copy = copier.text(&needed);
    if !lines::is_judged_alike(trace, &copy, &report, analyzer) {
        copier.counts = counts;
        copier.as_said = true;
        copy = copier.text(&needed);
    }
    let Some(copy) = copier.swept_text(&copy) else {
        return Err(
            failed(path, "a secret was found in what would be left of it")
                .with_hint("share the report of `mendpoint check` instead; it shows no secret"),
        );
    };
    redaction.counts = copier.counts;
    redaction.secrets = report.known.len();
    redaction.copy = Some(copy);
    Ok(redaction)
}

impl Copier<'_> {
    /// An entry without any secret that is quoted in it; `None` if that leaves one.
    fn swept(&mut self, entry: String) -> serde_json::Result<Option<String>> {
        if self.known.quoted_in(&entry).is_empty() {
            return Ok(Some(entry));
        }
        let mut value = serde_json::from_str(&entry)?;
        self.sweep(&mut value);
        // A secret that was read beyond its end holds the signs between two strings: it is in neither.
        let clean = self.is_clean(&value);
        clean.then(|| serde_json::to_string(&value)).transpose()
    }

    /// Whether no string of `value`, no number and no name quotes a secret.
    fn is_clean(&self, value: &Json) -> bool {
        let clean = |text: &str| self.known.quoted_in(text).is_empty();
        match value {
            Json::String(text) => clean(text),
            Json::Number(number) => clean(&number.to_string()),
            Json::Array(items) => items.iter().all(|item| self.is_clean(item)),
            Json::Object(members) => members
                .iter()
                .all(|(name, value)| clean(name) && self.is_clean(value)),
            Json::Null | Json::Bool(_) => true,
        }
    }

    fn sweep(&mut self, value: &mut Json) {
        match value {
            Json::String(text) => *text = self.without_quoted(text),
            Json::Array(items) => items.iter_mut().for_each(|item| self.sweep(item)),
            Json::Object(members) => members.values_mut().for_each(|value| self.sweep(value)),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }

    /// A text without any secret that is quoted in it; `None` if that leaves one.
    fn swept_text(&mut self, text: &str) -> Option<String> {
        let text = self.without_quoted(text);
        self.known.quoted_in(&text).is_empty().then_some(text)
    }

    fn without_quoted(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for range in self.known.quoted_in(text) {
            out.push_str(&text[from..range.start]);
            out.push_str(&self.placeholder(&text[range.clone()]));
            from = range.end;
        }
        out.push_str(&text[from..]);
        out
    }

    /// Whether the name of a member is letters, and neither a secret nor a name that somebody gave.
    fn is_plain_name(&self, name: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
        name.len() <= LONGEST_NAME
            && name.bytes().all(plain)
            && self.names.find(name).is_empty()
            && self.known.find(name).is_empty()
    }

    /// What could not be read of the trace, a line each: the copy is as incomplete.
    fn losses(&mut self, notes: &[IngestNote]) -> Option<String> {
        let losses = notes.iter().filter(|note| note.is_loss());
        let lines: Vec<String> = losses
            .map(|note| self.sentence(&note.message).replace('\n', " "))
            .collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }

    /// A text that somebody pasted, or what a log holds beside its calls.
    fn text(&mut self, text: &str) -> String {
        let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
        if start.starts_with(['{', '[']) {
            self.json(text)
        } else if page::is_page(text) {
            self.page(text, true)
        } else {
            self.sentence(text)
        }
    }
}

/// What makes the parts of the copy, knowing the names of the trace.
fn copier<'a>(report: &'a Report, options: &Options<'_>) -> Copier<'a> {
    let mut names = Names::default();
    for call in &report.calls {
        names_of(call, &mut names);
    }
    names.finish();
    let mut copier = Copier::new(options.salt, options.keep_ids, &report.known, names);
    let findings = report.findings.iter();
    let places = findings.flat_map(|finding| &finding.locations);
    let pointers = places.filter_map(|place| place.pointer.as_deref());
    for name in pointers.flat_map(|pointer| pointer.split('/')) {
        if copier.is_plain_name(name) {
            copier.pointed.insert(name.to_owned());
        }
    }
    copier
}

fn names_of(call: &EndpointCall, names: &mut Names) {
    let places = [&call.route.organization, &call.route.project];
    for name in places.into_iter().flatten() {
        names.add(name);
    }
    if matches!(call.operation, Operation::Types | Operation::History) {
        return;
    }
    for body in [call.request(), call.response()].into_iter().flatten() {
        collect(body, names);
    }
}

fn collect(node: &Node, names: &mut Names) {
    for member in node.members() {
        let is_name = matches!(
            member::kind_of(&member.key),
            Some(Kind::Name | Kind::Person)
        );
        match member.value.as_str() {
            Some(text) if is_name => names.add(text),
            _ => collect(&member.value, names),
        }
    }
    for item in node.items() {
        collect(item, names);
    }
}

fn failed(path: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Unreadable,
        format!("no copy of {path} was written: {why}"),
    )
}
