//! Colour and width of text output.

use owo_colors::{OwoColorize, Style as Paint};

use crate::report::finding::Severity;

/// How text is laid out. The caller knows the terminal; the library does not ask it.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Whether colours are wanted.
    pub color: bool,
    /// Columns to fill.
    pub width: usize,
    /// Whether secrets may be shown in excerpts and differences.
    pub secrets: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            width: 80,
            secrets: false,
        }
    }
}

impl Style {
    fn paint(self, text: &str, paint: Paint) -> String {
        if self.color {
            text.style(paint).to_string()
        } else {
            text.to_owned()
        }
    }

    /// What the eye should find first.
    pub fn strong(self, text: &str) -> String {
        self.paint(text, Paint::new().bold())
    }

    /// What may be passed over.
    pub fn faint(self, text: &str) -> String {
        self.paint(text, Paint::new().dimmed())
    }

    /// A command to type, an id to look up.
    pub fn code(self, text: &str) -> String {
        self.paint(text, Paint::new().cyan())
    }

    /// What is right, or added.
    pub fn good(self, text: &str) -> String {
        self.paint(text, Paint::new().green())
    }

    /// What is wrong, or removed.
    pub fn bad(self, text: &str) -> String {
        self.paint(text, Paint::new().red())
    }

    /// The changed part within a removed line.
    pub(crate) fn bad_strong(self, text: &str) -> String {
        self.paint(text, Paint::new().red().bold().underline())
    }

    /// The changed part within an added line.
    pub(crate) fn good_strong(self, text: &str) -> String {
        self.paint(text, Paint::new().green().bold().underline())
    }

    /// Text in the colour of its severity.
    pub fn severity(self, severity: Severity, text: &str) -> String {
        let paint = Paint::new().bold();
        self.paint(
            text,
            match severity {
                Severity::Error => paint.red(),
                Severity::Warning => paint.yellow(),
                Severity::Note => paint.blue(),
            },
        )
    }

    /// `text` wrapped to the width, each line behind `first` or `rest`. Both are of one width.
    pub fn wrap(self, first: &str, rest: &str, text: &str) -> String {
        let width = self.width.clamp(30, 120);
        let options = textwrap::Options::new(width)
            .initial_indent(first)
            .subsequent_indent(rest)
            .break_words(false)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(text, options)
    }
}
