//! What is left of an entry inside of which the file ends.

use super::url::complete_request;
use super::{Object, Reader, entry, take};
use crate::ingest::keep::keep;

impl Reader<'_, '_, '_> {
    /// The request of the entry that began at `start`, if the file holds all of it.
    pub(super) fn complete_request(&self, start: u64) -> Option<String> {
        let entry = self.window.used_since(start)?;
        let request = std::str::from_utf8(complete_request(entry)?).ok()?;
        Some(format!("{{\"request\":{request}}}"))
    }

    /// Takes the request of the last entry, which lacks the rest.
    pub(super) fn take_cut(&mut self, request: Option<String>) {
        let Some(request) = request else {
            return;
        };
        let Ok(object) = Object::parse(&request) else {
            return;
        };
        let none = |_: &str| None;
        let sidecar = self.options.sidecar.unwrap_or(&none);
        let Some(mut exchange) = entry::exchange(&object, sidecar) else {
            return;
        };
        let number = self.trace.total;
        self.trace.total += 1;
        take::count_host(&mut self.trace, &exchange.request.url);
        let message = format!(
            "the file ends inside entry {number}; its request was read, and nothing behind it"
        );
        self.notes.add("file-cut", Some(number), message);
        if self.options.others.is_none() && !(self.options.matters)(&exchange.request.url) {
            return;
        }
        exchange.entry = number;
        exchange.error = Some("the file ends inside this entry".to_owned());
        // Its time stands behind the cut; it was not before what precedes it.
        let times = self.trace.exchanges.iter().map(|before| before.started);
        exchange.started = times.max().flatten();
        keep(
            exchange,
            &mut self.trace,
            &mut self.notes,
            self.options,
            &mut self.kept,
        );
    }
}
