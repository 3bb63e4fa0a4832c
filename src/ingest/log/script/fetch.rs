//! Requests copied as `fetch`, from a browser or for Node.js, and calls of it in a script.

use super::value::Value;
use super::{Asked, Script};
use crate::exchange::{Body, Headers};

/// How deep values may lie in each other.
const MOST_DEPTH: usize = 40;

struct Reader<'s> {
    text: &'s str,
    at: usize,
    depth: usize,
}

/// Runs the call of `fetch` that `text` begins with, or the assignment; gives how much of it that was.
pub(super) fn run(text: &str, script: &mut Script) -> Option<usize> {
    let mut reader = Reader::new(text);
    for word in ["const ", "let ", "var "] {
        if reader.take(word) {
            let name = reader.identifier()?;
            reader.blank();
            if !reader.take("=") {
                return None;
            }
            reader.blank();
            if !(reader.rest().starts_with("fetch(") || reader.rest().starts_with("await ")) {
                let value = reader.value(script)?;
                script.assign(&name, value);
                return Some(reader.at);
            }
        }
    }
    reader.take("return ");
    reader.take("await ");
    if !reader.take("fetch(") {
        return None;
    }
    let url = reader.value(script)?;
    reader.blank();
    let options = if reader.take(",") {
        reader.value(script)?
    } else {
        Value::Null
    };
    reader.blank();
    reader.take(",");
    reader.blank();
    if !reader.take(")") {
        return None;
    }
    let url = url.text()?;
    let text = |name: &str| options.get(name).and_then(Value::text);
    let body = match options.get("body") {
        Some(Value::Text(text)) => Body::Text(text.clone()),
        Some(Value::Null) | None => Body::Empty,
        Some(_) => Body::NotRecorded(Some(
            "the script does not show what `body` gets; print it before it is sent".to_owned(),
        )),
    };
    let headers = Headers(
        options
            .get("headers")
            .map(Value::fields)
            .unwrap_or_default(),
    );
    let method = text("method")
        .unwrap_or_else(|| "GET".to_owned())
        .to_ascii_uppercase();
    script.asked.push(Asked {
        method,
        url,
        headers,
        body,
    });
    Some(reader.at)
}

/// The value that `text` begins with.
pub(super) fn value(text: &str, script: &mut Script) -> Option<Value> {
    Reader::new(text).value(script)
}

/// The string up to `quote`, whose first quote stands in front of `text`.
pub(super) fn string(text: &str, quote: char, script: &mut Script) -> Option<String> {
    Reader::new(text).string(quote, script)
}

impl<'s> Reader<'s> {
    fn new(text: &'s str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
        }
    }

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

    fn blank(&mut self) {
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            if self.rest().starts_with("//") || self.rest().starts_with('#') {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else {
                return;
            }
        }
    }

    fn identifier(&mut self) -> Option<String> {
        let symbol = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        let length = self
            .rest()
            .find(|c| !symbol(c))
            .unwrap_or(self.rest().len());
        let name = self.rest()[..length].to_owned();
        self.at += length;
        (length > 0).then_some(name)
    }

    /// A value, and what is added to it.
    fn value(&mut self, script: &mut Script) -> Option<Value> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return None;
        }
        let mut value = self.term(script)?;
        loop {
            self.blank();
            if !self.take("+") {
                break;
            }
            self.blank();
            let more = self.term(script)?;
            value = value.joined(&more);
        }
        self.depth -= 1;
        Some(value)
    }

    fn term(&mut self, script: &mut Script) -> Option<Value> {
        self.blank();
        match self.rest().chars().next()? {
            quote @ ('"' | '\'' | '`') => {
                self.at += 1;
                self.string(quote, script).map(Value::Text)
            }
            '{' => self.object(script),
            '[' => self.list(script),
            '-' | '0'..='9' => {
                let length = self
                    .rest()
                    .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+')))
                    .unwrap_or(self.rest().len());
                let number = self.rest()[..length].to_owned();
                self.at += length;
                Some(Value::Number(number))
            }
            _ => self.named(script),
        }
    }

    /// A word, a variable, or a call.
    fn named(&mut self, script: &mut Script) -> Option<Value> {
        let name = self.identifier()?;
        if let Some(quote @ ('"' | '\'')) = self.rest().chars().next() {
            // Python puts letters in front: `f"{name}"`.
            self.at += 1;
            let text = self.string(quote, script)?;
            return Some(Value::Text(text));
        }
        if self.take("[") {
            self.at += super::shell::closing(self.rest(), '[', ']')? + 1;
            return Some(Value::Unknown);
        }
        if self.take("(") {
            if name == "JSON.stringify" {
                let value = self.value(script)?;
                self.at += super::shell::closing(self.rest(), '(', ')')? + 1;
                return Some(Value::Text(value.to_json(None)));
            }
            self.at += super::shell::closing(self.rest(), '(', ')')? + 1;
            return Some(Value::Unknown);
        }
        Some(match name.as_str() {
            "true" | "True" => Value::Bool(true),
            "false" | "False" => Value::Bool(false),
            "null" | "undefined" | "None" | "nil" => Value::Null,
            _ => script.value(&name),
        })
    }

    fn list(&mut self, script: &mut Script) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blank();
            if self.take("]") {
                return Some(Value::List(items));
            }
            items.push(self.value(script)?);
            self.blank();
            if !self.take(",") && !self.rest().starts_with(']') {
                return None;
            }
        }
    }

    fn object(&mut self, script: &mut Script) -> Option<Value> {
        self.at += 1;
        let mut members = Vec::new();
        loop {
            self.blank();
            if self.take("}") {
                return Some(Value::Table(members));
            }
            let name = match self.rest().chars().next()? {
                quote @ ('"' | '\'') => {
                    self.at += 1;
                    self.string(quote, script)?
                }
                _ => self.identifier()?,
            };
            self.blank();
            let value = if self.take(":") || self.take("=>") {
                self.value(script)?
            } else {
                script.value(&name)
            };
            members.push((name, value));
            self.blank();
            if !self.take(",") && !self.rest().starts_with('}') {
                return None;
            }
        }
    }

    fn string(&mut self, quote: char, script: &mut Script) -> Option<String> {
        let mut text = String::new();
        loop {
            let c = self.rest().chars().next()?;
            self.at += c.len_utf8();
            match c {
                c if c == quote => return Some(text),
                '\\' => self.escape(&mut text)?,
                '$' if quote == '`' && self.take("{") => {
                    let end = super::shell::closing(self.rest(), '{', '}')?;
                    let name = self.rest()[..end].trim().to_owned();
                    self.at += end + 1;
                    let value = script.value(&name).text();
                    text.push_str(&value.unwrap_or_else(|| script.unknown(&name)));
                }
                other => text.push(other),
            }
        }
    }

    /// What stands behind a backslash. Characters beyond the first plane are two escapes.
    fn escape(&mut self, text: &mut String) -> Option<()> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        let digits = match c {
            'n' => {
                text.push('\n');
                return Some(());
            }
            'r' => {
                text.push('\r');
                return Some(());
            }
            't' => {
                text.push('\t');
                return Some(());
            }
            'b' => {
                text.push('\u{8}');
                return Some(());
            }
            'f' => {
                text.push('\u{c}');
                return Some(());
            }
            '\n' => return Some(()),
            'u' => 4,
            'x' => 2,
            other => {
                text.push(other);
                return Some(());
            }
        };
        let number = |reader: &mut Self| {
            let number = reader
                .rest()
                .get(..digits)
                .and_then(|hex| u16::from_str_radix(hex, 16).ok());
            reader.at += number.map_or(0, |_| digits);
            number
        };
        let mut units = vec![number(self)?];
        if (0xd800..0xdc00).contains(&units[0]) && self.take("\\u") {
            units.push(number(self)?);
        }
        text.push_str(&String::from_utf16_lossy(&units));
        Some(())
    }
}
