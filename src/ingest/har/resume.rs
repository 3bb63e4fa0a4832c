//! Finds the next entry behind one whose brackets or quotes do not match.

use super::url::{Url, request_url};
use super::{Reader, Stop};

/// How many places are tried in one trace; more are not the work of an accident.
const MOST_TRIALS: usize = 10_000;

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
