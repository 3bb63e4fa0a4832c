//! Statements of PowerShell: assignments of what is written out, and `Invoke-RestMethod`.

use super::{Asked, Script};
use crate::exchange::Body;
use crate::ingest::literal::{Names as _, closing};
use crate::ingest::value::{MASK, Value};

/// How deep expressions may lie in each other.
const MOST_DEPTH: usize = 40;

/// How deep `ConvertTo-Json` goes unless told otherwise.
const USUAL_DEPTH: usize = 2;

struct Reader<'s> {
    text: &'s str,
    at: usize,
    depth: usize,
}

/// Runs the statement that `text` begins with. Gives how much of it that was; `None` if it breaks off.
pub(super) fn run(text: &str, script: &mut Script) -> Option<usize> {
    let mut reader = Reader {
        text,
        at: 0,
        depth: 0,
    };
    reader.blank();
    let start = reader.at;
    if let Some(name) = reader.variable()
        && !name.contains(['.', '['])
    {
        reader.blank();
        if reader.take("=") {
            let value = reader.pipeline(script)?;
            script.assign(&name, value);
            reader.finish();
            return Some(reader.at);
        }
    }
    reader.at = start;
    reader.pipeline(script)?;
    reader.finish();
    Some(reader.at)
}

/// Whether the word is a command that sends a request.
pub(super) fn sends(word: &str) -> bool {
    ["invoke-restmethod", "invoke-webrequest", "irm", "iwr"]
        .contains(&word.to_ascii_lowercase().as_str())
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn take(&mut self, begin: &str) -> bool {
        let found = self
            .rest()
            .get(..begin.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(begin));
        if found {
            self.at += begin.len();
        }
        found
    }

    /// Skips blanks and continued lines.
    fn blank(&mut self) {
        while self.take(" ") || self.take("\t") || self.take("`\n") || self.take("` \n") {}
    }

    /// Skips blanks, line ends, semicolons and remarks between parts in brackets.
    fn blank_lines(&mut self) {
        loop {
            self.blank();
            if self.take("<#") {
                self.at += self
                    .rest()
                    .find("#>")
                    .map_or(self.rest().len(), |at| at + 2);
            } else if self.rest().starts_with('#') {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else if !self.take("\n") && !self.take(";") {
                return;
            }
        }
    }

    /// The end of the statement.
    fn finish(&mut self) {
        let rest = self.rest();
        let end = rest.find(['\n', ';']).map_or(rest.len(), |at| at + 1);
        self.at += end;
    }

    fn identifier(&mut self) -> Option<String> {
        let symbol = |c: char| c.is_alphanumeric() || c == '_';
        let length = self
            .rest()
            .find(|c| !symbol(c))
            .unwrap_or(self.rest().len());
        let name = self.rest()[..length].to_owned();
        self.at += length;
        (length > 0).then_some(name)
    }

    /// The name behind a dollar sign.
    fn variable(&mut self) -> Option<String> {
        if self.take("${") {
            let end = self.rest().find('}')?;
            let name = self.rest()[..end].to_owned();
            self.at += end + 1;
            return Some(name);
        }
        if !self.take("$") {
            return None;
        }
        let name = self.identifier()?;
        // `$env:NAME`, `$script:name`
        if self.rest().starts_with(':') && !self.rest().starts_with("::") {
            self.at += 1;
            let inner = self.identifier()?;
            return Some(if name.eq_ignore_ascii_case("env") {
                format!("env:{inner}")
            } else {
                inner
            });
        }
        Some(name)
    }

    /// An expression, and what it is piped into.
    fn pipeline(&mut self, script: &mut Script) -> Option<Value> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return None;
        }
        let mut value = self.sum(script)?;
        loop {
            self.blank();
            // A pipe may begin the next line, too.
            let before = self.at;
            self.blank_lines();
            if !self.take("|") {
                self.at = before;
                break;
            }
            self.blank_lines();
            value = self.command(Some(value), script)?;
        }
        self.depth -= 1;
        Some(value)
    }

    /// Terms with a plus between them, or a list of terms with commas.
    fn sum(&mut self, script: &mut Script) -> Option<Value> {
        let mut value = self.term(script)?;
        loop {
            self.blank();
            if self.take("+") {
                self.blank_lines();
                let more = self.term(script)?;
                value = match (value, more) {
                    (Value::Table(mut members), Value::Table(more)) => {
                        members.extend(more);
                        Value::Table(members)
                    }
                    (value, more) => value.joined(&more),
                };
            } else if self.take(",") {
                self.blank_lines();
                let more = self.term(script)?;
                value = match value {
                    Value::List(mut items) => {
                        items.push(more);
                        Value::List(items)
                    }
                    first => Value::List(vec![first, more]),
                };
            } else if self.take("-f ") || self.take("-replace ") || self.take("-join ") {
                self.sum(script)?;
                value = Value::Unknown;
            } else {
                return Some(value);
            }
        }
    }

    fn term(&mut self, script: &mut Script) -> Option<Value> {
        self.blank();
        let value = match self.rest().chars().next()? {
            '"' | '\'' | '@' | '(' | '$' | '[' => self.primary(script)?,
            '-' | '0'..='9' => self.number(),
            '&' | '.' => {
                self.at += 1;
                self.command(None, script)?
            }
            _ => self.command(None, script)?,
        };
        Some(value)
    }

    fn number(&mut self) -> Value {
        let length = self
            .rest()
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '.')))
            .unwrap_or(self.rest().len());
        let number = self.rest()[..length].to_owned();
        self.at += length.max(1);
        match serde_json::from_str::<serde_json::Number>(&number) {
            Ok(_) => Value::Number(number),
            Err(_) => Value::Unknown,
        }
    }

    /// A value in quotes or brackets, or a variable, with what is asked of it.
    fn primary(&mut self, script: &mut Script) -> Option<Value> {
        let mut value = if self.rest().starts_with("@\"\n") || self.rest().starts_with("@'\n") {
            self.here_string(script)?
        } else if self.take("@{") {
            self.table(script)?
        } else if self.take("@(") || self.take("$(") || self.take("(") {
            let list = self.text[..self.at].ends_with("@(");
            self.bracketed(list, script)?
        } else if self.take("@") {
            let name = self.identifier()?;
            script.value(&name)
        } else if self.take("\"") {
            Value::Text(self.expanding(script)?)
        } else if self.take("'") {
            Value::Text(self.literal()?)
        } else if self.rest().starts_with('[') {
            self.cast(script)?
        } else {
            let name = self.variable()?;
            match name.to_ascii_lowercase().as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => script.value(&name),
            }
        };
        loop {
            if self.rest().starts_with('.') && self.rest()[1..].starts_with(char::is_alphabetic) {
                self.at += 1;
                let name = self.identifier()?;
                value = match value.get(&name) {
                    Some(member) => member.clone(),
                    None => Value::Unknown,
                };
                if self.take("(") {
                    self.skip('(', ')')?;
                    value = Value::Unknown;
                }
            } else if self.take("[") {
                self.skip('[', ']')?;
                value = Value::Unknown;
            } else {
                return Some(value);
            }
        }
    }

    fn skip(&mut self, open: char, close: char) -> Option<()> {
        self.at += closing(self.rest(), open, close)? + 1;
        Some(())
    }

    /// `[type]value`, or a call of a type's own method with one argument.
    fn cast(&mut self, script: &mut Script) -> Option<Value> {
        self.at += 1;
        let end = closing(self.rest(), '[', ']')?;
        let class = self.rest()[..end].to_ascii_lowercase();
        self.at += end + 1;
        if !self.take("::") {
            let value = self.term(script)?;
            return Some(match (class.as_str(), value) {
                ("char", Value::Number(number)) => {
                    let c = number.parse().ok().and_then(char::from_u32);
                    c.map_or(Value::Unknown, |c| Value::Text(c.to_string()))
                }
                ("string", value) => value.text().map_or(Value::Unknown, Value::Text),
                (_, value) => value,
            });
        }
        // `[System.Text.Encoding]::UTF8.GetBytes(…)` sends the text that it is given.
        let mut method = String::new();
        while let Some(name) = self.identifier() {
            method = name;
            if !self.take(".") {
                break;
            }
        }
        if !self.take("(") {
            return Some(Value::Unknown);
        }
        if method.eq_ignore_ascii_case("GetBytes") {
            return self.bracketed(false, script);
        }
        self.skip('(', ')')?;
        Some(Value::Unknown)
    }

    /// What stands in round brackets.
    fn bracketed(&mut self, list: bool, script: &mut Script) -> Option<Value> {
        let mut items = Vec::new();
        loop {
            self.blank_lines();
            if self.take(")") {
                break;
            }
            if !items.is_empty() && !list {
                // More than one value, or something that is no value.
                self.skip('(', ')')?;
                return Some(Value::Unknown);
            }
            let before = self.at;
            let value = self.pipeline(script)?;
            match value {
                Value::List(more) if list => items.extend(more),
                value => items.push(value),
            }
            if self.at == before {
                return None;
            }
        }
        match (list, items.len()) {
            (true, _) => Some(Value::List(items)),
            (false, _) => Some(items.pop().unwrap_or_default()),
        }
    }

    /// The members of a table, whose opening bracket is behind us.
    fn table(&mut self, script: &mut Script) -> Option<Value> {
        let mut members = Vec::new();
        loop {
            self.blank_lines();
            if self.take("}") {
                return Some(Value::Table(members));
            }
            let name = if self.rest().starts_with(['"', '\'', '$', '(']) {
                self.primary(script)?.text()?
            } else {
                let length = self.rest().find(|c: char| c.is_whitespace() || c == '=')?;
                let name = self.rest()[..length].to_owned();
                self.at += length;
                name
            };
            self.blank();
            if !self.take("=") {
                return None;
            }
            let value = self.pipeline(script)?;
            members.push((name, value));
        }
    }

    fn literal(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let end = self.rest().find('\'')?;
            text.push_str(&self.rest()[..end]);
            self.at += end + 1;
            if !self.take("'") {
                return Some(text);
            }
            text.push('\'');
        }
    }

    /// What stands in double quotes.
    fn expanding(&mut self, script: &mut Script) -> Option<String> {
        let mut text = String::new();
        loop {
            let stop = self.rest().find(['"', '`', '$'])?;
            text.push_str(&self.rest()[..stop]);
            self.at += stop;
            if self.take("\"") {
                if !self.take("\"") {
                    return Some(text);
                }
                text.push('"');
            } else if self.take("`") {
                let c = self.rest().chars().next()?;
                self.at += c.len_utf8();
                text.push(match c {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    '0' => '\0',
                    other => other,
                });
            } else {
                self.dollar(&mut text, script)?;
            }
        }
    }

    /// A variable or an expression inside of a string.
    fn dollar(&mut self, text: &mut String, script: &mut Script) -> Option<()> {
        if self.take("$(") {
            let start = self.at;
            let value = self.bracketed(false, script)?;
            let spelt = value.text();
            let expression = self.text[start..self.at - 1].to_owned();
            text.push_str(&spelt.unwrap_or_else(|| script.unknown(&expression)));
            return Some(());
        }
        let before = self.at;
        if let Some(name) = self.variable() {
            let spelt = script.value(&name).text();
            text.push_str(&spelt.unwrap_or_else(|| script.unknown(&name)));
        } else {
            self.at = before + 1;
            text.push('$');
        }
        Some(())
    }

    /// A string of several lines, up to a line that begins with its end.
    fn here_string(&mut self, script: &mut Script) -> Option<Value> {
        let quote = if self.rest().starts_with("@\"") {
            '"'
        } else {
            '\''
        };
        self.at += 3;
        let end_mark = format!("\n{quote}@");
        let (inner, length) = if self.rest().starts_with(&end_mark[1..]) {
            (String::new(), 2)
        } else {
            let end = self.rest().find(&end_mark)?;
            (self.rest()[..end].to_owned(), end + end_mark.len())
        };
        self.at += length;
        if quote == '\'' {
            return Some(Value::Text(inner));
        }
        // Quotes are nothing special inside, so they are doubled for the reader of strings.
        let doubled = inner.replace('"', "\"\"") + "\"";
        let mut reader = Reader {
            text: &doubled,
            at: 0,
            depth: self.depth,
        };
        reader.expanding(script).map(Value::Text)
    }

    /// A command with its arguments.
    fn command(&mut self, piped: Option<Value>, script: &mut Script) -> Option<Value> {
        self.blank();
        let length = self
            .rest()
            .find(|c: char| c.is_whitespace() || matches!(c, '|' | ')' | ';' | '}' | '('))
            .unwrap_or(self.rest().len());
        if length == 0 {
            return None;
        }
        let name = self.rest()[..length].to_ascii_lowercase();
        self.at += length;
        let arguments = self.arguments(script)?;
        let get = |names: &[&str]| {
            arguments
                .iter()
                .find(|(name, _)| is_option(name, names))
                .map(|(_, value)| value)
        };
        let first = arguments
            .iter()
            .find(|(name, _)| name.is_empty())
            .map(|(_, value)| value);
        if sends(&name) {
            let splat = first
                .filter(|value| matches!(value, Value::Table(_)))
                .cloned();
            let asked = asked(&arguments, splat.as_ref(), piped.as_ref());
            script.asked.extend(asked);
            return Some(Value::Unknown);
        }
        match name.as_str() {
            "curl" | "curl.exe" | "az" | "az.cmd" => {
                // The words as PowerShell hands them on; an option keeps its dash.
                let mut words = Vec::new();
                for (option, value) in &arguments {
                    if !option.is_empty() {
                        words.push(format!("-{option}"));
                    }
                    if !matches!(value, Value::Null) {
                        words.push(value.text().unwrap_or_else(|| MASK.to_owned()));
                    }
                }
                let stdin = piped.and_then(|value| value.text());
                super::command::run(&name, &words, stdin, script);
                Some(Value::Unknown)
            }
            "convertto-json" => {
                let value = piped.as_ref().or_else(|| get(&["inputobject"])).or(first)?;
                if matches!(value, Value::Unknown) {
                    return Some(Value::Unknown);
                }
                let depth = get(&["depth"])
                    .and_then(Value::text)
                    .and_then(|depth| depth.parse().ok());
                Some(Value::Text(
                    value.to_json(Some(depth.unwrap_or(USUAL_DEPTH) + 1)),
                ))
            }
            "set-content" | "out-file" | "add-content" => {
                let file = get(&["path", "literalpath", "filepath"])
                    .or(first)
                    .and_then(Value::text)?;
                let value = piped.as_ref().or_else(|| get(&["value", "inputobject"]));
                if let Some(text) = value.and_then(Value::text) {
                    script.write(&file, &text);
                }
                Some(Value::Unknown)
            }
            "get-content" => {
                let file = get(&["path", "literalpath"])
                    .or(first)
                    .and_then(Value::text)?;
                Some(script.file(&file).map_or(Value::Unknown, Value::Text))
            }
            "write-output" | "out-string" => Some(piped.or(first.cloned()).unwrap_or_default()),
            _ => Some(Value::Unknown),
        }
    }

    /// Options with their values; a value without an option has no name, and a switch has no value.
    fn arguments(&mut self, script: &mut Script) -> Option<Vec<(String, Value)>> {
        let mut arguments: Vec<(String, Value)> = Vec::new();
        let mut option: Option<String> = None;
        loop {
            self.blank();
            let Some(next) = self.rest().chars().next() else {
                break;
            };
            match next {
                '\n' | '|' | ';' | ')' | '}' => break,
                '#' => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                '-' if self.rest()[1..].starts_with(|c: char| c.is_alphabetic() || c == '-') => {
                    arguments.extend(option.take().map(|name| (name, Value::Null)));
                    self.at += 1;
                    let length = self
                        .rest()
                        .find(|c: char| c.is_whitespace() || ":)|;}".contains(c))
                        .unwrap_or(self.rest().len());
                    option = Some(self.rest()[..length].to_owned());
                    self.at += length;
                    self.take(":");
                }
                _ => {
                    let value = self.argument(script)?;
                    arguments.push((option.take().unwrap_or_default(), value));
                }
            }
        }
        arguments.extend(option.map(|name| (name, Value::Null)));
        Some(arguments)
    }

    /// One value of a command: in quotes or brackets, or a bare word, in which variables stand for their values.
    fn argument(&mut self, script: &mut Script) -> Option<Value> {
        let start = self.at;
        if self.rest().starts_with(['"', '\'', '@', '(', '$', '[']) {
            let value = self.primary(script)?;
            let ends = self
                .rest()
                .chars()
                .next()
                .is_none_or(|c| c.is_whitespace() || matches!(c, '|' | ')' | ';' | '}' | ','));
            if ends {
                if self.rest().starts_with(',') {
                    self.at += 1;
                    self.blank_lines();
                    self.argument(script)?;
                    return Some(Value::Unknown);
                }
                return Some(value);
            }
            self.at = start;
        }
        let mut text = String::new();
        while let Some(c) = self.rest().chars().next() {
            match c {
                c if c.is_whitespace() || matches!(c, '|' | ')' | ';' | '}') => break,
                '$' => self.dollar(&mut text, script)?,
                '"' => {
                    self.at += 1;
                    text.push_str(&self.expanding(script)?);
                }
                '\'' => {
                    self.at += 1;
                    text.push_str(&self.literal()?);
                }
                '(' => {
                    self.at += 1;
                    self.skip('(', ')')?;
                    text.push_str(MASK);
                }
                '`' => {
                    self.at += 1;
                    if let Some(c) = self.rest().chars().next() {
                        self.at += c.len_utf8();
                        text.push(c);
                    }
                }
                other => {
                    self.at += other.len_utf8();
                    text.push(other);
                }
            }
        }
        (self.at > start).then_some(Value::Text(text))
    }
}

/// Whether `name` is one of `names`, or a beginning of it as PowerShell allows.
fn is_option(name: &str, names: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    name.len() >= 2 && names.iter().any(|full| full.starts_with(&name))
}

/// The request of `Invoke-RestMethod` with these arguments; `splat` are those that a table gives, and
/// `piped` is what it gets as its body.
fn asked(
    arguments: &[(String, Value)],
    splat: Option<&Value>,
    piped: Option<&Value>,
) -> Option<Asked> {
    let get = |full: &str| {
        let named = arguments
            .iter()
            .find(|(name, _)| is_option(name, &[full]))
            .map(|(_, value)| value);
        named.or_else(|| splat?.get(full))
    };
    let first = arguments
        .iter()
        .find(|(name, value)| name.is_empty() && matches!(value, Value::Text(_)));
    let url = get("uri")
        .or(first.map(|(_, value)| value))?
        .text()
        .unwrap_or_else(|| MASK.to_owned());
    let method = get("method")
        .or_else(|| get("custommethod"))
        .and_then(Value::text)
        .unwrap_or_else(|| "GET".to_owned());
    let mut headers = get("headers").map(Value::fields).unwrap_or_default();
    if let Some(kind) = get("contenttype").and_then(Value::text) {
        headers.push(("Content-Type".to_owned(), kind));
    }
    let elsewhere = |what: &str| Body::NotRecorded(Some(what.to_owned()));
    let body = match get("body").or(piped) {
        Some(Value::Text(text)) if text.is_empty() => Body::Empty,
        Some(Value::Text(text)) => Body::Text(text.clone().into()),
        Some(value @ Value::Table(_)) => {
            let pair = |(name, value): (String, String)| format!("{name}={value}");
            Body::Text(
                value
                    .fields()
                    .into_iter()
                    .map(pair)
                    .collect::<Vec<_>>()
                    .join("&")
                    .into(),
            )
        }
        Some(Value::Null) | None if get("infile").is_none() => Body::Empty,
        None => elsewhere(
            "the command takes it from a file; give that file to mendpoint as well, or in place of the command",
        ),
        Some(_) => elsewhere(
            "the script does not show what -Body gets; print it, or send it with -Debug of PowerShell 7.4 or later",
        ),
    };
    Some(Asked {
        method: method.to_ascii_uppercase(),
        url,
        headers: headers.into_iter().collect(),
        body,
    })
}
