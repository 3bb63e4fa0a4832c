//! A trace is read entry by entry, and each entry written as soon as it is redacted.

use std::cell::RefCell;
use std::io::{self, Write};

use super::archive;
use super::json::quoted;
use super::scrub::Scrubber;
use crate::exchange::Exchange;
use crate::ingest::{Sidecar, Tap};

/// Takes what a reader hands on, and writes it as one HAR.
pub(super) struct Writer<'a> {
    state: RefCell<State<'a>>,
}

struct State<'a> {
    scrubber: &'a mut Scrubber,
    out: &'a mut dyn Write,
    /// What was written last.
    at: At,
    has_version: bool,
    has_creator: bool,
    /// Members of the log that came behind its entries, in case more entries follow.
    behind: Vec<String>,
    /// How many entries were written.
    entries: usize,
    /// How many more bytes of entries may be written.
    room: u64,
    failure: Option<io::Error>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Start,
    Members,
    Entries,
}

impl<'a> Writer<'a> {
    /// A writer of at most `room` bytes of entries.
    pub(super) fn new(scrubber: &'a mut Scrubber, out: &'a mut dyn Write, room: u64) -> Self {
        Self {
            state: RefCell::new(State {
                scrubber,
                out,
                at: At::Start,
                has_version: false,
                has_creator: false,
                behind: Vec::new(),
                entries: 0,
                room,
                failure: None,
            }),
        }
    }

    /// Ends the HAR, which has `total` entries.
    pub(super) fn finish(self, total: usize) -> io::Result<usize> {
        let mut state = self.state.into_inner();
        if let Some(failure) = state.failure.take() {
            return Err(failure);
        }
        state.fill(total)?;
        state.end()?;
        Ok(state.entries)
    }

    fn guard(&self, step: impl FnOnce(&mut State<'a>) -> io::Result<()>) {
        let mut state = self.state.borrow_mut();
        if state.failure.is_none() {
            let done = step(&mut state);
            state.failure = done.err();
        }
    }
}

impl State<'_> {
    fn begin(&mut self) -> io::Result<()> {
        if self.at == At::Start {
            self.out.write_all(b"{\"log\":{")?;
            self.at = At::Members;
        }
        Ok(())
    }

    fn member(&mut self, name: &str, raw: &str) -> io::Result<()> {
        let first = self.at == At::Start;
        self.begin()?;
        // A second log behind the first one has these members, too.
        match name {
            "version" if std::mem::replace(&mut self.has_version, true) => return Ok(()),
            "creator" if std::mem::replace(&mut self.has_creator, true) => return Ok(()),
            "entries" => return Ok(()),
            _ => {}
        }
        let new = self.scrubber.log_member(name, raw);
        let text = format!("{}:{}", quoted(name), new.as_deref().unwrap_or(raw));
        if self.at == At::Entries {
            self.behind.push(text);
            return Ok(());
        }
        write!(self.out, "{}{text}", if first { "\n" } else { ",\n" })
    }

    fn entry(&mut self, text: &str) -> io::Result<()> {
        self.room = self
            .room
            .checked_sub(text.len() as u64)
            .ok_or_else(|| io::Error::other("it would be many times larger than the trace"))?;
        let comma = if self.at == At::Start { "\n" } else { ",\n" };
        self.begin()?;
        if self.at == At::Entries {
            write!(self.out, ",\n{text}")?;
        } else {
            write!(self.out, "{comma}\"entries\":[\n{text}")?;
        }
        self.at = At::Entries;
        self.entries += 1;
        Ok(())
    }

    /// Fills the places up to `entry` that hold nothing for us.
    fn fill(&mut self, entry: usize) -> io::Result<()> {
        while self.entries < entry {
            let gap = archive::gap().map_err(io::Error::other)?;
            self.entry(&gap)?;
        }
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let first = self.at == At::Start;
        self.begin()?;
        if self.at != At::Entries {
            write!(
                self.out,
                "{}\"entries\":[",
                if first { "\n" } else { ",\n" }
            )?;
        }
        self.out.write_all(b"\n]")?;
        for text in &self.behind {
            write!(self.out, ",\n{text}")?;
        }
        if !self.has_version {
            self.out.write_all(b",\n\"version\":\"1.2\"")?;
        }
        if !self.has_creator {
            let version = env!("CARGO_PKG_VERSION");
            write!(
                self.out,
                ",\n\"creator\":{{\"name\":\"mendpoint\",\"version\":\"{version}\"}}"
            )?;
        }
        self.out.write_all(b"}}\n")
    }
}

impl Tap for Writer<'_> {
    fn log_member(&self, name: &str, raw: &str) {
        // Something broken is no loss: it was not needed to read the trace.
        if serde_json::from_str::<serde::de::IgnoredAny>(raw).is_ok() {
            self.guard(|state| state.member(name, raw));
        }
    }

    fn har_entry(&self, entry: usize, raw: &str, sidecar: Sidecar<'_>) {
        self.guard(|state| {
            state.fill(entry)?;
            match state.scrubber.entry(raw, sidecar) {
                Some(text) => state.entry(&text),
                None => state.fill(entry + 1),
            }
        });
    }

    fn exchange(&self, exchange: Exchange) {
        self.guard(|state| {
            state.fill(exchange.entry)?;
            let text = archive::entry(&exchange).map_err(io::Error::other)?;
            let none = |_: &str| None;
            match state.scrubber.entry(&text, &none) {
                Some(text) => state.entry(&text),
                None => state.fill(exchange.entry + 1),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_ends_where_its_room_does() {
        for (room, fits) in [(1 << 20, true), (700, false)] {
            let mut scrubber = Scrubber::new([1; 16], false);
            let mut out = Vec::new();
            let writer = Writer::new(&mut scrubber, &mut out, room);
            for number in 0..2 {
                writer.exchange(Exchange {
                    entry: number,
                    comment: Some("word ".repeat(100)),
                    ..Exchange::default()
                });
            }
            let written = writer.finish(2);
            assert_eq!(written.is_ok(), fits, "{room}");
            if let Err(error) = written {
                assert!(error.to_string().contains("larger than the trace"));
            }
        }
    }
}
