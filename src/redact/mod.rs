//! Trace → the same trace without its secrets, safe to share, and with its diagnosis.
//!
//! A trace is read twice. The first reading finds out what is secret and what names somebody, by
//! place, by name and by shape. The second one writes, and takes what was found also where only the
//! value gives it away. Then what was written is looked through for every value that was removed,
//! in all its spellings: [`Redaction::verify`].

mod alias;
mod archive;
mod check;
mod entry;
mod fields;
mod form;
mod header;
mod hosts;
mod json;
mod loose;
mod mask;
mod object;
mod scrub;
mod shape;
mod text;
mod token;
mod url;
mod vault;
mod vocabulary;
mod writer;

use std::io::{self, Read, Seek, SeekFrom, Write};

use self::scrub::Scrubber;
use self::writer::Writer;
use crate::error::{Error, Kind};
use crate::ingest::{self, IngestNote, ReadSeek, Sidecar, Source, Trace};

pub(crate) use vocabulary::is_common;

/// Largest single entry or body that is redacted, in bytes.
const MAX_ENTRY: usize = 256 << 20;

/// Of a trace that unpacks to more than so many bytes for each of its own no copy is written.
const MOST_UNPACKED: u64 = 200;

/// A copy may always have so many bytes.
const ALWAYS: u64 = 1 << 30;

/// How to redact.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// What makes the aliases of this run differ from those of any other; from a good source of chance.
    pub salt: [u8; 16],
    /// Ids, names and addresses stay; only secrets go.
    pub keep_ids: bool,
    /// Asked when an archive turns out to be encrypted.
    pub password: Option<&'a dyn Fn() -> Option<String>>,
    /// Gives a file that a recorder laid beside the trace.
    pub sidecar: Option<Sidecar<'a>>,
    /// Of an archive, the one trace that is copied; see [`ingest::Options::only`].
    pub only: Option<&'a str>,
}

/// What a redaction did.
#[derive(Debug)]
pub struct Redaction {
    scrubber: Scrubber,
    /// How many entries were written; `None` for a text, which has none.
    pub entries: Option<usize>,
    /// What could not be read, and is therefore not in the copy.
    pub notes: Vec<IngestNote>,
}

/// Reads the trace in `source`, called `path` for people, and writes a copy of it to `out`.
///
/// The copy is a HAR; of a pasted text or payload it is a text. What was written must not be handed
/// on before [`Redaction::verify`] has looked at it.
pub fn redact(
    path: &str,
    source: &mut dyn ReadSeek,
    out: &mut dyn Write,
    options: &Options<'_>,
) -> Result<Redaction, Error> {
    let mut scrubber = Scrubber::new(options.salt, options.keep_ids);
    pass(path, source, &mut io::sink(), &mut scrubber, options)?;
    scrubber.start_over();
    source.rewind().map_err(|error| failed(path, &error))?;
    let (entries, notes) = pass(path, source, out, &mut scrubber, options)?;
    Ok(Redaction {
        scrubber,
        entries,
        notes,
    })
}

/// Reads the trace once and writes what `scrubber` makes of it.
fn pass(
    path: &str,
    source: &mut dyn ReadSeek,
    out: &mut dyn Write,
    scrubber: &mut Scrubber,
    options: &Options<'_>,
) -> Result<(Option<usize>, Vec<IngestNote>), Error> {
    let size = source.seek(SeekFrom::End(0));
    let size = size.and_then(|size| source.rewind().map(|()| size));
    let size = size.map_err(|error| failed(path, &error))?;
    let room = size.saturating_mul(MOST_UNPACKED).max(ALWAYS);
    let writer = Writer::new(scrubber, out, room);
    let reading = ingest::Options {
        password: options.password,
        sidecar: options.sidecar,
        only: options.only,
        matters: |_| true,
        max_entry: MAX_ENTRY,
        tap: Some(&writer),
        ..ingest::Options::default()
    };
    let mut source = source;
    let mut traces = ingest::read(path, Source::File(&mut source), &reading)?;
    // What lies beside a recording is not copied.
    let is_recording = |trace: &Trace| trace.failure.is_none() && !trace.container.is_document();
    if traces.iter().any(is_recording) {
        traces.retain(is_recording);
    }
    if traces.len() > 1 {
        let message = format!("{path} holds {} traces", traces.len());
        return Err(Error::new(Kind::Usage, message).with_hint(format!(
            "redact them one by one, the first as {}",
            traces[0].path
        )));
    }
    let trace = traces.pop().unwrap_or_default();
    if let Some(why) = trace.failure {
        return Err(why);
    }
    let is_text = trace.container.is_document();
    let written = if is_text {
        drop(writer);
        write_text(&trace, out, scrubber)?;
        None
    } else {
        let entries = writer.finish(trace.total);
        Some(entries.map_err(|error| not_written(&error))?)
    };
    Ok((written, trace.notes))
}

/// A pasted text or payload.
fn write_text(trace: &Trace, out: &mut dyn Write, scrubber: &mut Scrubber) -> Result<(), Error> {
    let text = trace.text.as_deref().unwrap_or_default();
    let redacted = scrubber.leaf(text);
    out.write_all(redacted.as_deref().unwrap_or(text).as_bytes())
        .map_err(|error| not_written(&error))
}

fn not_written(error: &io::Error) -> Error {
    Error::new(
        Kind::Unreadable,
        format!("the copy could not be written: {error}"),
    )
}

fn failed(path: &str, error: &io::Error) -> Error {
    Error::new(
        Kind::Unreadable,
        format!("{path} could not be read again: {error}"),
    )
}

impl Redaction {
    /// What was replaced, in words, with how often.
    pub fn manifest(&self) -> Vec<(&'static str, usize)> {
        self.scrubber.counts.words()
    }

    /// How many different values [`Self::verify`] looks for.
    pub fn removed(&self) -> usize {
        let vault = &self.scrubber.vault;
        let addresses = if self.scrubber.keep_ids {
            0
        } else {
            vault.emails.len()
        };
        check::searched(vault).count() + addresses
    }

    /// Looks through `written` for everything that was removed. An error says that it must be
    /// thrown away.
    pub fn verify(&self, written: &mut (impl Read + Seek)) -> Result<(), Error> {
        let survivors = check::survivors(&self.scrubber.vault, self.scrubber.keep_ids, written)
            .map_err(|error| failed("the copy", &error))?;
        if survivors.is_empty() {
            return Ok(());
        }
        let what: Vec<&str> = survivors.into_iter().collect();
        let message = format!(
            "{} that was to be removed still stands in the copy, so nothing was written",
            what.join(" and ")
        );
        Err(Error::new(Kind::Unreadable, message)
            .with_hint("share the report of `mendpoint check` instead; it shows no secret"))
    }
}
