//! `.eml`: mails as they are sent, with MIME parts.

use mail_parser::{Message, MessageParser, MimeHeaders as _, PartType};

use super::{Attachment, Content, MOST_ATTACHMENTS, Mail, too_many};
use crate::error::{Error, Kind};
use crate::ingest::{MOST_NESTED, Options, Take};

/// Reads the mail in `bytes`.
pub(in crate::ingest) fn read(
    path: &str,
    bytes: &[u8],
    options: &Options<'_>,
    take: Take<'_>,
) -> Result<(), Error> {
    // Some programs put the line of a mailbox in front.
    let bytes = match bytes.strip_prefix(b"From ") {
        Some(rest) => &rest[memchr::memchr(b'\n', rest).map_or(0, |at| at + 1)..],
        None => bytes,
    };
    let mail = MessageParser::default().parse(bytes).ok_or_else(|| {
        Error::new(
            Kind::Unreadable,
            format!("{path} begins like a mail and holds no message"),
        )
        .with_hint("save the mail again, or give what is attached to it")
    })?;
    of_message(&mail, 0).give(path, options, take)
}

fn of_message(message: &Message<'_>, depth: u8) -> Mail {
    let mut mail = Mail {
        program: ["X-Mailer", "User-Agent"]
            .into_iter()
            .find_map(|name| message.header(name)?.as_text().map(str::to_owned)),
        subject: message.subject().unwrap_or_default().to_owned(),
        words: (0..message.text_body_count())
            .filter_map(|at| message.body_text(at))
            .collect::<Vec<_>>()
            .join("\n\n"),
        ..Mail::default()
    };
    let count = message.attachment_count();
    if count > MOST_ATTACHMENTS {
        mail.notes.push(too_many(count));
    }
    for part in message.attachments().take(MOST_ATTACHMENTS) {
        let name = part.attachment_name().map(str::to_owned);
        let content = match &part.body {
            PartType::Message(inner) if depth < MOST_NESTED => {
                Content::Mail(Box::new(of_message(inner, depth + 1)))
            }
            _ => Content::File(part.contents().to_vec()),
        };
        mail.attachments.push(Attachment { name, content });
    }
    mail
}
