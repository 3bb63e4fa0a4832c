//! Requests that somebody copied as a command, and the commands of a script, with what it set before.
//!
//! Nothing is run: words are taken apart as the shell would, variables and here-documents that are
//! written out stand for what they hold, and what only the machine knows is masked.

mod az;
mod cmd;
mod code;
mod command;
mod fetch;
mod powershell;
mod shell;

use std::collections::HashMap;

use super::assemble::{Piece, Said, Source};
use super::lines::{Cursor, Line};
use crate::exchange::{Body, Headers};
use crate::ingest::literal::Names;
use crate::ingest::value::{MASK, Value};

/// Longest command, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// So many lines of such a log are looked at first.
const FEWEST_LINES: usize = 32;

/// Longest command of a log whose lines carry marks, in lines.
const MOST_LINES: usize = 2000;

/// Most variables and files that are remembered.
const MOST_NAMES: usize = 1000;

/// A request that a command makes.
#[derive(Debug)]
struct Asked {
    method: String,
    url: String,
    headers: Headers,
    body: Body,
}

/// What a script has set so far.
#[derive(Debug, Default)]
pub(super) struct Script {
    variables: HashMap<String, Value>,
    files: HashMap<String, String>,
    asked: Vec<Asked>,
    /// Names of what a request holds and the script does not tell.
    masked: Vec<String>,
    /// How many bytes have been read as commands, and how many may be.
    work: usize,
    room: usize,
}

/// What commands at one place of a log make.
pub(super) struct Ran<'a> {
    /// Their requests.
    pub(super) said: Vec<Said>,
    /// The place behind them.
    pub(super) rest: Cursor<'a>,
}

/// How a command is spelt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    Shell,
    Cmd,
    PowerShell,
    JavaScript,
}

impl Script {
    /// For a log of `length` bytes: what all commands may cost together grows with it and no faster.
    pub(super) fn new(length: usize) -> Self {
        Self {
            room: length.saturating_mul(8) + MOST_BYTES,
            ..Self::default()
        }
    }

    /// Reads the commands that begin in `line`, at `from`.
    pub(super) fn read<'a>(&mut self, line: &Line<'a>, from: Cursor<'a>) -> Option<Ran<'a>> {
        let (dialect, start) = begin(line.text)?;
        if self.work >= self.room {
            return None;
        }
        let skipped = line.text.len() - start.len();
        // A command in backticks ends with the next one.
        let fenced =
            skipped > 0 && line.text[..skipped].ends_with('`') && dialect != Dialect::PowerShell;
        let mut lines = FEWEST_LINES;
        let (text, length) = loop {
            let text = Lines::from(line, skipped, from, lines);
            let shown = text.shown(fenced);
            self.asked.clear();
            self.masked.clear();
            let length = self.run(dialect, shown);
            self.work += if text.is_copy() {
                shown.len()
            } else {
                length.unwrap_or(shown.len())
            };
            // What ends with the lines at hand may go on in the next ones.
            let ends = length.is_some_and(|length| length < shown.len());
            if ends || text.is_whole() || lines >= MOST_LINES {
                break (text, length?);
            }
            lines *= 4;
        };
        let shown = text.shown(fenced);
        self.asked.retain(|asked| !asked.is_pattern());
        if self.asked.is_empty() && !shown[..length].trim_end_matches('\n').contains('\n') {
            return None;
        }
        let said = std::mem::take(&mut self.asked)
            .into_iter()
            .map(Asked::said)
            .collect();
        Some(Ran {
            said,
            rest: text.behind(length),
        })
    }

    fn run(&mut self, dialect: Dialect, text: &str) -> Option<usize> {
        match dialect {
            Dialect::Shell => shell::run(text, self, 0).map(|(length, _)| length),
            Dialect::Cmd => Some(cmd::run(text, self)),
            Dialect::PowerShell => powershell::run(text, self),
            Dialect::JavaScript => fetch::run(text, self),
        }
    }

    /// The one request that the program `text` makes.
    pub(super) fn program(&mut self, text: &str) -> Option<Said> {
        self.masked.clear();
        code::request(text, self).map(Asked::said)
    }

    /// The names that stand masked in what was read last.
    pub(super) fn masked(&mut self) -> Vec<String> {
        std::mem::take(&mut self.masked)
    }

    /// Counts `length` more bytes to read; `false` where that is too much.
    fn may_read(&mut self, length: usize) -> bool {
        self.work += length;
        self.work < self.room
    }

    fn variable(&mut self, name: &str) -> Option<String> {
        let text = self.variables.get(name)?.text()?;
        self.may_read(text.len()).then_some(text)
    }

    fn set(&mut self, name: &str, value: &str) {
        if self.variables.len() < MOST_NAMES && value.len() <= MOST_BYTES {
            self.variables
                .insert(name.to_owned(), Value::Text(value.to_owned()));
        }
    }

    fn assign(&mut self, name: &str, value: Value) {
        if self.variables.len() < MOST_NAMES && value.weight() <= MOST_BYTES {
            self.variables.insert(name.to_ascii_lowercase(), value);
        }
    }

    fn file(&self, name: &str) -> Option<String> {
        self.files.get(base_name(name)).cloned()
    }

    fn write(&mut self, name: &str, text: &str) {
        if self.files.len() < MOST_NAMES && text.len() <= MOST_BYTES {
            self.files
                .insert(base_name(name).to_owned(), text.to_owned());
        }
    }
}

impl Names for Script {
    /// The variable called `name`, in any letter case.
    fn value(&mut self, name: &str) -> Value {
        let known = self.variables.get(name);
        let known = known.or_else(|| self.variables.get(&name.to_ascii_lowercase()));
        let value = known.cloned().unwrap_or_default();
        if self.may_read(value.weight()) {
            value
        } else {
            Value::Unknown
        }
    }

    /// What stands for something that only the machine knows.
    fn unknown(&mut self, name: &str) -> String {
        let name: String = name.chars().take(40).collect();
        if self.masked.len() < 20 && !self.masked.contains(&name) {
            self.masked.push(name);
        }
        MASK.to_owned()
    }
}

/// Whether `word` is a command of PowerShell that sends a request.
pub(super) fn sends(word: &str) -> bool {
    powershell::sends(word)
}

/// Verb and address of the request in a line of PowerShell, if they are written out there.
pub(super) fn request_in(line: &str) -> Option<(String, String)> {
    let (dialect, start) = begin(line)?;
    let mut script = Script::new(line.len());
    if dialect == Dialect::PowerShell {
        powershell::run(start, &mut script);
    }
    let asked = script
        .asked
        .pop()
        .filter(|asked| asked.url.contains("://"))?;
    Some((asked.method, asked.url))
}

fn base_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

impl Asked {
    /// Whether a page of documentation shows how such a request looks: nobody sent it.
    fn is_pattern(&self) -> bool {
        self.url.contains(['{', '<']) && self.body.text().is_none()
    }

    fn said(self) -> Said {
        let pieces = vec![
            Piece::Request(Some(self.method), self.url),
            Piece::RequestHeaders(self.headers),
            Piece::RequestBody(self.body),
        ];
        Said::new(Source::Command, pieces)
    }
}

/// The lines of a log from a command on, without what stands in front of them.
enum Lines<'a> {
    /// Nothing stands in front, so it is the log itself.
    Plain(&'a str, Cursor<'a>),
    /// The text, for each line where it begins in the text and where the next one begins in the log,
    /// and whether the log ends there.
    Marked(String, Vec<(usize, usize)>, Cursor<'a>, bool),
}

impl<'a> Lines<'a> {
    fn from(line: &Line<'a>, skipped: usize, from: Cursor<'a>, most: usize) -> Self {
        let start = from.to(line.place_of(line.text) + skipped);
        if !line.is_marked() {
            let rest = start.rest();
            let mut end = rest.len().min(MOST_BYTES);
            while !rest.is_char_boundary(end) {
                end -= 1;
            }
            return Self::Plain(&rest[..end], start);
        }
        let mut text = String::new();
        let mut places = Vec::new();
        let mut cursor = from;
        while let Some((line, behind)) = cursor.line().filter(|_| places.len() < most) {
            places.push((text.len(), behind.at));
            text.push_str(if places.len() == 1 {
                &line.text[skipped..]
            } else {
                line.text
            });
            text.push('\n');
            cursor = behind;
        }
        Self::Marked(text, places, start, cursor.rest().is_empty())
    }

    /// The text; where a backtick stands in front of it, up to the next one.
    fn shown(&self, fenced: bool) -> &str {
        let text = match self {
            Self::Plain(text, _) => text,
            Self::Marked(text, ..) => text.as_str(),
        };
        let end = if fenced { text.find('`') } else { None };
        &text[..end.unwrap_or(text.len())]
    }

    fn is_copy(&self) -> bool {
        matches!(self, Self::Marked(..))
    }

    /// Whether there is no more to read.
    fn is_whole(&self) -> bool {
        matches!(self, Self::Plain(..) | Self::Marked(_, _, _, true))
    }

    /// The place in the log behind `length` bytes of the text.
    fn behind(&self, length: usize) -> Cursor<'a> {
        match self {
            Self::Plain(_, start) => start.to(start.at + length),
            Self::Marked(_, places, start, _) => {
                let last = places
                    .iter()
                    .take_while(|(at, _)| *at < length.max(1))
                    .last();
                start.to(last.map_or(start.at, |(_, behind)| *behind))
            }
        }
    }
}

/// What may stand in front of a command at the beginning of its line.
const PROMPTS: [&str; 8] = ["$ ", "+ ", "++ ", "> ", "# ", "% ", "- ", "| "];

/// Commands that prepare what a request sends.
const PREPARING: [&str; 9] = [
    "cat ",
    "echo ",
    "printf ",
    "export ",
    "local ",
    "readonly ",
    "declare ",
    "read ",
    "tee ",
];

/// What a line begins that may make a request or prepare one, and the line from there on.
fn begin(text: &str) -> Option<(Dialect, &str)> {
    let mut line = behind_prompt(text.trim_start());
    while let Some(rest) = PROMPTS.iter().find_map(|prompt| line.strip_prefix(prompt)) {
        line = rest.trim_start();
    }
    if let Some(found) = javascript(line).or_else(|| powershell(line)) {
        return Some(found);
    }
    if let Some(rest) = line
        .strip_prefix("set ")
        .filter(|rest| rest.contains('=') && !rest.starts_with('-'))
    {
        // A variable of cmd.exe.
        return Some((Dialect::Shell, rest)).filter(|_| assigns(rest));
    }
    let prepares = assigns(line)
        || (PREPARING.iter().any(|name| line.starts_with(name))
            && line.contains(['<', '>', '|', '=']));
    if let Some((at, dialect)) = command_in(line) {
        let piped = line[..at].contains('|') || prepares;
        return Some((dialect, if piped { line } else { &line[at..] }));
    }
    prepares.then_some((Dialect::Shell, line))
}

/// The line behind the prompt of PowerShell, cmd.exe or a shell that names user and machine.
fn behind_prompt(line: &str) -> &str {
    let bytes = line.as_bytes();
    let end = match bytes {
        [b'P', b'S', b' ', ..] | [_, b':', b'\\', ..] => line.find('>'),
        _ => {
            let end = line.find(['$', '#', ' ', '\'', '"']);
            end.filter(|end| matches!(bytes[*end], b'$' | b'#') && line[..*end].contains('@'))
        }
    };
    end.map_or(line, |end| line[end + 1..].trim_start())
}

/// Whether the line begins with a bare `NAME=`.
fn assigns(line: &str) -> bool {
    let length = line
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    let first = line.bytes().next();
    length > 0
        && first.is_some_and(|byte| !byte.is_ascii_digit())
        && line[length..].starts_with('=')
        && !line[length..].starts_with("= ")
        && !line[length..].starts_with("==")
}

/// A call of `curl` or `az` where a command can stand, and how it is spelt.
fn command_in(line: &str) -> Option<(usize, Dialect)> {
    for name in [
        "curl ",
        "curl.exe ",
        "az rest ",
        "az devops invoke ",
        "az devops service-endpoint create ",
    ] {
        for (at, _) in line.match_indices(name) {
            let before = line[..at].trim_end();
            let glued = before.len() == at && at > 0;
            let opens = before.is_empty()
                || before.ends_with([
                    '(', '`', '|', '&', ';', '$', '#', '+', '>', ':', '-', '!', '{', '=',
                ])
                || ["sudo", "do", "then", "else", "if", "while", "time", "exec"]
                    .iter()
                    .any(|word| before.ends_with(word) && !glued);
            let path = glued && before.ends_with(['/', '\\']);
            if opens && !(glued && before.ends_with(['-', '=', ':'])) || path {
                let command = &line[at..];
                let dialect = if cmd::is_cmd(command) {
                    Dialect::Cmd
                } else if command.trim_end().ends_with('`') && !before.ends_with('`') {
                    Dialect::PowerShell
                } else {
                    Dialect::Shell
                };
                return Some((at, dialect));
            }
        }
    }
    None
}

fn powershell(line: &str) -> Option<(Dialect, &str)> {
    if let Some(rest) = line.strip_prefix('$') {
        let length = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':')))
            .unwrap_or(rest.len());
        let assigned = rest[length..].trim_start();
        let is_assignment = length > 0 && assigned.starts_with('=') && !assigned.starts_with("==");
        return is_assignment.then_some((Dialect::PowerShell, line));
    }
    let lower = line
        .get(..400.min(line.len()))
        .unwrap_or(line)
        .to_ascii_lowercase();
    for name in [
        "invoke-restmethod ",
        "invoke-webrequest ",
        "irm ",
        "iwr ",
        "invoke-restmethod\t",
    ] {
        if let Some(at) = lower.find(name) {
            let before = lower[..at].trim_end();
            let opens = before.is_empty()
                || before.ends_with(['(', '`', '|', '&', ';', '>', '=', '{', ':', '-']);
            // What is said of a command is no command.
            let said = line[at + name.len()..].trim_start().starts_with(':');
            if opens && !said {
                let piped = before.ends_with('|');
                return Some((Dialect::PowerShell, if piped { line } else { &line[at..] }));
            }
        }
    }
    let piped = line.starts_with("@\"") || line.starts_with("@'") || line.starts_with("@{");
    piped.then_some((Dialect::PowerShell, line))
}

fn javascript(line: &str) -> Option<(Dialect, &str)> {
    let call = ["fetch(", "await fetch(", "return fetch("]
        .iter()
        .any(|begin| line.starts_with(begin));
    let set = ["const ", "let ", "var "]
        .iter()
        .any(|begin| line.starts_with(begin))
        && line.contains('=');
    (call || set).then_some((Dialect::JavaScript, line))
}
