//! Values as programs write them down and print them: JSON without quotes around its names, objects of
//! JavaScript and Python, tables of PowerShell, arrays of PHP and Ruby, dictionaries of Swift, Objective-C
//! and Clojure, and what Node.js shows of its objects.

use super::value::{MASK, Value};

/// How deep values may lie in each other.
const MOST_DEPTH: usize = 40;

/// What a program has set before.
pub(super) trait Names {
    /// What the variable `name` holds.
    fn value(&mut self, name: &str) -> Value;
    /// What stands for `name`, which only the machine knows.
    fn unknown(&mut self, name: &str) -> String;
}

/// Of a value by itself nothing is known that is not written out.
pub(super) struct NoNames;

impl Names for NoNames {
    fn value(&mut self, _: &str) -> Value {
        Value::Unknown
    }

    fn unknown(&mut self, _: &str) -> String {
        MASK.to_owned()
    }
}

/// Reads values from a text, one after another.
pub(super) struct Reader<'t, 'n> {
    text: &'t str,
    /// How far it has read.
    pub(super) at: usize,
    depth: usize,
    names: &'n mut dyn Names,
    /// Whether PowerShell wrote it, or shows it: words need no quotes, and a backslash means nothing.
    of_powershell: bool,
    /// Whether a comma ends a word of PowerShell.
    in_list: bool,
}

impl<'t, 'n> Reader<'t, 'n> {
    pub(super) fn new(text: &'t str, names: &'n mut dyn Names) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            names,
            of_powershell: false,
            in_list: false,
        }
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    /// Goes on behind `begin`, if it stands here.
    pub(super) fn take(&mut self, begin: &str) -> bool {
        let found = self.rest().starts_with(begin);
        self.at += if found { begin.len() } else { 0 };
        found
    }

    /// Goes on behind blanks and comments.
    pub(super) fn blank(&mut self) {
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            let end = if self.rest().starts_with("/*") {
                self.rest().find("*/").map(|end| end + 2)
            } else if self.rest().starts_with("//") || self.rest().starts_with('#') {
                self.rest().find('\n')
            } else {
                return;
            };
            self.at += end.unwrap_or(self.rest().len());
        }
    }

    fn same_line_blank(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t']).len();
    }

    /// The name that stands here.
    pub(super) fn identifier(&mut self) -> Option<&'t str> {
        let symbol = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        let rest = self.rest();
        let length = rest.find(|c| !symbol(c)).unwrap_or(rest.len());
        self.at += length;
        (length > 0).then(|| &rest[..length])
    }

    /// A value, and what is added to it.
    pub(super) fn value(&mut self) -> Option<Value> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return None;
        }
        let mut value = self.term()?;
        while !self.of_powershell {
            self.blank();
            if !self.take("+") {
                break;
            }
            let more = self.term()?;
            value = value.joined(&more);
        }
        self.depth -= 1;
        Some(value)
    }

    fn term(&mut self) -> Option<Value> {
        self.same_line_blank();
        // What PowerShell shows of nothing is nothing.
        if self.of_powershell && self.rest().starts_with([';', '}']) {
            return Some(Value::Null);
        }
        self.blank();
        if self.of_powershell && self.rest().starts_with("{@{") {
            // It shows a list of objects in bare braces.
            self.take("{");
            return self.list("}");
        }
        match self.rest().chars().next()? {
            quote if is_quote(quote) => self.string(quote).map(Value::Text),
            '{' => {
                self.take("{");
                self.object()
            }
            '[' => self.bracketed(),
            '@' => self.marked(),
            _ if self.of_powershell => Some(self.word()),
            '(' => {
                self.take("(");
                let Value::List(mut items) = self.list(")")? else {
                    return None;
                };
                Some(if items.len() == 1 {
                    items.remove(0)
                } else {
                    Value::List(items)
                })
            }
            // Node.js numbers what it shows twice: `<ref *1> Name {`.
            '<' => {
                self.at += self.rest().find('>')? + 1;
                self.named()
            }
            ':' => {
                self.take(":");
                Some(Value::Text(self.identifier()?.to_owned()))
            }
            '-' | '0'..='9' => Some(self.number()),
            _ => self.named(),
        }
    }

    /// What stands behind an `@`: a table or a list of PowerShell, or a literal of Objective-C or C#.
    fn marked(&mut self) -> Option<Value> {
        self.take("@");
        let outer = (self.of_powershell, self.in_list);
        let value = if self.take("(") {
            self.in_list = true;
            self.list(")")
        } else if self.take("{") {
            let inside = self.rest().trim_start();
            (self.of_powershell, self.in_list) = (!inside.starts_with("@\""), false);
            self.object()
        } else {
            return self.term();
        };
        (self.of_powershell, self.in_list) = outer;
        value
    }

    /// The object whose brace is behind us.
    fn object(&mut self) -> Option<Value> {
        let mut members = Vec::new();
        loop {
            self.blank();
            if self.take("}") {
                return Some(Value::Table(members));
            }
            if self.take(",") || self.take(";") {
                continue;
            }
            let (name, is_keyword) = self.key()?;
            self.blank();
            let value = if self.take("=>") || self.take(":") || self.take("=") || is_keyword {
                self.value()?
            } else if self.rest().starts_with([',', '}']) {
                self.names.value(&name)
            } else {
                return None;
            };
            members.push((name, value));
        }
    }

    /// The name of a member, and whether it is a keyword, behind which the value follows at once.
    fn key(&mut self) -> Option<(String, bool)> {
        self.take("@");
        if let Some(quote) = self.rest().chars().next().filter(|c| is_quote(*c)) {
            return Some((self.string(quote)?, false));
        }
        if self.take("[") {
            // What Node.js shows of a symbol.
            let end = self.rest().find(']')?;
            let name = self.rest()[..end].to_owned();
            self.at += end + 1;
            return Some((name, false));
        }
        let is_keyword = self.take(":");
        let symbol = |c: char| c.is_alphanumeric() || "_-.$".contains(c);
        let length = self.rest().find(|c| !symbol(c))?;
        let key = &self.rest()[..length];
        self.at += length;
        match self.rest().chars().next() {
            // Letters in front of a string, as Python writes them.
            Some(quote) if is_quote(quote) && is_prefix(key) => Some((self.string(quote)?, false)),
            _ => (length > 0).then(|| (key.to_owned(), is_keyword)),
        }
    }

    /// The items up to `end`.
    fn list(&mut self, end: &str) -> Option<Value> {
        let mut items = Vec::new();
        loop {
            self.blank();
            if self.take(end) {
                return Some(Value::List(items));
            }
            if self.take(",") || self.take(";") {
                continue;
            }
            let before = self.at;
            items.push(self.value()?);
            if self.at == before {
                return None;
            }
        }
    }

    /// A list, a dictionary in square brackets, or what a program names in place of a value.
    fn bracketed(&mut self) -> Option<Value> {
        if self.take("[NSNull null]") {
            return Some(Value::Null);
        }
        let (start, depth) = (self.at, self.depth);
        self.take("[");
        if let Some(value) = self.items() {
            return Some(value);
        }
        // `[Function (anonymous)]`, `[Object: null prototype] {`
        (self.at, self.depth) = (start + 1, depth);
        self.at += closing(self.rest(), '[', ']')? + 1;
        self.behind_name()
    }

    fn items(&mut self) -> Option<Value> {
        let named = |rest: &str| {
            let name = rest.split([']', ' ', ':']).next().unwrap_or_default();
            ["Object", "Array", "Function", "Circular"].contains(&name)
        };
        if named(self.rest()) {
            return None;
        }
        let (mut items, mut members) = (Vec::new(), Vec::new());
        loop {
            self.blank();
            if self.take("]") {
                return Some(if members.is_empty() {
                    Value::List(items)
                } else {
                    Value::Table(members)
                });
            }
            if self.take(",") {
                continue;
            }
            if self.take(":]") {
                return Some(Value::Table(members));
            }
            let before = self.at;
            let item = self.value()?;
            self.blank();
            if self.take("=>") || self.take(":") {
                members.push((item.text()?, self.value()?));
            } else {
                items.push(item);
            }
            if self.at == before {
                return None;
            }
        }
    }

    fn number(&mut self) -> Value {
        let rest = self.rest();
        let length = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+')))
            .unwrap_or(rest.len());
        self.at += length.max(1);
        match serde_json::from_str::<serde_json::Number>(&rest[..length]) {
            Ok(_) => Value::Number(rest[..length].to_owned()),
            Err(_) => Value::Unknown,
        }
    }

    /// A word of PowerShell, up to the end of its member.
    fn word(&mut self) -> Value {
        let rest = self.rest();
        let ends = |c: char| ";}\n)".contains(c) || c == ',' && self.in_list;
        let length = rest.find(ends).unwrap_or(rest.len());
        let word = rest[..length].trim();
        self.at += length;
        match word {
            "True" | "$true" => Value::Bool(true),
            "False" | "$false" => Value::Bool(false),
            "$null" => Value::Null,
            _ if word.starts_with('$') => Value::Unknown,
            _ => Value::Text(word.to_owned()),
        }
    }

    /// A word without quotes: a switch, nothing, a variable, a call, or the name of an object's type.
    fn named(&mut self) -> Option<Value> {
        self.blank();
        let Some(name) = self.identifier() else {
            // An operator, or something else that is no value.
            return self.behind_name();
        };
        if let Some(quote @ ('"' | '\'')) = self.rest().chars().next()
            && is_prefix(name)
        {
            return self.string(quote).map(Value::Text);
        }
        let known = match name {
            "true" | "True" | "YES" => return Some(Value::Bool(true)),
            "false" | "False" | "NO" => return Some(Value::Bool(false)),
            "null" | "undefined" | "None" | "nil" | "$null" => return Some(Value::Null),
            "NSNull" if self.take("()") => return Some(Value::Null),
            "new" => return self.named(),
            "JSON.stringify" | "json.dumps" if self.take("(") => {
                let value = self.value()?;
                self.at += closing(self.rest(), '(', ')')? + 1;
                return Some(Value::Text(value.to_json(None)));
            }
            _ => self.names.value(name),
        };
        let before = self.at;
        let value = self.behind_name()?;
        Some(if self.at == before { known } else { value })
    }

    /// What follows a name: its call or index, the object that it is the type of, or the rest of an expression.
    fn behind_name(&mut self) -> Option<Value> {
        loop {
            let rest = self.rest();
            if rest.starts_with('(') {
                self.take("(");
                // What is made of one object is that object.
                if self.rest().trim_start().starts_with('{') {
                    let value = self.value()?;
                    self.at += closing(self.rest(), '(', ')')? + 1;
                    return Some(value);
                }
                self.at += closing(self.rest(), '(', ')')? + 1;
            } else if rest.starts_with('[') {
                self.take("[");
                self.at += closing(self.rest(), '[', ']')? + 1;
            } else if rest.starts_with('.') {
                self.identifier();
            } else {
                break;
            }
        }
        let before = self.at;
        self.same_line_blank();
        if self.take("{") {
            return self.object();
        }
        // `Object [Headers] {`
        if self.rest().starts_with('[')
            && let Some(end) = self.rest().find("] {")
            && !self.rest()[..end].contains('\n')
        {
            self.at += end + 3;
            return self.object();
        }
        self.at = before;
        if !self.ends() {
            self.skip_expression()?;
        }
        Some(Value::Unknown)
    }

    /// Whether the value ends here.
    fn ends(&self) -> bool {
        let rest = self.rest().trim_start_matches([' ', '\t', '\r']);
        rest.is_empty() || rest.starts_with([',', ';', '}', ']', ')', '+', ':', '=', '\n'])
    }

    /// Goes on behind what is no plain value.
    fn skip_expression(&mut self) -> Option<()> {
        while let Some(c) = self.rest().chars().next() {
            let close = match c {
                ',' | ';' | '}' | ']' | ')' | '\n' => break,
                '(' => ')',
                '[' => ']',
                '{' => '}',
                quote if is_quote(quote) => {
                    self.string(quote)?;
                    continue;
                }
                _ => {
                    self.at += c.len_utf8();
                    continue;
                }
            };
            self.at += 1;
            self.at += closing(self.rest(), c, close)? + 1;
        }
        Some(())
    }

    /// The string that begins here, with its quotes.
    fn string(&mut self, quote: char) -> Option<String> {
        let tripled = [quote; 3].iter().collect::<String>();
        if !self.of_powershell && self.take(&tripled) {
            let end = self.rest().find(&tripled)?;
            let inner = &self.rest()[..end];
            let text = Reader::new(inner, &mut NoNames).inner(None);
            self.at += end + tripled.len();
            return text;
        }
        self.at += quote.len_utf8();
        self.inner(Some(quote))
    }

    /// The string up to `quote`, whose opening quote is behind us; without one, up to the end.
    pub(super) fn inner(&mut self, quote: Option<char>) -> Option<String> {
        let mut text = String::new();
        loop {
            let Some(c) = self.rest().chars().next() else {
                return quote.is_none().then_some(text);
            };
            self.at += c.len_utf8();
            let is_end = quote.is_some_and(|quote| c == quote || is_curved(quote) && is_curved(c));
            match c {
                // A quote that is doubled is one in PowerShell.
                c if is_end && self.of_powershell && self.take(c.encode_utf8(&mut [0; 4])) => {
                    text.push(c);
                }
                _ if is_end => return Some(text),
                '\\' if !self.of_powershell => {
                    let length = escape(self.rest(), &mut text)?;
                    self.at += length;
                }
                '`' if self.of_powershell && quote == Some('"') => {
                    let c = self.rest().chars().next()?;
                    self.at += c.len_utf8();
                    text.push(match c {
                        'n' => '\n',
                        'r' => '\r',
                        't' => '\t',
                        other => other,
                    });
                }
                '$' if quote == Some('`') && self.take("{") => {
                    let end = closing(self.rest(), '{', '}')?;
                    let name = self.rest()[..end].trim();
                    self.at += end + 1;
                    let value = self.names.value(name).text();
                    text.push_str(&value.unwrap_or_else(|| self.names.unknown(name)));
                }
                other => text.push(other),
            }
        }
    }
}

/// Undoes the escape whose backslash stands in front of `text`; gives how long it is. Characters beyond the
/// first plane are two escapes.
pub(super) fn escape(text: &str, out: &mut String) -> Option<usize> {
    let c = text.chars().next()?;
    let digits = match c {
        'x' => 2,
        'u' if text.starts_with("u{") => {
            let end = text.find('}')?;
            let number = u32::from_str_radix(&text[2..end], 16).ok();
            out.push(number.and_then(char::from_u32).unwrap_or('\u{fffd}'));
            return Some(end + 1);
        }
        'u' => 4,
        'U' => 8,
        _ => {
            out.extend(match c {
                'n' => Some('\n'),
                'r' => Some('\r'),
                't' => Some('\t'),
                'b' => Some('\u{8}'),
                'f' => Some('\u{c}'),
                // The line goes on.
                '\n' => None,
                other => Some(other),
            });
            return Some(c.len_utf8());
        }
    };
    let number = |text: &str| u32::from_str_radix(text.get(..digits)?, 16).ok();
    let Some(first) = number(&text[1..]) else {
        out.push(c);
        return Some(1);
    };
    let length = 1 + digits;
    let second = text[length..].strip_prefix("\\u").and_then(number);
    if let (0xd800..0xdc00, Some(second @ 0xdc00..0xe000)) = (first, second) {
        out.extend(char::from_u32(
            0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00),
        ));
        return Some(length + 2 + digits);
    }
    out.push(char::from_u32(first).unwrap_or('\u{fffd}'));
    Some(length)
}

/// Where the bracket that was opened before `text` is closed, apart from what stands in quotes.
pub(super) fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (1_usize, None, false);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (Some(open), c) => quote = quote.filter(|_| c != open),
            (None, '\'' | '"') => quote = Some(c),
            (None, c) if c == open => depth += 1,
            (None, c) if c == close => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`') || is_curved(c)
}

/// Quotes as programs for letters and mails write them.
fn is_curved(c: char) -> bool {
    matches!(
        c,
        '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{2018}' | '\u{2019}'
    )
}

/// Whether these are letters that stand in front of a string: `f"…"`, `b'…'`.
fn is_prefix(name: &str) -> bool {
    name.len() <= 2 && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        let mut names = NoNames;
        let value = Reader::new(text, &mut names).value()?;
        Some(value.to_json(None))
    }

    #[test]
    fn every_language_writes_the_same_object() {
        let wanted = r#"{"a":null,"b":[true,1.5],"c":{"d":"it's"}}"#;
        for text in [
            r#"{"a": null, "b": [true, 1.5], "c": {"d": "it's"}}"#,
            r"{a: undefined, b: [true, 1.5,], c: {d: 'it\'s'}} // as sent",
            r#"{'a': None, 'b': (True, 1.5), 'c': {'d': "it's"}}"#,
            r"@{ a = $null; b = @($true, 1.5); c = @{ d = 'it''s' } }",
            r"['a' => null, 'b' => [true, 1.5], 'c' => ['d' => 'it\'s']]",
            r#"["a": nil, "b": [true, 1.5], "c": ["d": "it's"]]"#,
            r#"@{ @"a": [NSNull null], @"b": @[ @YES, @1.5 ], @"c": @{ @"d": @"it's" } }"#,
            r#"{:a nil :b [true 1.5] :c {:d "it's"}}"#,
            r#"{"a" => nil, :b => [true, 1.5], c: {"d" => "it's"}}"#,
            "Params {\n  a: null,\n  b: [ true, 1.5 ],\n  c: Object [Inner] { d: \"it's\" }\n}",
        ] {
            let read = read(text).unwrap_or_else(|| panic!("{text}"));
            let text_only = read.replace("\"1.5\"", "1.5");
            assert_eq!(text_only, wanted, "{text}");
        }
    }

    #[test]
    fn what_only_the_program_knows_is_masked() {
        for (text, json) in [
            (
                "{a: process.env.PAT, b: f(x) + 'y'}",
                r#"{"a":"***","b":"***y"}"#,
            ),
            (
                "{a: x || 'b', b: [Object], c: [Function (anonymous)]}",
                r#"{"a":"***","b":"***","c":"***"}"#,
            ),
            (
                "<ref *1> Request { a: [Getter/Setter], b: <Buffer 7b>, c: new Date(1) }",
                r#"{"a":"***","b":"***","c":"***"}"#,
            ),
        ] {
            let read = read(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read.replace("[\"***\"]", "\"***\""), json, "{text}");
        }
        for text in ["", "{a", "{a: 'b", "{ return x; }", "[[[[", "{a: {b: }"] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read(&"[".repeat(10_000)), None);
    }

    #[test]
    fn escapes_are_undone() {
        for (text, value) in [
            (r"n\u00e9\xe9\u{1f600}", "né\u{e9}\u{1f600}"),
            (r"\ud83d\ude00\ud83dx", "\u{1f600}\u{fffd}x"),
            (r"a\tb\qc\", "a\tbqc"),
        ] {
            let mut out = String::new();
            let mut rest = text;
            while let Some(at) = rest.find('\\') {
                out.push_str(&rest[..at]);
                rest = &rest[at + 1..];
                rest = &rest[escape(rest, &mut out).unwrap_or(rest.len())..];
            }
            out.push_str(rest);
            assert_eq!(out, value, "{text}");
        }
    }
}
