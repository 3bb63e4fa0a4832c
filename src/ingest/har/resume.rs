//! Finds the next entry behind one whose brackets or quotes do not match.

use super::take::kind_of_loss;
use super::url::{Url, request_url};
use super::{Reader, Stop};

/// How many places are tried in one trace; more are not the work of an accident.
const MOST_TRIALS: usize = 10_000;

/// How many broken lines are passed over; each may have to be read to the end of the file.
const MOST_LINES: usize = 1_000;

/// How far a place is read to see whether an entry begins there.
const FAR_ENOUGH: usize = 256 << 10;

/// Keys that entries of known recorders begin with.
const FIRST_KEYS: &[&[u8]] = &[
    b"\"_",
    b"\"startedDateTime\"",
    b"\"pageref\"",
    b"\"request\"",
    b"\"time\"",
    b"\"cache\"",
    b"\"connection\"",
    b"\"comment\"",
    b"\"serverIPAddress\"",
];

impl Reader<'_, '_, '_> {
    /// Goes to the next entry behind the broken one that began at `start`.
    pub(super) fn resume(&mut self, start: u64, stop: Stop) -> Result<(), Stop> {
        if self.seek_entry(start, u64::MAX) {
            return Ok(());
        }
        Err(stop)
    }

    /// Of entries line by line, goes to the next one behind the broken one that began at `start`.
    pub(super) fn next_line(&mut self, start: u64, stop: Stop) -> Result<(), Stop> {
        self.resumptions += 1;
        if !self.is_trace
            || self.resumptions > MOST_LINES
            || self.window.used_since(start).is_none()
        {
            return Err(stop);
        }
        self.window.go_back(start);
        loop {
            let unread = self.window.unread();
            let end = memchr::memmem::find(unread, b"\n{");
            let count = end.map_or(unread.len(), |end| end + 1);
            self.window.advance(count);
            if end.is_some() {
                break;
            }
            if !self.window.fill() {
                return Err(stop);
            }
        }
        let line = self.window.used_since(start).unwrap_or_default();
        let kind = kind_of_loss(&Url::Absent, &String::from_utf8_lossy(line));
        self.count_unreadable(kind, "its line is no complete JSON");
        Ok(())
    }

    /// Goes back into an unreadable entry to see whether it swallowed others.
    pub(super) fn look_inside(&mut self, start: u64) {
        let end = self.window.position();
        self.seek_entry(start, end);
    }

    /// Goes to the first entry that begins behind `start` and before `end`, or to `end`.
    fn seek_entry(&mut self, start: u64, end: u64) -> bool {
        self.window.go_back(start);
        if self.window.position() == start {
            self.window.advance(1);
        }
        while self.window.position() < end && self.window.peek().is_some() {
            let unread = self.window.unread();
            let left = usize::try_from(end - self.window.position()).unwrap_or(usize::MAX);
            let unread = &unread[..unread.len().min(left)];
            let found = memchr::memchr(b'{', unread);
            let count = found.unwrap_or(unread.len());
            self.window.advance(count);
            if found.is_none() {
                continue;
            }
            if self.resumptions >= MOST_TRIALS {
                return false;
            }
            if self.is_entry_here() {
                return true;
            }
            self.window.advance(1);
        }
        false
    }

    /// Whether the bracket that comes next opens an entry.
    fn is_entry_here(&mut self) -> bool {
        self.window.keep_from(self.window.position());
        while self.window.unread().len() < 64 && self.window.fill() {}
        let inside = self
            .window
            .unread()
            .get(1..)
            .unwrap_or_default()
            .trim_ascii_start();
        if !FIRST_KEYS.iter().any(|key| inside.starts_with(key)) {
            return false;
        }
        self.resumptions += 1;
        loop {
            let unread = self.window.unread();
            match request_url(unread) {
                Url::Known(_) => return true,
                Url::Absent => return false,
                Url::NotYet if unread.len() >= FAR_ENOUGH => return false,
                Url::NotYet => {}
            }
            if !self.window.fill() {
                return false;
            }
        }
    }
}
