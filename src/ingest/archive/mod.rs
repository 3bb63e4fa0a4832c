//! Zip archives: Fiddler's own, and those that people put traces into.

mod directory;
mod listing;
mod metadata;
mod salvage;
mod saz;
mod shared;
mod zipped;

use std::cell::{Cell, RefCell};
use std::io::Read;
use std::rc::Rc;

use zip::read::ZipFile;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

pub(super) use self::zipped::is_junk;

use self::salvage::Header;
use self::shared::{Base, Shared};
use super::careful::Bounded;
use super::{IngestNote, Options, ReadSeek, Take, Trace};
use crate::error::{Error, Kind};

/// How many members of an archive are looked at.
#[expect(clippy::cast_possible_truncation, reason = "a small constant")]
pub(super) const MOST_MEMBERS: usize = directory::MOST as usize;

/// Whether an archive stands behind the program with which `file` begins, and which unpacks it.
pub(super) fn is_behind(head: &[u8], file: &mut dyn ReadSeek) -> bool {
    let is_program = head.starts_with(b"MZ") || head.starts_with(b"\x7fELF");
    is_program && {
        let found = ZipArchive::new(&mut *file).is_ok_and(|archive| !archive.is_empty());
        file.rewind().is_ok() && found
    }
}

/// How many encrypted members a password is tried on; each lets a wrong one pass in 1 of 256 cases.
const PASSWORD_TRIALS: usize = 8;

/// Reads every trace in the archive `file`.
pub(super) fn read(
    path: &str,
    file: &mut dyn ReadSeek,
    options: &Options<'_>,
    take: Take<'_>,
) -> Result<(), Error> {
    let unpackable = Cell::new(options.max_unpacked);
    let unpackable = options.unpackable.unwrap_or(&unpackable);
    let base = Base::new(file);
    let mut reader = Shared::new(&base);
    if directory::announced(&mut reader) > directory::MOST {
        let message = format!(
            "{path} is an archive of more than {} files",
            directory::MOST
        );
        return Err(Error::new(Kind::Unreadable, message).with_hint("give the traces in it alone"));
    }
    let mut archive = match ZipArchive::new(reader.clone()) {
        Ok(zip) => Archive::new(zip, reader, unpackable),
        Err(error) => {
            let archive = Archive::salvage(reader, unpackable);
            archive.ok_or_else(|| damaged(path, &error))?
        }
    };
    archive.unlock(path, options)?;
    let mut groups = saz::sessions(&archive.members);
    if archive.comment().starts_with(b"Fiddler") && saz::is_bare(&archive.members) {
        // Nothing was saved into it.
        groups.entry(String::new()).or_default();
    }
    if groups.is_empty() {
        return zipped::read(path, &mut archive, options, take);
    }
    for (folder, sessions) in &groups {
        let path = if groups.len() == 1 {
            path.to_owned()
        } else {
            format!("{path}!{folder}")
        };
        if !options.wants(&path) {
            continue;
        }
        match saz::read(&mut archive, folder, sessions, options) {
            Ok(mut trace) => {
                archive.tell_cut(&mut trace.notes);
                trace.path = path;
                take(trace);
            }
            Err(why) if groups.len() == 1 => return Err(unreadable(&path, &why)),
            Err(why) => take(Trace::unreadable(&path, unreadable(&path, &why))),
        }
    }
    Ok(())
}

fn damaged(path: &str, error: &ZipError) -> Error {
    let message = format!("{path} is a damaged or incomplete archive: {error}");
    Error::new(Kind::Unreadable, message).with_hint("download or save it again")
}

/// The refusal of an archive that has sessions, and none that could be read.
fn unreadable(path: &str, why: &str) -> Error {
    let message = format!("no session of {path} could be read: {why}");
    Error::new(Kind::Unreadable, message).with_hint("save it again, or pack it with Deflate")
}

/// A member of an archive.
struct Listed {
    /// Its name, with `/` between folders.
    name: String,
    encrypted: bool,
    /// Where it lies, if it was not found through the archive's directory.
    place: Option<Header>,
}

/// An opened archive.
struct Archive<'c, 'b, 'a> {
    zip: Option<ZipArchive<Shared<'b, 'a>>>,
    reader: Shared<'b, 'a>,
    members: Rc<[Listed]>,
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
    /// It cannot be read, or not behind its beginning.
    Broken {
        /// What is wrong.
        why: String,
    },
}

impl<'c, 'b, 'a> Archive<'c, 'b, 'a> {
    fn new(
        zip: ZipArchive<Shared<'b, 'a>>,
        reader: Shared<'b, 'a>,
        unpackable: &'c Cell<u64>,
    ) -> Self {
        let name = |name: &[u8]| String::from_utf8_lossy(name).replace('\\', "/");
        let encrypted = |index| {
            zip.by_index_data(index)
                .is_ok_and(|member| member.encrypted())
        };
        let members = zip.file_names_raw().enumerate().map(|(index, raw)| Listed {
            name: name(raw),
            encrypted: encrypted(index),
            place: None,
        });
        let members = members.collect();
        Self {
            zip: Some(zip),
            reader,
            members,
            password: None,
            unpackable,
        }
    }

    /// What can be found of an archive whose directory cannot be read; `None` if nothing can.
    fn salvage(mut reader: Shared<'b, 'a>, unpackable: &'c Cell<u64>) -> Option<Self> {
        let members = salvage::list(&mut reader);
        (!members.is_empty()).then(|| Self {
            zip: None,
            reader,
            members: members.into(),
            password: None,
            unpackable,
        })
    }

    /// The same archive, read from another place.
    fn again(&self) -> Self {
        Self {
            zip: self.zip.clone(),
            reader: self.reader.clone(),
            members: Rc::clone(&self.members),
            password: self.password.clone(),
            unpackable: self.unpackable,
        }
    }

    /// What people wrote behind the archive; Fiddler puts its name there.
    fn comment(&self) -> &[u8] {
        self.zip.as_ref().map_or(b"", ZipArchive::comment)
    }

    /// Says that the archive breaks off or is damaged, if so.
    fn tell_cut(&self, notes: &mut Vec<IngestNote>) {
        if self.zip.is_none() {
            notes.push(IngestNote {
                kind: "file-cut",
                message: "the archive breaks off or its directory is damaged; what could be found was read".to_owned(),
                entry: None,
            });
        }
    }

    /// Asks for the password if one is needed, and tries it.
    fn unlock(&mut self, path: &str, options: &Options<'_>) -> Result<(), Error> {
        let encrypted: Vec<usize> = (0..self.members.len())
            .filter(|index| self.members[*index].encrypted)
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
                .with_hint("give the password the trace was saved with: --password-file FILE, or the variable MENDPOINT_PASSWORD"));
        };
        self.password = Some(password.into_bytes());
        let wrong = || {
            refuse("the password is wrong").with_hint("give the password the trace was saved with: --password-file FILE, or the variable MENDPOINT_PASSWORD")
        };
        for index in &encrypted {
            if matches!(self.open(*index), Err(ZipError::InvalidPassword)) {
                return Err(wrong());
            }
        }
        // The trials say little about a single member; all of it says more.
        if let [only] = encrypted[..]
            && let Member::Broken { .. } = self.read_member(only, options.max_entry)
        {
            return Err(refuse("the password is wrong or the archive is damaged")
                .with_hint("check the password first, then save the trace again"));
        }
        Ok(())
    }

    /// Opens a member for reading.
    fn open(&mut self, index: usize) -> Result<ZipFile<'_, Shared<'b, 'a>>, ZipError> {
        let member = self.members.get(index).ok_or(ZipError::FileNotFound)?;
        let password = self.password.as_deref().filter(|_| member.encrypted);
        let file = match (&mut self.zip, member.place, password) {
            (Some(zip), _, Some(password)) => zip.by_index_decrypt(index, password)?,
            (Some(zip), _, None) => zip.by_index(index)?,
            (None, Some(place), password) => salvage::open(&mut self.reader, place, password)?,
            (None, None, _) => return Err(ZipError::FileNotFound),
        };
        let mut unsupported = UNSUPPORTED.iter();
        match unsupported.find(|(method, _)| *method == file.compression()) {
            Some((_, why)) => Err(ZipError::UnsupportedArchive(why)),
            None => Ok(file),
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
            Err(error) => {
                return Member::Broken {
                    why: explain(&error),
                };
            }
        };
        match read {
            Err(error) => Member::Broken {
                why: error.to_string(),
            },
            Ok(_) if bytes.len() > limit => {
                bytes.truncate(limit);
                Member::Beginning(bytes)
            }
            Ok(_) => Member::Whole(bytes),
        }
    }
}

/// Methods of compression that are not undone, and the words for it.
const UNSUPPORTED: [(CompressionMethod, &str); 5] = [
    (
        CompressionMethod::DEFLATE64,
        "it is compressed with Deflate64, which is not read",
    ),
    (
        CompressionMethod::BZIP2,
        "it is compressed with bzip2, which is not read",
    ),
    (
        CompressionMethod::LZMA,
        "it is compressed with LZMA, which is not read",
    ),
    (
        CompressionMethod::ZSTD,
        "it is compressed with Zstandard, which is not read",
    ),
    (
        CompressionMethod::XZ,
        "it is compressed with xz, which is not read",
    ),
];

/// Why a member cannot be read.
fn explain(error: &ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(why) => (*why).to_owned(),
        other => other.to_string(),
    }
}

/// An archive that may be read while it is being read.
type Again<'c, 'b, 'a> = RefCell<Archive<'c, 'b, 'a>>;

#[cfg(test)]
mod tests;
