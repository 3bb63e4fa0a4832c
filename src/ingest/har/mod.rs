//! HAR in every dialect → [`Trace`], entry by entry.
//!
//! The envelope is walked as a stream, so that its order, its version and its size do not
//! matter, and a file that ends early costs only what is missing.

mod charles;
mod content;
mod cut;
mod entry;
mod resume;
mod take;
mod url;
mod worker;

pub(super) use entry::timestamp;
pub(super) use take::count_host;

use super::json::Object;
use super::nesting::{Nesting, word_end};
use super::notes::Notes;
use super::sniff;
use super::window::Window;
use super::{Options, Trace};
use crate::error::{Error, Kind};

/// Why a walk stops before its end.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stop {
    /// The stream ends.
    Cut,
    /// Something stands where JSON allows nothing of the kind.
    Broken,
}

/// What an object outside of `entries` turned out to be.
#[derive(Debug, Default, Clone, Copy)]
struct Shape {
    has_log: bool,
    has_request: bool,
    /// What some programs put beside a request instead of an answer.
    has_rule: bool,
}

/// Reads what `window` holds as a HAR called `path`; `None` if it holds none.
///
/// In that case the window has kept everything from its beginning, up to its limit.
pub(super) fn read(
    path: &str,
    window: &mut Window<'_>,
    options: &Options<'_>,
) -> Result<Option<Trace>, Error> {
    let start = window.position();
    window.keep_from(start);
    let mut reader = Reader {
        window,
        options,
        trace: Trace::default(),
        notes: Notes::default(),
        is_trace: false,
        kept: 0,
        unread: 0,
        is_inside: false,
        resumptions: 0,
    };
    let stop = reader.documents().err();
    if !reader.is_trace {
        return Ok(None);
    }
    reader.tell_end(stop);
    let Reader {
        mut trace,
        mut notes,
        unread,
        ..
    } = reader;
    take::tell_sanitised(&trace, &mut notes);
    worker::join(&mut trace.exchanges);
    trace.notes = notes.finish();
    path.clone_into(&mut trace.path);
    let has_entries = trace.total > 0 || stop.is_some();
    match trace.notes.first() {
        Some(note) if has_entries && unread == trace.total => Err(unreadable(path, &note.message)),
        _ => Ok(Some(trace)),
    }
}

/// The refusal of a HAR that has entries, and none that could be read.
fn unreadable(path: &str, why: &str) -> Error {
    let message = format!("no entry of {path} could be read: {why}");
    Error::new(Kind::Unreadable, message).with_hint("save the trace again")
}

struct Reader<'a, 'r, 'o> {
    window: &'a mut Window<'r>,
    options: &'a Options<'o>,
    trace: Trace,
    notes: Notes,
    /// Set as soon as a `log` or an entry was seen.
    is_trace: bool,
    /// Bytes kept so far.
    kept: usize,
    /// How many entries could not be read.
    unread: usize,
    /// Whether the walk is in a HAR that lies under a name in an object of several.
    is_inside: bool,
    /// How many places were tried where an entry could begin behind a broken one.
    resumptions: usize,
}

impl Reader<'_, '_, '_> {
    /// All values of the stream: one HAR, several behind each other, or entries line by line.
    fn documents(&mut self) -> Result<(), Stop> {
        loop {
            self.skip_blanks(b",;)}]\0");
            match self.window.peek() {
                None => return Ok(()),
                Some(b'{') => {
                    let start = self.window.position();
                    if let Err(stop) = self.bare_object() {
                        self.next_line(start, stop)?;
                    }
                }
                Some(b'[') => self.array()?,
                Some(_) if self.is_trace => {
                    self.notes.once(
                        "trailing-data",
                        "there is something behind the end of the log that is no JSON; it was passed over",
                    );
                    self.skip_junk();
                }
                Some(_) => return Err(Stop::Broken),
            }
        }
    }

    /// An object at the top or in an array at the top: a HAR, a bare log, a bare entry, or no trace.
    fn bare_object(&mut self) -> Result<(), Stop> {
        let start = self.window.position();
        if self.is_trace {
            self.window.keep_from(start);
        }
        let shape = self.object(false)?;
        if shape.has_request && !shape.has_log && !shape.has_rule {
            self.take_bare_entry(start);
        }
        Ok(())
    }

    /// An array at the top, of logs or of entries.
    fn array(&mut self) -> Result<(), Stop> {
        self.window.advance(1);
        loop {
            self.skip_blanks(b",");
            match self.window.peek().ok_or(Stop::Cut)? {
                b']' => {
                    self.window.advance(1);
                    return Ok(());
                }
                b'{' => self.bare_object()?,
                _ => self.skip_value()?,
            }
        }
    }

    /// The object that comes next: walks into `log` and `entries`, skips the rest.
    fn object(&mut self, in_log: bool) -> Result<Shape, Stop> {
        let mut shape = Shape::default();
        self.window.advance(1);
        loop {
            self.skip_blanks(b",\0");
            match self.window.peek().ok_or(Stop::Cut)? {
                b'}' => {
                    self.window.advance(1);
                    return Ok(shape);
                }
                b'"' => {}
                _ => return Err(Stop::Broken),
            }
            let key = self.key()?;
            self.skip_blanks(b":");
            let first = self.window.peek().ok_or(Stop::Cut)?;
            match (key.as_str(), first) {
                ("log", b'{') if !in_log => {
                    shape.has_log = true;
                    self.set_trace();
                    self.object(true)?;
                }
                ("entries", b'[') if in_log => self.entries()?,
                ("entries", b'{') if in_log => self.entries_in_object()?,
                ("entries", b'[') => {
                    self.array()?;
                    shape.has_log |= self.is_trace;
                }
                ("creator", _) if self.trace.creator.is_none() => self.creator()?,
                ("_text", b'"') if in_log => self.text()?,
                ("_lost", b'"') if in_log => self.lost()?,
                ("request", b'{') => {
                    shape.has_request = true;
                    self.skip_value()?;
                }
                ("rule", b'{') if !in_log => {
                    shape.has_rule = true;
                    self.skip_value()?;
                }
                (_, b'{') if !in_log && !self.is_inside && self.is_har_here() => {
                    self.is_inside = true;
                    let inner = self.object(false);
                    self.is_inside = false;
                    shape.has_log |= inner?.has_log;
                }
                _ => self.skip_value()?,
            }
        }
    }

    /// `log.entries`; goes on behind a broken entry where another one begins.
    fn entries(&mut self) -> Result<(), Stop> {
        self.window.advance(1);
        let mut after_broken = false;
        loop {
            self.skip_blanks(b",\0");
            let first = self.window.peek().ok_or(Stop::Cut)?;
            let start = self.window.position();
            let unread = self.unread;
            let done = match first {
                b']' => {
                    self.window.advance(1);
                    return Ok(());
                }
                b'{' => self.entry(),
                _ => self.no_entry(),
            };
            if let Err(stop) = done {
                let is_cut = stop == Stop::Cut;
                let request = is_cut.then(|| self.complete_request(start)).flatten();
                if let Err(stop) = self.resume(start, stop) {
                    self.take_cut(request);
                    return Err(stop);
                }
                if !after_broken {
                    self.count_unreadable("entry-lost", "its brackets or quotes do not match");
                }
            }
            // What follows a broken entry may be a piece of it, which is not counted again.
            after_broken = self.unread > unread;
        }
    }

    /// `log.entries` as an object, as conversions from XML write it: a single entry, a list called
    /// `entry`, or a map from numbers to entries.
    fn entries_in_object(&mut self) -> Result<(), Stop> {
        let start = self.window.position();
        self.window.keep_from(start);
        self.window.advance(1);
        let mut is_entry = false;
        loop {
            self.skip_blanks(b",\0");
            if self.window.peek().ok_or(Stop::Cut)? == b'}' {
                self.window.advance(1);
                break;
            }
            let key = self.key()?;
            self.skip_blanks(b":");
            let is_number = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
            match (key.as_str(), self.window.peek().ok_or(Stop::Cut)?) {
                ("entry", b'[') => self.entries()?,
                ("entry", b'{') => self.entry()?,
                (_, b'{') if is_number => self.entry()?,
                _ => {
                    is_entry |= key == "request";
                    self.skip_value()?;
                }
            }
        }
        if is_entry {
            self.take_bare_entry(start);
        }
        self.window.forget();
        Ok(())
    }

    /// Counts what stands in `entries` and is no entry.
    fn no_entry(&mut self) -> Result<(), Stop> {
        self.skip_value()?;
        self.skip_blanks(b"");
        if self.window.peek() == Some(b':') {
            return Err(Stop::Broken);
        }
        self.count_unreadable("entry-unreadable", "it is no object");
        Ok(())
    }

    /// From now on this is a trace, and what was read of it so far need not be kept.
    fn set_trace(&mut self) {
        self.is_trace = true;
        self.window.forget();
    }

    /// What a copy of a log or session keeps of the words around the calls.
    fn text(&mut self) -> Result<(), Stop> {
        let raw = self.kept_value()?;
        let text: String = serde_json::from_str(&raw).unwrap_or_default();
        self.trace.text = Some(text).filter(|text| !text.is_empty());
        Ok(())
    }

    /// What a copy tells of the calls that could not be read in its original.
    fn lost(&mut self) -> Result<(), Stop> {
        let raw = self.kept_value()?;
        let text: String = serde_json::from_str(&raw).unwrap_or_default();
        for line in text.lines() {
            self.notes.add("entry-lost", None, line);
        }
        Ok(())
    }

    /// `log.creator`: normally an object with name and version, sometimes only a string.
    fn creator(&mut self) -> Result<(), Stop> {
        let raw = self.kept_value()?;
        let creator = match Object::parse(&raw) {
            Ok(creator) => {
                let name = creator.filled("name").unwrap_or_default();
                let version = creator.filled("version").unwrap_or_default();
                format!("{name} {version}").trim().to_owned()
            }
            Err(_) => serde_json::from_str::<String>(&raw).unwrap_or_default(),
        };
        // Recorders have words and versions.
        let is_of_recorder = |word: &&str| {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            digits <= 1 || word.starts_with(|c: char| c.is_ascii_digit() || c == 'v')
        };
        let words: Vec<&str> = creator.split_whitespace().filter(is_of_recorder).collect();
        let creator = words.join(" ");
        self.trace.creator = Some(creator).filter(|creator| !creator.is_empty());
        Ok(())
    }

    /// Says how the stream ended, if not well.
    fn tell_end(&mut self, stop: Option<Stop>) {
        let entries = self.trace.total;
        if let Some(failure) = self.window.take_failure() {
            let message = format!(
                "reading stopped after entry {entries}: {failure}; what came before it was read"
            );
            // Where an entry was cut, that is told already.
            self.notes.once("file-cut", message);
            return;
        }
        match stop {
            Some(Stop::Cut) => self.notes.once(
                "file-cut",
                format!("the file ends before its log does; {entries} complete entries were read"),
            ),
            Some(Stop::Broken) => self.notes.add(
                "file-damaged",
                None,
                format!(
                    "the log is no JSON behind entry {entries}; the entries before it were read"
                ),
            ),
            None => {}
        }
    }
}

/// The small steps of the walk.
impl Reader<'_, '_, '_> {
    /// Whether the object that comes next begins as a HAR does.
    fn is_har_here(&mut self) -> bool {
        const FAR_ENOUGH: usize = 256;
        while self.window.unread().len() < FAR_ENOUGH && self.window.fill() {}
        let unread = self.window.unread();
        sniff::log_inside(&unread[..unread.len().min(FAR_ENOUGH)]) == Some(0)
    }

    /// Skips blanks and the separators in `also`.
    fn skip_blanks(&mut self, also: &[u8]) {
        while let Some(byte) = self.window.peek() {
            if !byte.is_ascii_whitespace() && !also.contains(&byte) && byte != b'\x0b' {
                return;
            }
            let blank = |byte: &u8| byte.is_ascii_whitespace() || also.contains(byte);
            let unread = self.window.unread();
            let count = unread
                .iter()
                .position(|byte| !blank(byte))
                .unwrap_or(unread.len());
            self.window.advance(count.max(1));
        }
    }

    /// Skips to the next bracket that could begin a value.
    fn skip_junk(&mut self) {
        while self.window.peek().is_some() {
            let unread = self.window.unread();
            let found = memchr::memchr2(b'{', b'[', unread);
            let count = found.unwrap_or(unread.len());
            self.window.advance(count);
            if found.is_some() {
                return;
            }
        }
    }

    /// The key that comes next; empty if it is absurdly long or no text.
    fn key(&mut self) -> Result<String, Stop> {
        let raw = self.kept_value()?;
        Ok(serde_json::from_str(&raw).unwrap_or_default())
    }

    /// The text of the value that comes next; empty if it is too long to keep.
    fn kept_value(&mut self) -> Result<String, Stop> {
        let start = self.window.position();
        let before = self.window.kept_from();
        if before.is_none() {
            self.window.keep_from(start);
        }
        self.skip_value()?;
        let raw = self.window.used_since(start).unwrap_or_default();
        let raw = String::from_utf8_lossy(raw).into_owned();
        if before.is_none() {
            self.window.forget();
        }
        Ok(raw)
    }

    /// Passes over the value that comes next.
    fn skip_value(&mut self) -> Result<(), Stop> {
        match self.window.peek().ok_or(Stop::Cut)? {
            b'{' | b'[' => {
                let mut nesting = Nesting::default();
                self.skip_until(|bytes| nesting.advance(bytes))
            }
            b'"' => {
                self.window.advance(1);
                let mut nesting = Nesting::inside_string();
                self.skip_until(|bytes| {
                    let end = nesting.leave_string(bytes);
                    (!nesting.is_inside_string()).then_some(end)
                })
            }
            b'}' | b']' | b',' | b':' => {
                self.window.advance(1);
                Err(Stop::Broken)
            }
            _ => self.skip_until(word_end),
        }
    }

    /// Passes over bytes until `end` says where to stop.
    fn skip_until(&mut self, mut end: impl FnMut(&[u8]) -> Option<usize>) -> Result<(), Stop> {
        loop {
            let unread = self.window.unread();
            if let Some(end) = end(unread) {
                self.window.advance(end);
                return Ok(());
            }
            let count = unread.len();
            self.window.advance(count);
            if !self.window.fill() {
                return Err(Stop::Cut);
            }
        }
    }
}

#[cfg(test)]
mod tests;
