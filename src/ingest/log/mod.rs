//! Logs of tools that hold verb, address, bodies and status of requests, and requests that somebody copied.
//!
//! [`lines`] takes off what stands in front of each line, once for all. Each form of log is one
//! file that reads what begins at a line; what several of them say of one request is put together
//! by [`assemble`]. Lines that belong to no exchange stay text, in which errors are looked for.

mod assemble;
mod az;
mod curl;
mod extent;
mod lines;
mod message;
mod python;
mod terraform;

use self::assemble::{Assembly, Said, Source};
use self::lines::{Cursor, Line};
use super::har::count_host;
use super::keep::keep;
use super::notes::Notes;
use super::{Container, Options, Trace};
use crate::connection::route::Route;

/// A form of log: what begins in a line, and the place behind it.
type Form = for<'a> fn(&Line<'a>, Cursor<'a>) -> Option<(Said, Cursor<'a>)>;

/// All forms; the first that knows a line reads it.
const FORMS: &[Form] = &[az::read, curl::read, terraform::read, message::read];

/// Reads `text` as a log; `None` if no service-endpoint call is in it that session text does not show as well.
pub(super) fn read(text: &str, notes: &mut Notes, options: &Options<'_>) -> Option<Trace> {
    // A dump takes words apart into rows.
    if !speaks_of_endpoints(text) && !text.contains("=> Send header, ") {
        return None;
    }
    let log = lines::plain(text);
    let (assembly, is_log) = assemble(&log);
    is_log
        .then(|| trace(&log, assembly, notes, options))
        .filter(|trace| trace.total > 0)
}

/// Whether the words are there that the address of every such call has.
fn speaks_of_endpoints(text: &str) -> bool {
    let word = b"serviceendpoint";
    let mut places = memchr::memchr2_iter(b's', b'S', text.as_bytes());
    places.any(|at| {
        let found = text.as_bytes().get(at..at + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word))
    })
}

/// What the log says of requests, and whether it says it as a log.
fn assemble(log: &str) -> (Assembly, bool) {
    let mut assembly = Assembly::default();
    let mut is_log = false;
    let mut cursor = Cursor::new(log);
    let mut time = None;
    while let Some((line, behind)) = cursor.line() {
        time = line.time.or(time);
        let found = FORMS.iter().find_map(|form| form(&line, behind));
        let mut rest = behind;
        let mut taken = false;
        if let Some((said, end)) = found {
            let own = said.source != Source::Message
                || line.is_marked()
                || assembly.asked_last() == Some(Source::Command);
            if assembly.add(said, time, cursor.at..end.at) {
                is_log |= own;
                rest = end;
                taken = true;
            }
        }
        if !taken {
            assembly.span(cursor.at..rest.at, None);
        }
        cursor = rest;
    }
    (assembly, is_log)
}

/// The exchanges that can matter, and the rest of the log as text.
fn trace(log: &str, assembly: Assembly, notes: &mut Notes, options: &Options<'_>) -> Trace {
    let mut trace = Trace {
        container: Container::Log,
        ..Trace::default()
    };
    let Assembly { drafts, spans, .. } = assembly;
    let exchanges: Vec<_> = drafts
        .into_iter()
        .enumerate()
        .map(|(entry, draft)| draft.finish(entry, options.max_entry))
        .collect();
    if !exchanges
        .iter()
        .any(|exchange| Route::parse(&exchange.request.url).is_some())
    {
        return trace;
    }
    let mut owned = Vec::with_capacity(exchanges.len());
    let mut kept = 0;
    trace.total = exchanges.len();
    for exchange in exchanges {
        count_host(&mut trace, &exchange.request.url);
        let matters = (options.matters)(&exchange.request.url);
        owned.push(matters);
        if matters {
            assemble::tell(&exchange, notes);
            keep(exchange, &mut trace, notes, options, &mut kept);
        }
    }
    // What belongs to no exchange that is judged is judged as text.
    let others = spans
        .iter()
        .filter(|(_, draft)| draft.is_none_or(|draft| !owned[draft]));
    let text: String = others.map(|(span, _)| &log[span.clone()]).collect();
    trace.text = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    if let (Some(tap), Some(text)) = (options.tap, &trace.text) {
        tap.log_member(
            "comment",
            &serde_json::Value::from(text.as_str()).to_string(),
        );
    }
    trace
}
