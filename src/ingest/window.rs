//! A stream seen through a buffer that slides along it.
//!
//! Positions are counted from the start of the stream, so they stay true while the buffer
//! slides. Bytes from [`Window::keep_from`] on stay in the buffer until it is moved or dropped;
//! everything else is forgotten as soon as it was read.

use std::io::{self, Read};

/// How much is read at once; large enough to make system calls cheap, small enough to stay in cache.
const CHUNK: usize = 256 << 10;

/// The part of a stream that is in memory.
pub(super) struct Window<'a> {
    reader: &'a mut dyn Read,
    buffer: Vec<u8>,
    /// Position in the stream of `buffer[0]`.
    base: u64,
    /// Next unread byte, as an index into `buffer`.
    next: usize,
    /// End of what was read, as an index into `buffer`.
    end: usize,
    /// Position from which on bytes are kept.
    keep: Option<u64>,
    /// Most bytes that may be kept.
    limit: usize,
    ended: bool,
    failure: Option<io::Error>,
}

impl<'a> Window<'a> {
    /// A window on `reader` that keeps at most `limit` bytes behind it.
    pub(super) fn new(reader: &'a mut dyn Read, limit: usize) -> Self {
        Self {
            reader,
            buffer: vec![0; CHUNK],
            base: 0,
            next: 0,
            end: 0,
            keep: None,
            limit,
            ended: false,
            failure: None,
        }
    }

    /// Position of the next unread byte.
    pub(super) fn position(&self) -> u64 {
        self.base + self.next as u64
    }

    /// What was read and not yet used; empty until [`Window::fill`] was called.
    pub(super) fn unread(&self) -> &[u8] {
        &self.buffer[self.next..self.end]
    }

    /// Marks `count` unread bytes as used.
    pub(super) fn advance(&mut self, count: usize) {
        self.next = (self.next + count).min(self.end);
    }

    /// The next byte, read if need be; `None` at the end.
    pub(super) fn peek(&mut self) -> Option<u8> {
        if self.next == self.end && !self.fill() {
            return None;
        }
        self.buffer.get(self.next).copied()
    }

    /// Goes back to `position`, if the bytes since then are still here.
    pub(super) fn go_back(&mut self, position: u64) {
        if let Some(used) = self.used_since(position) {
            self.next -= used.len();
        }
    }

    /// Keeps everything from `position` on.
    pub(super) fn keep_from(&mut self, position: u64) {
        self.keep = Some(position);
    }

    /// From where on bytes are kept.
    pub(super) fn kept_from(&self) -> Option<u64> {
        self.keep
    }

    /// Keeps nothing but unread bytes.
    pub(super) fn forget(&mut self) {
        self.keep = None;
    }

    /// The used bytes from `start` to the next unread one, if they are still here.
    pub(super) fn used_since(&self, start: u64) -> Option<&[u8]> {
        let kept = self.keep.is_some_and(|keep| keep <= start);
        let from = usize::try_from(start.checked_sub(self.base)?).ok()?;
        if kept {
            self.buffer.get(from..self.next)
        } else {
            None
        }
    }

    /// Why reading stopped, where it was not the end of the stream.
    pub(super) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    /// Reads more; `false` at the end of the stream or of what can be read.
    ///
    /// When more than the limit would have to be kept, the kept bytes are forgotten.
    pub(super) fn fill(&mut self) -> bool {
        if self.ended {
            return false;
        }
        self.slide();
        if self.buffer.len() - self.end < CHUNK / 2 {
            let wanted = (self.buffer.len() * 2).min(self.limit.max(CHUNK) + CHUNK);
            if wanted <= self.buffer.len() {
                self.keep = None;
                self.slide();
            } else {
                self.buffer.resize(wanted, 0);
            }
        }
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => self.ended = true,
                Ok(count) => {
                    self.end += count;
                    return true;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    self.ended = true;
                    self.failure = Some(error);
                }
            }
            return false;
        }
    }

    /// Moves what must stay to the front of the buffer, and gives back a buffer grown large.
    fn slide(&mut self) {
        let kept = self
            .keep
            .and_then(|keep| usize::try_from(keep.saturating_sub(self.base)).ok());
        let first = kept.map_or(self.next, |kept| kept.min(self.next));
        self.buffer.copy_within(first..self.end, 0);
        self.base += first as u64;
        self.next -= first;
        self.end -= first;
        if self.end < CHUNK / 2 && self.buffer.len() > 4 * CHUNK {
            self.buffer.truncate(CHUNK);
            self.buffer.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_asked_and_no_more_than_the_limit() {
        let bytes: Vec<u8> = (0..=250).cycle().take(4 * CHUNK).collect();
        let mut reader = bytes.as_slice();
        let mut window = Window::new(&mut reader, 2 * CHUNK);
        assert_eq!(window.peek(), Some(0));
        window.advance(10);
        window.keep_from(10);
        while window.position() < 100_000 {
            let count = window.unread().len();
            window.advance(count.min(100_000));
            if window.unread().is_empty() && !window.fill() {
                break;
            }
        }
        let kept = window.used_since(10).unwrap();
        assert_eq!(kept[..5], bytes[10..15]);
        loop {
            let count = window.unread().len();
            window.advance(count);
            if !window.fill() {
                break;
            }
        }
        assert_eq!(window.used_since(10), None);
        assert_eq!(window.position(), bytes.len() as u64);
    }
}
