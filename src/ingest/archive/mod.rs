//! Zip archives: Fiddler's own, and those that people put traces into.

mod metadata;
mod saz;
mod shared;
mod zipped;

use std::cell::{Cell, RefCell};
use std::io::{self, Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use self::shared::{Base, Shared};
use super::{Options, ReadSeek, Trace};
use crate::error::{Error, Kind};

/// How deep archives may lie in archives.
const MOST_NESTED: u8 = 2;

/// How many encrypted members a password is tried on; each lets a wrong one pass in 1 of 256 cases.
const PASSWORD_TRIALS: usize = 8;

/// Reads every trace in the archive `file`.
pub(super) fn read(
    path: &str,
    file: &mut dyn ReadSeek,
    options: &Options<'_>,
) -> Result<Vec<Trace>, Error> {
    let unpackable = Cell::new(options.max_unpacked);
    read_nested(path, file, options, &unpackable, 0)
}

/// Reads an archive that comes as a stream, holding it in memory.
pub(super) fn read_stream(
    path: &str,
    stream: &mut dyn Read,
    options: &Options<'_>,
) -> Result<Vec<Trace>, Error> {
    let bytes = hold(path, stream, options)?;
    read(path, &mut Cursor::new(bytes), options)
}

/// All bytes of a stream, up to the largest archive that is held.
fn hold(path: &str, stream: &mut dyn Read, options: &Options<'_>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let read = stream.take(options.max_archive + 1).read_to_end(&mut bytes);
    read.map_err(|error| super::unreadable(path, &error))?;
    if bytes.len() as u64 > options.max_archive {
        let limit = options.max_archive >> 20;
        let message =
            format!("{path} is an archive of more than {limit} MiB that cannot be sought in");
        return Err(Error::new(Kind::Unreadable, message).with_hint("give it as a file of its own"));
    }
    Ok(bytes)
}

fn read_nested(
    path: &str,
    file: &mut dyn ReadSeek,
    options: &Options<'_>,
    unpackable: &Cell<u64>,
    nested: u8,
) -> Result<Vec<Trace>, Error> {
    let base = Base::new(file);
    let zip = ZipArchive::new(Shared::new(&base)).map_err(|error| damaged(path, &error))?;
    let mut archive = Archive::new(zip, unpackable);
    archive.unlock(path, options)?;
    let groups = saz::sessions(&archive.names);
    if groups.is_empty() {
        return zipped::read(path, &mut archive, options, nested);
    }
    let mut traces = Vec::new();
    for (folder, sessions) in &groups {
        let mut trace = saz::read(&mut archive, sessions, options);
        trace.path = if groups.len() == 1 {
            path.to_owned()
        } else {
            format!("{path}!{folder}")
        };
        traces.push(trace);
    }
    Ok(traces)
}

fn damaged(path: &str, error: &ZipError) -> Error {
    let message = format!("{path} is a damaged or incomplete archive: {error}");
    Error::new(Kind::Unreadable, message).with_hint("download or save it again")
}

/// An opened archive.
struct Archive<'c, 'b, 'a> {
    zip: ZipArchive<Shared<'b, 'a>>,
    /// The members' names, with `/` between folders.
    names: Vec<String>,
    password: Option<Vec<u8>>,
    /// How many more bytes may be unpacked.
    unpackable: &'c Cell<u64>,
}

/// What reading a member gave.
enum Member {
    /// All of it.
    Whole(Vec<u8>),
    /// It is larger than the limit; this is its beginning.
    Beginning(Vec<u8>),
    /// It cannot be read.
    Broken(String),
}

impl<'c, 'b, 'a> Archive<'c, 'b, 'a> {
    fn new(zip: ZipArchive<Shared<'b, 'a>>, unpackable: &'c Cell<u64>) -> Self {
        let names = zip
            .file_names_raw()
            .map(|name| String::from_utf8_lossy(name).replace('\\', "/"))
            .collect();
        Self {
            zip,
            names,
            password: None,
            unpackable,
        }
    }

    /// The same archive, read from another place.
    fn again(&self) -> Self {
        Self {
            zip: self.zip.clone(),
            names: Vec::new(),
            password: self.password.clone(),
            unpackable: self.unpackable,
        }
    }

    fn is_encrypted(&self, index: usize) -> bool {
        self.zip
            .by_index_data(index)
            .is_ok_and(|member| member.encrypted())
    }

    /// Asks for the password if one is needed, and tries it.
    fn unlock(&mut self, path: &str, options: &Options<'_>) -> Result<(), Error> {
        let encrypted: Vec<usize> = (0..self.names.len())
            .filter(|index| self.is_encrypted(*index))
            .take(PASSWORD_TRIALS)
            .collect();
        if encrypted.is_empty() {
            return Ok(());
        }
        let refuse =
            |why: &str| Error::new(Kind::Password, format!("{path} is protected, and {why}"));
        let password = options.password.and_then(|ask| ask());
        let Some(password) = password.filter(|password| !password.is_empty()) else {
            return Err(refuse("no password was given")
                .with_hint("give the password the trace was saved with"));
        };
        self.password = Some(password.into_bytes());
        let wrong = || {
            refuse("the password is wrong").with_hint("give the password the trace was saved with")
        };
        for index in &encrypted {
            if matches!(self.open(*index), Err(ZipError::InvalidPassword)) {
                return Err(wrong());
            }
        }
        // The trials say little about a single member; all of it says more.
        if let [only] = encrypted[..]
            && let Member::Broken(_) = self.read_member(only, options.max_entry)
        {
            return Err(refuse("the password is wrong or the archive is damaged")
                .with_hint("check the password first, then save the trace again"));
        }
        Ok(())
    }

    /// Opens a member for reading.
    fn open(&mut self, index: usize) -> Result<ZipFile<'_, Shared<'b, 'a>>, ZipError> {
        match &self.password {
            Some(password) if self.is_encrypted(index) => {
                self.zip.by_index_decrypt(index, password)
            }
            _ => self.zip.by_index(index),
        }
    }

    /// Reads a member, at most `limit` bytes of it.
    fn read_member(&mut self, index: usize, limit: usize) -> Member {
        let unpackable = self.unpackable;
        let mut bytes = Vec::new();
        let read = match self.open(index) {
            Ok(member) => Bounded::new(member, unpackable)
                .take(limit as u64 + 1)
                .read_to_end(&mut bytes),
            Err(error) => return Member::Broken(error.to_string()),
        };
        match read {
            Err(error) => Member::Broken(error.to_string()),
            Ok(_) if bytes.len() > limit => {
                bytes.truncate(limit);
                Member::Beginning(bytes)
            }
            Ok(_) => Member::Whole(bytes),
        }
    }
}

/// A reader that stops with an error when too much was unpacked in all.
struct Bounded<'c, R> {
    reader: R,
    left: &'c Cell<u64>,
}

impl<'c, R: Read> Bounded<'c, R> {
    fn new(reader: R, left: &'c Cell<u64>) -> Self {
        Self { reader, left }
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        match self.left.get().checked_sub(count as u64) {
            Some(left) => self.left.set(left),
            None => {
                return Err(io::Error::other(
                    "the archive unpacks to more than is allowed",
                ));
            }
        }
        Ok(count)
    }
}

/// An archive that may be read while it is being read.
type Again<'c, 'b, 'a> = RefCell<Archive<'c, 'b, 'a>>;

#[cfg(test)]
mod tests;
