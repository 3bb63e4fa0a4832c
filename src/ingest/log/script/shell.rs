//! Commands of a POSIX shell: words, quotes, variables, here-documents and pipes.

use super::Script;
use super::command;
use crate::ingest::literal::{Names as _, closing};
use crate::ingest::value::Value;

/// How deep substitutions may lie in each other.
const MOST_DEPTH: usize = 8;

/// A part of a word.
#[derive(Debug)]
enum Part {
    Text(String),
    Variable(String),
    Command(String),
}

/// A word, and the variable it assigns to if it begins with a bare `NAME=`.
#[derive(Debug, Default)]
struct Word {
    parts: Vec<Part>,
    assigns: bool,
    quoted: bool,
    /// The words between the brackets of `NAME=(…)`.
    list: Option<Vec<Word>>,
}

impl Word {
    fn push(&mut self, text: &str) {
        match self.parts.last_mut() {
            Some(Part::Text(last)) => last.push_str(text),
            _ => self.parts.push(Part::Text(text.to_owned())),
        }
    }

    fn bare(&self) -> &str {
        match self.parts.as_slice() {
            [Part::Text(text)] => text,
            _ => "",
        }
    }
}

/// What a command reads.
#[derive(Debug, Default)]
enum Input {
    #[default]
    Nothing,
    Word(Word),
    File(Word),
}

/// One command of a pipeline.
#[derive(Debug, Default)]
struct Simple {
    words: Vec<Word>,
    input: Input,
    output: Option<Word>,
    /// Whether its output goes to the next command.
    pipes: bool,
}

/// A here-document that begins on the next line.
struct Pending {
    command: usize,
    tag: String,
    literal: bool,
    tabs: bool,
}

struct Reader<'s> {
    text: &'s str,
    at: usize,
}

/// Runs the line of commands that `text` begins with. Gives how much of it that was, and what is
/// known to be printed; `None` if it breaks off.
pub(super) fn run(
    text: &str,
    script: &mut Script,
    depth: usize,
) -> Option<(usize, Option<String>)> {
    let mut reader = Reader { text, at: 0 };
    let parsed = reader.commands()?;
    let mut printed = None;
    let mut input = None;
    for simple in parsed {
        let pipes = simple.pipes;
        let out = execute(&simple, input.take(), script, depth);
        if pipes {
            input = out;
        } else {
            printed = out;
        }
    }
    Some((reader.at, printed))
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn take(&mut self, begin: &str) -> bool {
        let found = self.rest().starts_with(begin);
        if found {
            self.at += begin.len();
        }
        found
    }

    /// The commands up to the end of the line, and the here-documents behind it.
    fn commands(&mut self) -> Option<Vec<Simple>> {
        let mut commands = vec![Simple::default()];
        let mut pending: Vec<Pending> = Vec::new();
        loop {
            while self.take(" ") || self.take("\t") || self.take("\\\n") {}
            let Some(next) = self.rest().chars().next() else {
                break;
            };
            let last = commands.len() - 1;
            match next {
                '\n' => {
                    self.at += 1;
                    // A line that ends with an operator goes on.
                    let goes_on =
                        commands[last].words.is_empty() && last > 0 && commands[last - 1].pipes;
                    if !goes_on {
                        break;
                    }
                }
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                '|' => {
                    self.at += if self.rest().starts_with("||") { 2 } else { 1 };
                    commands[last].pipes = !self.text[..self.at].ends_with("||");
                    commands.push(Simple::default());
                }
                ';' | '&' | ')' | '(' => {
                    self.at += 1;
                    commands.push(Simple::default());
                }
                '<' if self.take("<<<") => {
                    while self.take(" ") {}
                    let mut word = self.word()?;
                    word.push("\n");
                    commands[last].input = Input::Word(word);
                }
                '<' if self.take("<<") => {
                    let tabs = self.take("-");
                    while self.take(" ") {}
                    let word = self.word()?;
                    pending.push(Pending {
                        command: last,
                        tag: word.bare().to_owned(),
                        literal: word.quoted,
                        tabs,
                    });
                }
                '<' => {
                    self.at += 1;
                    while self.take(" ") {}
                    commands[last].input = Input::File(self.word()?);
                }
                '>' => {
                    self.at += 1;
                    while self.take(">") || self.take("&") || self.take(" ") || self.take("|") {}
                    commands[last].output = Some(self.word()?);
                }
                _ => {
                    let word = self.word()?;
                    // `2>&1` and its like are no words.
                    let is_number = word.bare().len() == 1
                        && word.bare().bytes().all(|byte| byte.is_ascii_digit());
                    if !(is_number && self.rest().starts_with(['<', '>'])) {
                        commands[last].words.push(word);
                    }
                }
            }
        }
        for document in pending {
            let word = self.document(&document)?;
            commands[document.command].input = Input::Word(word);
        }
        Some(commands)
    }

    /// The lines up to the one that is nothing but the tag.
    fn document(&mut self, document: &Pending) -> Option<Word> {
        let start = self.at;
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            if rest.is_empty() {
                // The log breaks off inside it.
                self.at = start;
                return None;
            }
            let line = rest.split('\n').next().unwrap_or_default();
            self.at = (self.at + line.len() + 1).min(self.text.len());
            let shown = if document.tabs {
                line.trim_start_matches('\t')
            } else {
                line
            };
            // A script inside YAML stands indented, tag and all.
            if shown.trim() == document.tag {
                break;
            }
            text.push_str(shown);
            text.push('\n');
        }
        let mut word = Word::default();
        if document.literal {
            word.push(&text);
        } else {
            let mut inner = Reader { text: &text, at: 0 };
            inner.expanding(&mut word, None)?;
        }
        Some(word)
    }

    fn word(&mut self) -> Option<Word> {
        let mut word = Word::default();
        let name = self
            .rest()
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        word.assigns = name > 0
            && !self.rest().starts_with(|c: char| c.is_ascii_digit())
            && self.rest()[name..].starts_with('=');
        if word.assigns && self.rest()[name..].starts_with("=(") {
            let text = self.rest()[..name].to_owned();
            word.push(&text);
            self.at += name + 2;
            word.list = Some(self.list()?);
            return Some(word);
        }
        while let Some(next) = self.rest().chars().next() {
            match next {
                ' ' | '\t' | '\n' | '|' | ';' | '&' | '<' | '>' | '(' | ')' => break,
                '\'' => {
                    self.at += 1;
                    let end = self.rest().find('\'')?;
                    let text = self.rest()[..end].to_owned();
                    word.push(&text);
                    word.quoted = true;
                    self.at += end + 1;
                }
                '"' => {
                    self.at += 1;
                    word.push("");
                    word.quoted = true;
                    self.expanding(&mut word, Some('"'))?;
                }
                '\\' => {
                    self.at += 1;
                    let Some(escaped) = self.rest().chars().next() else {
                        break;
                    };
                    self.at += escaped.len_utf8();
                    if escaped != '\n' {
                        word.push(escaped.encode_utf8(&mut [0; 4]));
                        word.quoted = true;
                    }
                }
                '$' if self.take("$'") => {
                    word.quoted = true;
                    let text = self.ansi()?;
                    word.push(&text);
                }
                '$' | '`' => self.substitution(&mut word)?,
                other => {
                    word.push(other.encode_utf8(&mut [0; 4]));
                    self.at += other.len_utf8();
                }
            }
        }
        Some(word)
    }

    /// The words up to the bracket that closes a list.
    fn list(&mut self) -> Option<Vec<Word>> {
        let mut words = Vec::new();
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            if self.take(")") {
                return Some(words);
            }
            let before = self.at;
            words.push(self.word()?);
            if self.at == before {
                return None;
            }
        }
    }

    /// What stands in double quotes, or in a here-document, up to its end.
    fn expanding(&mut self, word: &mut Word, end: Option<char>) -> Option<()> {
        loop {
            let Some(next) = self.rest().chars().next() else {
                return end.is_none().then_some(());
            };
            match next {
                next if Some(next) == end => {
                    self.at += 1;
                    return Some(());
                }
                '\\' => {
                    let escaped = self.rest()[1..].chars().next();
                    match escaped {
                        Some('\n') => self.at += 2,
                        Some(c) if matches!(c, '$' | '`' | '\\') || Some(c) == end => {
                            word.push(c.encode_utf8(&mut [0; 4]));
                            self.at += 2;
                        }
                        _ => {
                            word.push("\\");
                            self.at += 1;
                        }
                    }
                }
                '$' | '`' => self.substitution(word)?,
                _ => {
                    let stop = self
                        .rest()
                        .find(['\\', '$', '`', end.unwrap_or('$')])
                        .unwrap_or(self.rest().len());
                    let text = self.rest()[..stop].to_owned();
                    word.push(&text);
                    self.at += stop;
                }
            }
        }
    }

    /// What begins with a dollar sign or a backtick.
    fn substitution(&mut self, word: &mut Word) -> Option<()> {
        if self.take("`") {
            let end = self.rest().find('`')?;
            word.parts
                .push(Part::Command(self.rest()[..end].to_owned()));
            self.at += end + 1;
            return Some(());
        }
        self.at += 1;
        if self.take("(") {
            let end = closing(self.rest(), '(', ')')?;
            word.parts
                .push(Part::Command(self.rest()[..end].to_owned()));
            self.at += end + 1;
        } else if self.take("{") {
            let end = closing(self.rest(), '{', '}')?;
            word.parts
                .push(Part::Variable(self.rest()[..end].to_owned()));
            self.at += end + 1;
        } else {
            let rest = self.rest();
            let special = rest.starts_with(|c: char| {
                c.is_ascii_digit() || matches!(c, '@' | '*' | '?' | '$' | '!')
            });
            let length = rest
                .bytes()
                .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
                .count();
            let length = if special { 1 } else { length };
            if length == 0 {
                word.push("$");
            } else {
                word.parts.push(Part::Variable(rest[..length].to_owned()));
            }
            self.at += length;
        }
        Some(())
    }

    /// `$'…'`, as browsers copy what holds a quote.
    fn ansi(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let next = self.rest().chars().next()?;
            self.at += next.len_utf8();
            if next == '\'' {
                return Some(text);
            }
            if next != '\\' {
                text.push(next);
                continue;
            }
            let escaped = self.rest().chars().next()?;
            self.at += escaped.len_utf8();
            let digits = match escaped {
                'n' => {
                    text.push('\n');
                    continue;
                }
                'r' => {
                    text.push('\r');
                    continue;
                }
                't' => {
                    text.push('\t');
                    continue;
                }
                'x' => 2,
                'u' => 4,
                'U' => 8,
                other => {
                    text.push(other);
                    continue;
                }
            };
            let rest = self.rest();
            let length = rest
                .bytes()
                .take(digits)
                .take_while(u8::is_ascii_hexdigit)
                .count();
            let number = u32::from_str_radix(&rest[..length], 16).ok();
            self.at += length;
            text.push(number.and_then(char::from_u32).unwrap_or('\u{fffd}'));
        }
    }
}

/// What a word stands for. What is not known of it is masked, as pipelines mask secrets.
fn expand(word: &Word, script: &mut Script, depth: usize) -> String {
    let mut out = String::new();
    for part in &word.parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Variable(name) => {
                let (name, default) = name
                    .split_once(":-")
                    .map_or((name.as_str(), None), |(name, default)| {
                        (name, Some(default))
                    });
                let value = script.variable(name).or(default.map(str::to_owned));
                out.push_str(&value.unwrap_or_else(|| script.unknown(name)));
            }
            Part::Command(command) => {
                let printed = (depth < MOST_DEPTH && script.may_read(command.len()))
                    .then(|| all(command, script, depth + 1))
                    .flatten();
                let printed = printed.unwrap_or_else(|| script.unknown(command));
                out.push_str(printed.trim_end_matches('\n'));
            }
        }
    }
    out
}

/// The words that `${NAME[@]}` stands for.
fn whole_list(word: &Word, script: &mut Script) -> Option<Vec<String>> {
    let [name] = word
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Variable(name) => Some(name.as_str()),
            Part::Text(text) if text.is_empty() => None,
            _ => Some(""),
        })
        .collect::<Vec<_>>()[..]
    else {
        return None;
    };
    let name = name
        .strip_suffix("[@]")
        .or_else(|| name.strip_suffix("[*]"))?;
    let Value::List(items) = script.value(name) else {
        return None;
    };
    items.iter().map(Value::text).collect()
}

/// Runs all lines of `text`; gives what they print if it is known.
fn all(text: &str, script: &mut Script, depth: usize) -> Option<String> {
    let mut rest = text;
    let mut printed = None;
    while !rest.trim().is_empty() {
        let (length, out) = run(rest, script, depth)?;
        printed = out;
        rest = &rest[length..];
    }
    printed
}

fn execute(
    simple: &Simple,
    piped: Option<String>,
    script: &mut Script,
    depth: usize,
) -> Option<String> {
    let stdin = match &simple.input {
        Input::Nothing => piped,
        Input::Word(word) => Some(expand(word, script, depth)),
        Input::File(word) => {
            let name = expand(word, script, depth);
            script.file(&name)
        }
    };
    let mut words = simple.words.as_slice();
    while let Some((first, rest)) = words.split_first() {
        const BEFORE: [&str; 19] = [
            "sudo", "time", "command", "exec", "!", "if", "then", "else", "elif", "while", "do",
            "{", "export", "local", "readonly", "declare", "typeset", "env", "-x",
        ];
        if let Some(list) = &first.list {
            let items = list
                .iter()
                .map(|word| Value::Text(expand(word, script, depth)));
            let items = items.collect();
            script.assign(first.bare(), Value::List(items));
        } else if first.assigns {
            let text = expand(first, script, depth);
            let (name, value) = text.split_once('=')?;
            script.set(name, value);
        } else if !BEFORE.contains(&first.bare()) {
            break;
        }
        words = rest;
    }
    let words: Vec<String> = words
        .iter()
        .flat_map(|word| match whole_list(word, script) {
            Some(items) => items,
            None => vec![expand(word, script, depth)],
        })
        .collect();
    let (name, arguments) = words.split_first()?;
    let out = command::run(name, arguments, stdin, script);
    if let Some(file) = &simple.output {
        let file = expand(file, script, depth);
        if let Some(out) = &out {
            script.write(&file, out);
        }
        return None;
    }
    out
}
