//! Mails: what somebody wrote, and the recordings that are attached.

mod mime;
mod outlook;

pub(super) use mime::read as mime;
pub(super) use outlook::read as outlook;

use std::cell::Cell;
use std::collections::HashMap;

use super::{Container, IngestNote, Options, Take, Trace, inner, plain};
use crate::error::{Error, Kind};

/// What a recording is called that stands in the words of a mail.
const PASTED: &str = "text";

/// How many attachments of a mail are looked at.
const MOST_ATTACHMENTS: usize = 1_000;

/// A mail taken apart.
#[derive(Debug, Default)]
struct Mail {
    /// The program that wrote it.
    program: Option<String>,
    subject: String,
    /// What somebody wrote, as text.
    words: String,
    attachments: Vec<Attachment>,
    notes: Vec<IngestNote>,
}

/// Something attached to a mail.
#[derive(Debug)]
struct Attachment {
    /// Its name, if it has one.
    name: Option<String>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    File(Vec<u8>),
    Mail(Box<Mail>),
}

impl Mail {
    /// Hands the words and then each attachment to `take`. A recording that was pasted among the words
    /// is an input of its own, as if it were attached.
    fn give(self, path: &str, options: &Options<'_>, take: Take<'_>) -> Result<(), Error> {
        let pasted = plain::recording(&format!("{path}!{PASTED}"), &self.words, options);
        let words = match pasted {
            Some(_) => self.subject,
            None => format!("{}\n\n{}", self.subject, self.words),
        };
        take(Trace {
            path: path.to_owned(),
            container: Container::Mail,
            creator: self.program,
            text: Some(words.trim().to_owned()),
            notes: self.notes,
            ..Trace::default()
        });
        if let Some(pasted) = pasted {
            take(Trace {
                found: true,
                ..pasted
            });
        }
        let left = Cell::new(options.max_unpacked);
        let left = options.unpackable.unwrap_or(&left);
        let options = Options {
            depth: options.depth + 1,
            unpackable: Some(left),
            sidecar: None,
            ..*options
        };
        let mut names = Names::default();
        for (at, attachment) in self.attachments.into_iter().enumerate() {
            let name = names.unique(attachment.name, at);
            let path = format!("{path}!{name}");
            if !options.wants(&path) {
                continue;
            }
            let mut found = |trace: Trace| {
                take(Trace {
                    found: true,
                    ..trace
                });
            };
            let read = match attachment.content {
                Content::File(bytes) => inner(&path, &bytes, &options, &mut found),
                Content::Mail(mail) => mail.give(&path, &options, &mut found),
            };
            match read {
                Err(error) if error.kind() == Kind::Password => return Err(error),
                Err(error) => found(Trace::unreadable(&path, error)),
                Ok(()) => {}
            }
        }
        Ok(())
    }
}

/// The names of attachments, none twice.
#[derive(Default)]
struct Names(HashMap<String, usize>);

impl Names {
    fn unique(&mut self, name: Option<String>, at: usize) -> String {
        let name = name
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| format!("attachment {}", at + 1));
        let seen = self.0.entry(name.clone()).or_default();
        *seen += 1;
        match *seen {
            1 => name,
            count => format!("{name} ({count})"),
        }
    }
}

/// The note on what is left out of a mail with too many attachments.
fn too_many(count: usize) -> IngestNote {
    IngestNote {
        kind: "entries-left-out",
        message: format!(
            "the mail has {count} attachments; only the first {MOST_ATTACHMENTS} were looked at"
        ),
        entry: None,
    }
}
