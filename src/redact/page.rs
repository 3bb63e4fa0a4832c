//! Pages: only the error that they tell.

use std::fmt::Write as _;
use std::sync::OnceLock;

use regex::Regex;

use super::value::Copier;
use crate::sensitive::pattern;
use crate::text::readable::{clip, readable};

/// How much of a page is looked at, in bytes, and how much of it a copy may quote.
const MAX_PAGE: usize = 256 << 10;
const MAX_TEXT: usize = 4 << 10;

/// How many messages of a page are kept.
const MOST_MESSAGES: usize = 8;

/// Whether `text` begins as a page does.
pub(super) fn is_page(text: &str) -> bool {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    let start = clip(start, 14).to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

impl Copier<'_> {
    /// A page. Of one that refuses an API call all that it says is kept, of any other its error.
    pub(super) fn page(&mut self, text: &str, refuses: bool) -> String {
        static TITLE: OnceLock<Regex> = OnceLock::new();
        static CODE: OnceLock<Regex> = OnceLock::new();
        static MESSAGE: OnceLock<Regex> = OnceLock::new();
        let text = clip(text, MAX_PAGE);
        let title = pattern(&TITLE, r"(?i)<title[^>]{0,100}>([^<]{1,200})</title>");
        let code = pattern(&CODE, r#"(?-u)"sErrorCode":"([0-9]{0,9})""#);
        let message = pattern(
            &MESSAGE,
            r#"\b(?:AADSTS[0-9]{4,8}|TF[0-9]{5,7}|VS[0-9]{5,7})\b[^<>"\r\n]{0,1200}"#,
        );
        let mut out = String::from("<html>");
        if let Some(title) = title.captures(text) {
            let words = self.page_title(&title[1]);
            let _ = write!(out, "<head><title>{words}</title></head>");
        }
        out.push_str("<body>");
        if let Some(code) = code.captures(text) {
            let _ = write!(
                out,
                r#"<script>$Config={{"sErrorCode":"{}"}};</script>"#,
                &code[1]
            );
        }
        let mut told: Vec<&str> = message
            .find_iter(text)
            .map(|found| found.as_str())
            .collect();
        told.dedup();
        let mut lines: Vec<String> = told
            .into_iter()
            .take(MOST_MESSAGES)
            .map(str::to_owned)
            .collect();
        if refuses && lines.is_empty() {
            lines.push(clip(&readable(text), MAX_TEXT).to_owned());
        }
        for line in lines {
            let line = self.sentence(&line);
            let _ = write!(out, "<p>{}</p>", line.replace('<', "&lt;"));
        }
        out.push_str("</body></html>");
        out
    }

    /// A title says which page it is only where it is one of Microsoft's.
    fn page_title(&mut self, title: &str) -> String {
        let known = [
            "sign in",
            "signed",
            "azure devops",
            "microsoft",
            "error",
            "visual studio",
        ];
        let lower = title.to_lowercase();
        if known.iter().any(|word| lower.contains(word)) {
            self.sentence(title)
        } else {
            self.placeholder(title)
        }
    }
}
