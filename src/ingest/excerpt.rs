//! Texts of any length: of a log that is too long to hold, what lies near service-endpoint calls.

use std::io::{self, Read};

use super::log::speaks_of_endpoints;
use super::notes::Notes;
use super::plain::{decoded, too_large};
use crate::error::Error;

/// How many bytes in front of a line that speaks of service endpoints are kept, and how many behind it.
const BEFORE: usize = 256 << 10;
const AFTER: usize = 512 << 10;
/// How much is read at once, in bytes.
const CHUNK: usize = 256 << 10;

/// Reads a text of at most `limit` bytes whole. Of a longer one the lines far from any service-endpoint
/// call are left out, which a note tells.
pub(super) fn read(
    path: &str,
    stream: &mut dyn Read,
    limit: usize,
) -> Result<(String, Notes), Error> {
    let mut notes = Notes::default();
    let mut bytes = Vec::new();
    let mut failure = stream.take(limit as u64 + 1).read_to_end(&mut bytes).err();
    if bytes.len() > limit {
        let mut excerpt = Excerpt::default();
        excerpt.push(&bytes);
        bytes = vec![0; CHUNK];
        while excerpt.kept.len() <= limit {
            match stream.read(&mut bytes) {
                Ok(0) => break,
                Ok(count) => excerpt.push(&bytes[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        let left_out = excerpt.finish();
        if excerpt.kept.is_empty() || excerpt.kept.len() > limit {
            return Err(too_large(path, limit));
        }
        bytes = excerpt.kept;
        let message = format!(
            "{} MiB of the log were left out: they are far from any service-endpoint call",
            left_out.div_ceil(1 << 20)
        );
        notes.add("log-shortened", None, message);
    }
    if let Some(error) = failure {
        notes.add("file-cut", None, format!("reading stopped early: {error}"));
    }
    let text = decoded(&bytes, &mut notes);
    Ok((text, notes))
}

/// The lines near those that speak of service endpoints.
#[derive(Default)]
struct Excerpt {
    kept: Vec<u8>,
    /// Lines that are kept only if one soon speaks of a service endpoint.
    recent: Vec<u8>,
    /// A line whose end was not read yet.
    line: Vec<u8>,
    /// How many bytes are still kept behind the last such line.
    after: usize,
    left_out: u64,
}

impl Excerpt {
    fn push(&mut self, bytes: &[u8]) {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") || self.line.len() > BEFORE {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        if speaks_of_endpoints(&self.line) {
            self.kept.append(&mut self.recent);
            self.after = AFTER;
        }
        if self.after > 0 {
            self.after = self.after.saturating_sub(self.line.len());
            self.kept.append(&mut self.line);
            return;
        }
        self.recent.append(&mut self.line);
        // Taken off in large pieces, so that nothing is moved often.
        if self.recent.len() > 2 * BEFORE {
            let cut = self.recent.len() - BEFORE;
            let line = memchr::memchr(b'\n', &self.recent[cut..]).map_or(0, |end| end + 1);
            self.left_out += (cut + line) as u64;
            self.recent.drain(..cut + line);
        }
    }

    /// How many bytes were left out in all.
    fn finish(&mut self) -> u64 {
        self.end_line();
        self.left_out + self.recent.len() as u64
    }
}
