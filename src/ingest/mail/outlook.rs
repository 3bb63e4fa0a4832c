//! `.msg`: mails as Outlook saves them, a compound file with a stream for each property.

use std::io::{Read, Seek};

use cfb::CompoundFile;
use mail_parser::decoders::html::html_to_text;

use super::{Attachment, Content, MOST_ATTACHMENTS, Mail, too_many};
use crate::error::{Error, Kind};
use crate::ingest::{MOST_NESTED, Options, ReadSeek, Take, sniff, text};

/// Numbers of properties, and the letters for the form of their values.
const SUBJECT: &str = "0037";
const BODY: &str = "1000";
const HTML: &str = "1013";
const FILE_NAME: &str = "3707";
const SHORT_FILE_NAME: &str = "3704";
const DATA: &str = "3701";
const UTF16: &str = "001F";
const EIGHT_BIT: &str = "001E";
const BINARY: &str = "0102";
const OBJECT: &str = "000D";

/// The streams of properties, and the folders of attachments.
const PROPERTIES: &str = "__properties_version1.0";
const PROPERTY: &str = "__substg1.0_";
const ATTACHMENT: &str = "__attach_version1.0_";

/// Reads the mail in `file`.
pub(in crate::ingest) fn read(
    path: &str,
    file: &mut dyn ReadSeek,
    options: &Options<'_>,
    take: Take<'_>,
) -> Result<(), Error> {
    let mut file = CompoundFile::open(file).map_err(|error| {
        let message = format!("{path} is a damaged or incomplete mail of Outlook: {error}");
        Error::new(Kind::Unreadable, message)
            .with_hint("save the mail again, or give what is attached to it")
    })?;
    if !file.is_stream(format!("/{PROPERTIES}")) {
        return Err(sniff::refuse(
            path,
            "a document of an office program",
            "give the trace itself, or the message in it as text",
        ));
    }
    let mut left = options.max_archive;
    mail_in(&mut file, "", 0, &mut left).give(path, options, take)
}

/// The mail whose properties stand in `folder`. `left` is how much of the file is still taken.
fn mail_in<F: Read + Seek>(
    file: &mut CompoundFile<F>,
    folder: &str,
    depth: u8,
    left: &mut u64,
) -> Mail {
    let mut mail = Mail {
        subject: words(file, folder, SUBJECT, left).unwrap_or_default(),
        words: words(file, folder, BODY, left)
            .or_else(|| {
                let html = words(file, folder, HTML, left)
                    .or_else(|| Some(decoded(&property(file, folder, HTML, BINARY, left)?)))?;
                Some(html_to_text(&html))
            })
            .unwrap_or_default(),
        ..Mail::default()
    };
    let mut folders: Vec<String> = file
        .read_storage(format!("{folder}/"))
        .into_iter()
        .flatten()
        .filter(|entry| entry.is_storage() && entry.name().starts_with(ATTACHMENT))
        .map(|entry| format!("{folder}/{}", entry.name()))
        .collect();
    folders.sort();
    if folders.len() > MOST_ATTACHMENTS {
        mail.notes.push(too_many(folders.len()));
    }
    for folder in folders.into_iter().take(MOST_ATTACHMENTS) {
        let name = words(file, &folder, FILE_NAME, left)
            .or_else(|| words(file, &folder, SHORT_FILE_NAME, left));
        let inner = format!("{folder}/{PROPERTY}{DATA}{OBJECT}");
        let content = if file.is_storage(&inner) && depth < MOST_NESTED {
            Content::Mail(Box::new(mail_in(file, &inner, depth + 1, left)))
        } else {
            let bytes = property(file, &folder, DATA, BINARY, left);
            Content::File(bytes.unwrap_or_default())
        };
        mail.attachments.push(Attachment { name, content });
    }
    mail
}

/// A property that is a text.
fn words<F: Read + Seek>(
    file: &mut CompoundFile<F>,
    folder: &str,
    number: &str,
    left: &mut u64,
) -> Option<String> {
    if let Some(bytes) = property(file, folder, number, UTF16, left) {
        let text = encoding_rs::UTF_16LE.decode(&bytes).0;
        return Some(text.trim_end_matches('\0').to_owned());
    }
    let bytes = property(file, folder, number, EIGHT_BIT, left)?;
    Some(decoded(&bytes).trim_end_matches('\0').to_owned())
}

fn decoded(bytes: &[u8]) -> String {
    text::decode(bytes).0.into_owned()
}

/// What can be read of the value of a property.
fn property<F: Read + Seek>(
    file: &mut CompoundFile<F>,
    folder: &str,
    number: &str,
    form: &str,
    left: &mut u64,
) -> Option<Vec<u8>> {
    let stream = format!("{folder}/{PROPERTY}{number}{form}");
    let mut stream = file
        .is_stream(&stream)
        .then(|| file.open_stream(stream).ok())??;
    let mut bytes = Vec::new();
    // What stands in front of the damage is taken.
    let _ = stream.by_ref().take(*left).read_to_end(&mut bytes);
    *left = left.saturating_sub(bytes.len() as u64);
    Some(bytes)
}
