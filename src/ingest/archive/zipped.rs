//! A zip around traces, as people attach them to a ticket and Playwright writes them.

use std::collections::HashMap;
use std::io::Read;

use super::{Again, Archive, Bounded, Member};
use crate::error::{Error, Kind};
use crate::ingest::sniff::{self, Beginning};
use crate::ingest::{Options, Take, Trace, hold, inner, is_named_as_body, plain};

/// Reads everything among the archive's members that may be an input.
pub(super) fn read(
    path: &str,
    archive: &mut Archive<'_, '_, '_>,
    options: &Options<'_>,
    take: Take<'_>,
) -> Result<(), Error> {
    let members: Vec<(usize, String)> = archive
        .members
        .iter()
        .enumerate()
        .filter(|(_, member)| !is_junk(&member.name))
        .map(|(index, member)| (index, member.name.clone()))
        .collect();
    let places: HashMap<&str, usize> = members
        .iter()
        .rev()
        .map(|(index, name)| (name.as_str(), *index))
        .collect();
    if let Some(what) = office(&places) {
        let hint = "give the trace itself, or the message in it as text";
        return Err(sniff::refuse(path, what, hint));
    }
    let beside = Again::new(archive.again());
    let unpackable = archive.unpackable;
    // The last one is held back: it may have to tell that the archive breaks off.
    let mut last: Option<Trace> = None;
    for (index, name) in &members {
        let path = format!("{path}!{name}");
        let is_body = options.only.is_none() && is_named_as_body(name);
        if is_body || !options.wants(&path) {
            continue;
        }
        let folder = &name[..name.rfind('/').map_or(0, |at| at + 1)];
        let sidecar = |file: &str| {
            let index = *places.get(format!("{folder}{file}").as_str())?;
            match beside.borrow_mut().read_member(index, options.max_entry) {
                Member::Whole(bytes) => Some(bytes),
                Member::Beginning(_) | Member::Broken { .. } => None,
            }
        };
        let options = Options {
            sidecar: Some(&sidecar),
            depth: options.depth + 1,
            unpackable: Some(unpackable),
            ..*options
        };
        let mut found = |trace: Trace| {
            let trace = Trace {
                found: true,
                ..trace
            };
            if let Some(before) = last.replace(trace) {
                take(before);
            }
        };
        match member(&path, archive, *index, &options, &mut found) {
            Err(error) if error.kind() == Kind::Password => return Err(error),
            Err(error) => found(Trace::unreadable(&path, error)),
            Ok(()) => {}
        }
    }
    if let Some(mut last) = last {
        archive.tell_cut(&mut last.notes);
        take(last);
    } else if options.only.is_some() {
        return Err(options.not_in(path));
    } else {
        let message = format!("{path} is an archive without a file in it");
        return Err(Error::new(Kind::Unrecognised, message).with_hint(sniff::RECORD));
    }
    Ok(())
}

/// Reads one member.
fn member(
    path: &str,
    archive: &mut Archive<'_, '_, '_>,
    index: usize,
    options: &Options<'_>,
    take: Take<'_>,
) -> Result<(), Error> {
    let unpackable = archive.unpackable;
    let broken = |why: String| {
        let message = format!("{path} could not be read: {why}");
        Error::new(Kind::Unreadable, message).with_hint("save it again, or pack it with Deflate")
    };
    let file = archive
        .open(index)
        .map_err(|error| broken(super::explain(&error)))?;
    let stream = Bounded::new(file, unpackable);
    let (beginning, mut stream) =
        sniff::begin(stream).map_err(|error| broken(error.to_string()))?;
    match beginning {
        Beginning::Zip | Beginning::Compound => {
            let bytes = hold(path, &mut stream, options)?;
            drop(stream);
            inner(path, &bytes, options, take)
        }
        Beginning::Empty | Beginning::Binary | Beginning::Known(..) => {
            Err(sniff::refuse_unreadable(path, beginning))
        }
        _ => plain::read(path, &mut stream as &mut dyn Read, options, take),
    }
}

/// What the archive is, if it is a document of an office program.
fn office(places: &HashMap<&str, usize>) -> Option<&'static str> {
    let kinds = [
        ("word/document.xml", "a Word document"),
        ("xl/workbook.xml", "an Excel workbook"),
        ("ppt/presentation.xml", "a PowerPoint presentation"),
    ];
    let (_, what) = kinds
        .into_iter()
        .find(|(member, _)| places.contains_key(member))?;
    places.contains_key("[Content_Types].xml").then_some(what)
}

/// Folders, and what macOS and Windows put beside the files.
pub(in crate::ingest) fn is_junk(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    file.is_empty()
        || file.starts_with("._")
        || name.starts_with("__MACOSX/")
        || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}
