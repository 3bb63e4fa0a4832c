//! Tar archives, read as the stream that they are.

use std::io::Read;

use tar::{Archive, Entry};

use super::archive::{MOST_MEMBERS, is_junk};
use super::sniff::{self, Beginning};
use super::{MOST_NESTED, Options, Take, Trace, hold, inner, is_named_as_body, plain, unreadable};
use crate::error::{Error, Kind};

/// Reads everything in the archive `stream` that may be an input.
pub(super) fn read(
    path: &str,
    stream: &mut dyn Read,
    options: &Options<'_>,
    take: Take<'_>,
) -> Result<(), Error> {
    if options.depth > MOST_NESTED {
        return Err(sniff::refuse(
            path,
            "packed several times over",
            "unpack it first",
        ));
    }
    let mut archive = Archive::new(stream);
    let entries = archive
        .entries()
        .map_err(|error| unreadable(path, &error))?;
    let options = Options {
        sidecar: None,
        depth: options.depth + 1,
        ..*options
    };
    let mut any = false;
    for entry in entries.take(MOST_MEMBERS) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if !any => return Err(cut(path, &error)),
            Err(error) => {
                take(Trace::unreadable(path, cut(path, &error)));
                return Ok(());
            }
        };
        let name = String::from_utf8_lossy(&entry.path_bytes()).replace('\\', "/");
        let name = name.trim_start_matches("./");
        let member = format!("{path}!{name}");
        let is_body = options.only.is_none() && is_named_as_body(name);
        if !entry.header().entry_type().is_file()
            || is_junk(name)
            || is_body
            || !options.wants(&member)
        {
            continue;
        }
        any = true;
        let mut found = |trace| {
            take(Trace {
                found: true,
                ..trace
            });
        };
        if let Err(error) = read_member(&member, entry, &options, &mut found) {
            found(Trace::unreadable(&member, error));
        }
    }
    if any {
        return Ok(());
    }
    let message = format!("{path} is an archive without a file in it");
    Err(Error::new(Kind::Unrecognised, message).with_hint(sniff::RECORD))
}

fn cut(path: &str, error: &std::io::Error) -> Error {
    let message = format!("{path} breaks off or is damaged: {error}");
    Error::new(Kind::Unreadable, message).with_hint("download or save it again")
}

fn read_member(
    path: &str,
    entry: Entry<'_, &mut dyn Read>,
    options: &Options<'_>,
    take: Take<'_>,
) -> Result<(), Error> {
    let (beginning, mut stream) = sniff::begin(entry).map_err(|error| unreadable(path, &error))?;
    match beginning {
        Beginning::Zip | Beginning::Compound => {
            let bytes = hold(path, &mut stream, options)?;
            inner(path, &bytes, options, take)
        }
        _ => plain::read(path, &mut stream, options, take),
    }
}
