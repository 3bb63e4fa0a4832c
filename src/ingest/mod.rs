//! bytes → container → [`Exchange`]s and [`IngestNote`]s.
//!
//! Containers are known by their bytes and never by their names. A broken entry costs that
//! entry, a cut file costs what is missing, and each loss is a note.

mod archive;
mod around;
pub(crate) mod body;
mod careful;
mod coding;
mod excerpt;
mod foreign;
pub(crate) mod har;
mod http;
pub(crate) mod json;
mod keep;
mod literal;
mod log;
mod mail;
mod nesting;
mod netxml;
mod notes;
mod payload;
mod plain;
mod repair;
mod session;
mod sniff;
mod tarball;
mod text;
mod value;
mod window;

use std::cell::Cell;
use std::io::{Cursor, Read, Seek};

pub(crate) use self::foreign::is_web_page;
use self::sniff::Beginning;

use crate::connection::route::can_matter;
use crate::error::{Error, Kind};
use crate::exchange::Exchange;

/// Everything read from one trace.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// Where it came from, for people: the path given, with `!member` behind it for a trace inside an archive.
    pub path: String,
    /// What the bytes turned out to be.
    pub container: Container,
    /// The recorder, as it names itself (`WebInspector 537.36`).
    pub creator: Option<String>,
    /// How many exchanges the container holds, relevant or not.
    pub total: usize,
    /// Exchanges that can matter (see [`Options::matters`]), in file order.
    pub exchanges: Vec<Exchange>,
    /// For [`Container::Text`] and [`Container::Json`]: the text itself. For
    /// [`Container::SessionText`]: what people wrote in front of it. For [`Container::Log`]: what is
    /// in no exchange.
    pub text: Option<String>,
    /// Hosts of all exchanges with how often each was asked; at most 64.
    pub hosts: Vec<(String, usize)>,
    /// What could not be read, or is only known to the recorder.
    pub notes: Vec<IngestNote>,
    /// Why nothing could be read; then this stands for an input that is only known by its path.
    pub failure: Option<Error>,
    /// It was found in a folder or an archive and not named: a text in which nothing is known is then
    /// no input.
    pub found: bool,
}

impl Trace {
    /// What stands for an input that could not be read.
    pub fn unreadable(path: &str, why: Error) -> Self {
        Self {
            path: path.to_owned(),
            container: Container::Unknown,
            failure: Some(why),
            ..Self::default()
        }
    }
}

/// How many different hosts a [`Trace`] remembers.
pub(crate) const MAX_HOSTS: usize = 64;

/// The container formats; the names are those of the JSON report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Container {
    /// An HTTP Archive in any dialect.
    #[default]
    Har,
    /// A Fiddler archive.
    Saz,
    /// Requests and responses as text.
    SessionText,
    /// The log of a tool, or requests that somebody copied.
    Log,
    /// Any other text: a pasted error message or log.
    Text,
    /// JSON that is no trace: a bare payload or error body.
    Json,
    /// What somebody wrote in a mail; what is attached is inputs of its own.
    Mail,
    /// Nobody knows: it could not be read.
    Unknown,
}

impl Container {
    /// The name in reports; none of what could not be read.
    pub(crate) fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Har => "har",
            Self::Saz => "saz",
            Self::SessionText => "session-text",
            Self::Log => "log",
            Self::Mail => "mail",
            Self::Text => "text",
            Self::Json => "json",
            Self::Unknown => return None,
        })
    }

    /// The media type of such a file.
    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Har | Self::Json => "application/json",
            Self::Saz => "application/zip",
            Self::SessionText | Self::Log | Self::Text => "text/plain",
            Self::Mail => "message/rfc822",
            Self::Unknown => "application/octet-stream",
        }
    }

    /// Whether it holds a text and no exchanges.
    pub(crate) fn is_document(self) -> bool {
        match self {
            Self::Text | Self::Json | Self::Mail => true,
            Self::Har | Self::Saz | Self::SessionText | Self::Log | Self::Unknown => false,
        }
    }
}

/// Endings of the names of files that were meant as recordings, whatever is in them.
const RECORDINGS: [&str; 9] = [
    ".har", ".saz", ".zhar", ".chlsj", ".chls", ".eml", ".msg", ".zip", ".har.gz",
];

/// Whether whoever named the file meant it as a recording. What it is, its bytes say; the name only
/// tells whether somebody misses what cannot be read.
pub(crate) fn is_named_as_recording(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    RECORDINGS.iter().any(|ending| path.ends_with(ending))
}

/// What is said of a text under the name of an archive.
pub(crate) fn no_archive(path: &str) -> Option<String> {
    let path = path.to_ascii_lowercase();
    let ending = [".saz", ".zip", ".zhar"]
        .into_iter()
        .find(|ending| path.ends_with(ending))?;
    Some(format!(
        "its name ends in {ending}, but it is no archive: it was read as a text; save or send it again"
    ))
}

/// Part of the input could not be read; the rest was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IngestNote {
    /// A stable kebab-case word: `entry-unreadable`, `file-cut`, `bytes-replaced`, ….
    pub kind: &'static str,
    /// One line for people: what, and what it costs.
    pub message: String,
    /// The entry it concerns.
    pub entry: Option<usize>,
}

impl IngestNote {
    /// Whether it limits what can be told of the input; the others are only good to know.
    pub(crate) fn is_limit(&self) -> bool {
        !matches!(self.kind, "sanitised" | "payload")
    }

    /// Whether it tells of calls that nobody can see.
    pub(crate) fn is_loss(&self) -> bool {
        let kinds = [
            "file-cut",
            "file-damaged",
            "entries-left-out",
            "entry-lost",
            "entry-too-large",
        ];
        kinds.contains(&self.kind)
    }
}

/// Bytes to read: a file that can be sought in, or a stream that cannot.
pub enum Source<'a> {
    /// A file.
    File(&'a mut dyn ReadSeek),
    /// A pipe. An archive in it is held in memory, up to [`Options::max_archive`].
    Stream(&'a mut dyn Read),
}

/// What [`Source::File`] needs.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// Gives the bytes of a file, named without a folder; `None` if there is no such file.
pub type Sidecar<'a> = &'a dyn Fn(&str) -> Option<Vec<u8>>;

/// How to read.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// Asked once, when an archive turns out to be encrypted.
    pub password: Option<&'a dyn Fn() -> Option<String>>,
    /// Largest archive taken from a stream, in bytes.
    pub max_archive: u64,
    /// Whether an exchange with this URL is kept; the others are only counted.
    pub matters: fn(&str) -> bool,
    /// Gives a file that a recorder laid beside the trace; asked only for bare file names.
    pub sidecar: Option<Sidecar<'a>>,
    /// Largest single entry, decoded body or text, in bytes; a larger one becomes a note.
    pub max_entry: usize,
    /// Most that exchanges may take in all, in bytes; beyond it bodies and then entries are left
    /// out, with a note.
    pub max_kept: usize,
    /// Most bytes a compressed input may unpack to.
    pub max_unpacked: u64,
    /// The one trace of an archive that is read: its path as [`Trace::path`] tells it.
    pub only: Option<&'a str>,
    /// How deep the input lies in others.
    pub depth: u8,
    /// What may still be unpacked of the input that this one lies in.
    pub unpackable: Option<&'a Cell<u64>>,
    /// Gets every exchange that cannot matter; without it such exchanges are only counted.
    pub others: Option<&'a dyn Fn(&Exchange)>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            password: None,
            max_archive: 512 << 20,
            matters: can_matter,
            sidecar: None,
            max_entry: 16 << 20,
            max_kept: 24 << 20,
            max_unpacked: 4 << 30,
            only: None,
            depth: 0,
            unpackable: None,
            others: None,
        }
    }
}

impl Options<'_> {
    /// Whether what is called `path` is to be read: the trace asked for, what it lies in, or lies in it.
    fn wants(&self, path: &str) -> bool {
        let holds = |outer: &str, inner: &str| {
            let rest = inner.strip_prefix(outer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('!'))
        };
        self.only
            .is_none_or(|only| holds(path, only) || holds(only, path))
    }

    /// The refusal of the archive `path` that does not hold the trace asked for.
    fn not_in(&self, path: &str) -> Error {
        let only = self.only.unwrap_or_default();
        let member = only.strip_prefix(path).unwrap_or(only);
        let member = member.trim_start_matches('!');
        Error::new(
            Kind::Unreadable,
            format!("{path} is no archive with {member} in it"),
        )
        .with_hint(format!("`mendpoint calls {path}` names the traces in it"))
    }
}

/// Whether a recorder gave the file its name to leave a body in it, beside the recording: Playwright
/// calls such a file by the SHA-1 of what is in it. It is read with its recording and is no input.
pub fn is_named_as_body(path: &str) -> bool {
    let name = path.rsplit(['/', '\\', '!']).next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    stem.len() == 40 && stem.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Gets every trace as soon as it is read, in the order of the file.
pub(crate) type Take<'t> = &'t mut dyn FnMut(Trace);

/// Reads every trace in `source`. `path` is only a name for people.
pub fn read(path: &str, source: Source<'_>, options: &Options<'_>) -> Result<Vec<Trace>, Error> {
    let mut traces = Vec::new();
    read_each(path, source, options, &mut |trace| traces.push(trace))?;
    Ok(traces)
}

/// Reads every trace in `source`, called `path` for people, and hands each to `take` before the next
/// one is read. A part of an archive that cannot be read is a [`Trace`] with [`Trace::failure`]; the
/// error is that of the whole.
pub fn read_each(
    path: &str,
    source: Source<'_>,
    options: &Options<'_>,
    take: &mut dyn FnMut(Trace),
) -> Result<(), Error> {
    let fail = |error: std::io::Error| unreadable(path, &error);
    let mut any = false;
    let mut take = |mut trace: Trace| {
        let asked_for = options
            .only
            .is_none_or(|only| options.wants(&trace.path) && trace.path.len() >= only.len());
        if asked_for {
            any = true;
            trace.found &= options.only != Some(trace.path.as_str());
            take(trace);
        }
    };
    let take: Take<'_> = &mut take;
    let mut head = Vec::new();
    match source {
        Source::File(file) => {
            file.take(sniff::HEAD as u64)
                .read_to_end(&mut head)
                .map_err(fail)?;
            file.rewind().map_err(fail)?;
            match sniff::beginning(&head) {
                Beginning::Zip => archive::read(path, file, options, take)?,
                _ if archive::is_behind(&head, file) => archive::read(path, file, options, take)?,
                Beginning::Compound => mail::outlook(path, file, options, take)?,
                _ => plain::read(path, file, options, take)?,
            }
        }
        Source::Stream(stream) => {
            stream
                .take(sniff::HEAD as u64)
                .read_to_end(&mut head)
                .map_err(fail)?;
            let beginning = sniff::beginning(&head);
            let mut stream = Cursor::new(head).chain(stream);
            match beginning {
                Beginning::Zip | Beginning::Compound => {
                    let bytes = hold(path, &mut stream, options)?;
                    inner(path, &bytes, options, take)?;
                }
                _ => plain::read(path, &mut stream, options, take)?,
            }
        }
    }
    if options.only.is_some() && !any {
        return Err(options.not_in(path));
    }
    Ok(())
}

/// How deep inputs may lie in inputs.
const MOST_NESTED: u8 = 3;

/// Reads what lies whole in memory.
fn inner(path: &str, bytes: &[u8], options: &Options<'_>, take: Take<'_>) -> Result<(), Error> {
    if options.depth > MOST_NESTED {
        return Err(sniff::refuse(
            path,
            "packed several times over",
            "unpack it first",
        ));
    }
    let head = &bytes[..bytes.len().min(sniff::HEAD)];
    match sniff::beginning(head) {
        Beginning::Zip => archive::read(path, &mut Cursor::new(bytes), options, take),
        Beginning::Compound => mail::outlook(path, &mut Cursor::new(bytes), options, take),
        _ => plain::read(path, &mut &*bytes, options, take),
    }
}

/// All bytes of a stream, up to the most that is held of one.
fn hold(path: &str, stream: &mut dyn Read, options: &Options<'_>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = stream.take(options.max_archive + 1).read_to_end(&mut bytes);
    read.map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > options.max_archive {
        let limit = options.max_archive >> 20;
        let message = format!("{path} is larger than {limit} MiB and cannot be sought in");
        return Err(Error::new(Kind::Unreadable, message).with_hint("give it as a file of its own"));
    }
    Ok(bytes)
}

/// The error of an input that cannot be read at all.
fn unreadable(path: &str, error: &std::io::Error) -> Error {
    Error::new(
        Kind::Unreadable,
        format!("{path} could not be read: {error}"),
    )
}

/// For the fuzz target that compares the two ways to scan; see `fuzz/`.
#[cfg(fuzzing)]
pub fn compare_scans(bytes: &[u8]) {
    if let [cut, depth, bytes @ ..] = bytes {
        nesting::compare(
            bytes,
            usize::from(*cut).min(bytes.len()),
            u64::from(*depth % 4),
        );
    }
}
