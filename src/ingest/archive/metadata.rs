//! What Fiddler says about a session beside its messages (`_m.xml`).

use jiff::Timestamp;
use roxmltree::{Document, Node};

use crate::exchange::AnsweredBy;
use crate::ingest::har::timestamp;

/// Fiddler's `BitFlags` that matter here.
const ANSWERED_BY_FIDDLER: u64 = 0x100;
const FROM_CACHE: u64 = 0x4000;
const RESPONSE_DROPPED: u64 = 0x2_0000;
const REQUEST_DROPPED: u64 = 0x10_0000;

/// A session's metadata.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Metadata {
    /// The number people quote.
    pub(super) session: Option<u64>,
    /// What somebody typed beside it.
    pub(super) comment: Option<String>,
    /// When the request was sent.
    pub(super) started: Option<Timestamp>,
    /// Who answered.
    pub(super) answered_by: AnsweredBy,
    /// The session was broken off.
    pub(super) aborted: bool,
    /// Why the request's body is missing.
    pub(super) request_dropped: Option<String>,
    /// Why the response's body is missing.
    pub(super) response_dropped: Option<String>,
}

impl Metadata {
    /// Reads the XML; `None` if it is none.
    pub(super) fn parse(xml: &str) -> Option<Self> {
        let document = Document::parse(xml.trim_start_matches('\u{feff}')).ok()?;
        let root = document.root_element();
        let bits = root
            .attribute("BitFlags")
            .and_then(|bits| u64::from_str_radix(bits, 16).ok());
        let bits = bits.unwrap_or_default();
        let has = |flag: u64| bits & flag != 0;
        let replied = flag(root, "x-repliedwithfile").is_some();
        let timers = root
            .descendants()
            .find(|node| node.has_attribute("ClientBeginRequest"));
        let time = |name: &str| {
            let text = timers?.attribute(name)?;
            timestamp(text).filter(|_| !text.starts_with("0001-"))
        };
        let length = flag(root, "x-responsebodytransferlength");
        Some(Self {
            session: root
                .attribute("SID")
                .and_then(|sid| sid.trim().parse().ok()),
            comment: flag(root, "ui-comments")
                .filter(|text| !text.trim().is_empty())
                .map(str::to_owned),
            started: time("ClientBeginRequest").or_else(|| time("ClientConnected")),
            answered_by: if has(ANSWERED_BY_FIDDLER) || replied {
                AnsweredBy::Proxy
            } else if has(FROM_CACHE) {
                AnsweredBy::Cache
            } else {
                AnsweredBy::Server
            },
            aborted: root
                .attribute("Aborted")
                .is_some_and(|text| text.eq_ignore_ascii_case("true")),
            request_dropped: has(REQUEST_DROPPED).then(|| "Fiddler dropped it".to_owned()),
            response_dropped: has(RESPONSE_DROPPED).then(|| match length {
                Some(length) => format!("Fiddler dropped it; it was {length} bytes long"),
                None => "Fiddler dropped it".to_owned(),
            }),
        })
    }
}

/// The value of the session flag called `name`.
fn flag<'a>(root: Node<'a, '_>, name: &str) -> Option<&'a str> {
    root.descendants()
        .filter(|node| node.has_tag_name("SessionFlag"))
        .find(|node| {
            node.attribute("N")
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
        })?
        .attribute("V")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_that_matter_are_read() {
        let xml = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Session SID=\"42\" BitFlags=\"20119\" Aborted=\"true\">\
            <SessionTimers ClientConnected=\"2026-03-02T10:00:00.5+01:00\" ClientBeginRequest=\"0001-01-01T00:00:00\" />\
            <SessionFlags><SessionFlag N=\"UI-Comments\" V=\"this fails\" />\
            <SessionFlag N=\"x-responsebodytransferlength\" V=\"3,643\" /></SessionFlags></Session>";
        let metadata = Metadata::parse(xml).unwrap();
        assert_eq!(metadata.session, Some(42));
        assert_eq!(metadata.comment.as_deref(), Some("this fails"));
        assert_eq!(
            metadata.started.unwrap().to_string(),
            "2026-03-02T09:00:00.5Z"
        );
        assert_eq!(metadata.answered_by, AnsweredBy::Proxy);
        assert!(metadata.aborted);
        assert_eq!(metadata.request_dropped, None);
        assert!(metadata.response_dropped.unwrap().contains("3,643"));
        assert_eq!(Metadata::parse("<Session SID="), None);
    }
}
