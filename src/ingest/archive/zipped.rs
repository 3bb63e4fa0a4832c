//! A zip around traces, as people attach them to a ticket and Playwright writes them.

use std::io::{Cursor, Read};

use super::{Again, Archive, Bounded, Member, hold, read_nested};
use crate::error::{Error, Kind};
use crate::ingest::notes::Notes;
use crate::ingest::sniff::{self, Beginning};
use crate::ingest::{Container, IngestNote, Options, Trace, plain};

/// How many members are looked at.
const MOST_MEMBERS: usize = 10_000;

/// How many documents that are no traces are kept in case there is no trace.
const MOST_DOCUMENTS: usize = 16;

/// What was found in an archive.
#[derive(Default)]
struct Found {
    traces: Vec<Trace>,
    documents: Vec<Trace>,
    /// Names of members that hold nothing of use, and why the last one did not.
    refused: Vec<String>,
    last: Option<Error>,
    /// What could not be read, one line each.
    unreadable: Vec<String>,
}

/// Reads every trace among the archive's members; without any, the documents.
pub(super) fn read(
    path: &str,
    archive: &mut Archive<'_, '_, '_>,
    options: &Options<'_>,
    nested: u8,
) -> Result<Vec<Trace>, Error> {
    let members: Vec<(usize, String)> = archive
        .members
        .iter()
        .enumerate()
        .filter(|(_, member)| !is_junk(&member.name))
        .map(|(index, member)| (index, member.name.clone()))
        .collect();
    if let Some(what) = office(&members) {
        let hint = "give the trace itself, or the message in it as text";
        return Err(sniff::refuse(path, what, hint));
    }
    let wanted = |name: &str| options.wants(&format!("{path}!{name}"));
    let beside = Again::new(archive.again());
    let mut found = Found::default();
    for (index, name) in members.iter().take(MOST_MEMBERS) {
        if !wanted(name) {
            continue;
        }
        let folder = &name[..name.rfind('/').map_or(0, |at| at + 1)];
        let sidecar = |file: &str| {
            let index = archive_index(&members, &format!("{folder}{file}"))?;
            match beside.borrow_mut().read_member(index, options.max_entry) {
                Member::Whole(bytes) => Some(bytes),
                Member::Beginning(_) | Member::Broken { .. } => None,
            }
        };
        let options = Options {
            sidecar: Some(&sidecar),
            ..*options
        };
        member(
            &format!("{path}!{name}"),
            archive,
            *index,
            &options,
            nested,
            &mut found,
        )?;
    }
    if let Some(left) = members
        .len()
        .checked_sub(MOST_MEMBERS)
        .filter(|left| *left > 0)
    {
        found.refused.push(format!("{left} more members"));
    }
    let mut traces = finish(path, found, options)?;
    if let Some(last) = traces.last_mut() {
        archive.tell_cut(&mut last.notes);
    }
    Ok(traces)
}

/// The traces, with a note on what else was there; or the documents; or an error.
fn finish(path: &str, found: Found, options: &Options<'_>) -> Result<Vec<Trace>, Error> {
    let Found {
        traces,
        documents,
        refused,
        last,
        unreadable,
    } = found;
    let mut kept = if traces.is_empty() { documents } else { traces };
    if let Some(first) = kept.first_mut() {
        let mut notes = Notes::default();
        for message in unreadable {
            notes.add("member-unreadable", None, message);
        }
        first.notes.extend(notes.finish());
        if !refused.is_empty() {
            let names: Vec<&str> = refused.iter().take(3).map(String::as_str).collect();
            let more = if refused.len() > names.len() {
                ", …"
            } else {
                ""
            };
            first.notes.push(IngestNote {
                kind: "members-skipped",
                message: format!(
                    "{} other files in the archive are no traces: {}{more}",
                    refused.len(),
                    names.join(", ")
                ),
                entry: None,
            });
        }
        return Ok(kept);
    }
    if let Some(message) = unreadable.into_iter().next() {
        return Err(Error::new(Kind::Unreadable, message)
            .with_hint("save it again, or pack it with Deflate"));
    }
    match last {
        Some(error) if refused.len() == 1 => Err(error),
        None if refused.is_empty() && options.only.is_some() => Err(options.not_in(path)),
        _ => Err(Error::new(
            Kind::Unrecognised,
            format!("{path} is an archive without a trace in it"),
        )
        .with_hint("give a HAR saved by the browser's network tools, or a Fiddler archive (.saz)")),
    }
}

/// Reads one member.
fn member(
    path: &str,
    archive: &mut Archive<'_, '_, '_>,
    index: usize,
    options: &Options<'_>,
    nested: u8,
    found: &mut Found,
) -> Result<(), Error> {
    let unpackable = archive.unpackable;
    let head = match archive.read_member(index, sniff::HEAD) {
        Member::Broken { begin, why } if begin.is_empty() => {
            found
                .unreadable
                .push(format!("{path} could not be read: {why}"));
            return Ok(());
        }
        Member::Whole(head) | Member::Beginning(head) | Member::Broken { begin: head, .. } => head,
    };
    let beginning = sniff::beginning(&head);
    let file = match archive.open(index) {
        Ok(file) => file,
        Err(error) => {
            let why = super::explain(&error);
            found
                .unreadable
                .push(format!("{path} could not be read: {why}"));
            return Ok(());
        }
    };
    let mut stream = Bounded::new(file, unpackable);
    let read = match beginning {
        Beginning::Zip if nested < super::MOST_NESTED => {
            let bytes = hold(path, &mut stream, options);
            drop(stream);
            bytes.and_then(|bytes| {
                read_nested(
                    path,
                    &mut Cursor::new(bytes),
                    options,
                    unpackable,
                    nested + 1,
                )
            })
        }
        Beginning::Zip | Beginning::Empty | Beginning::Binary | Beginning::Known(..) => {
            Err(sniff::refuse_unreadable(path, beginning))
        }
        _ => plain::read(path, &mut stream as &mut dyn Read, options),
    };
    match read {
        Err(error) if error.kind() == Kind::Password => return Err(error),
        Err(error) if error.kind() == Kind::Unreadable => {
            found.unreadable.push(error.to_string());
        }
        Err(error) => {
            let name = path.rsplit('!').next().unwrap_or_default();
            found.refused.push(name.to_owned());
            found.last = Some(error);
        }
        Ok(traces) => {
            for trace in traces {
                match trace.container {
                    Container::Har | Container::Saz | Container::SessionText | Container::Log => {
                        found.traces.push(trace);
                    }
                    Container::Text | Container::Json if found.documents.len() < MOST_DOCUMENTS => {
                        found.documents.push(trace);
                    }
                    Container::Text | Container::Json => {}
                }
            }
        }
    }
    Ok(())
}

/// What the archive is, if it is a document of an office program.
fn office(members: &[(usize, String)]) -> Option<&'static str> {
    let has = |name: &str| archive_index(members, name).is_some();
    let kinds = [
        ("word/document.xml", "a Word document"),
        ("xl/workbook.xml", "an Excel workbook"),
        ("ppt/presentation.xml", "a PowerPoint presentation"),
    ];
    let (_, what) = kinds.into_iter().find(|(member, _)| has(member))?;
    has("[Content_Types].xml").then_some(what)
}

fn archive_index(members: &[(usize, String)], name: &str) -> Option<usize> {
    members
        .iter()
        .find(|(_, known)| known == name)
        .map(|(index, _)| *index)
}

/// Folders, and what macOS and Windows put beside the files.
fn is_junk(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    file.is_empty()
        || file.starts_with("._")
        || name.starts_with("__MACOSX/")
        || matches!(file, ".DS_Store" | "Thumbs.db" | "desktop.ini")
}
