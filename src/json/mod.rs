//! JSON with the place of every value in its text.
//!
//! Findings point into a body by RFC 6901 pointer, fixes cut and paste by byte span, and a
//! payload's keys are compared without regard to letter case. All three need to know where a
//! value stands and which keys came twice, which a plain `serde_json::Value` forgets.

mod find;
mod parse;
pub mod pointer;
pub mod splice;

use std::ops::Range;

use compact_str::CompactString;

pub(crate) use find::Finder;
pub use parse::ParseError;
pub use parse::parse;
pub(crate) use parse::string as unquoted;
pub(crate) use parse::unguarded;

/// A JSON value and its place in the text it was parsed from. Thousands of bodies are held at a time,
/// so it is as small as it can be.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    span: Span,
    /// The value.
    pub value: Value,
}

/// A byte range; no body is as long as 4 GiB.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A JSON value; numbers keep their spelling, objects their order and their duplicate keys.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number as it is spelt.
    Number(Box<str>),
    /// A string, unescaped.
    String(CompactString),
    /// An array.
    Array(Box<[Node]>),
    /// An object.
    Object(Box<[Member]>),
}

/// One `"key": value` of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The key, unescaped.
    pub key: CompactString,
    key_span: Span,
    /// The value.
    pub value: Node,
}

impl Member {
    /// Byte range of the key with its quotes.
    pub fn key_span(&self) -> Range<usize> {
        self.key_span.range()
    }

    /// Byte range of the whole member.
    pub fn span(&self) -> Range<usize> {
        self.key_span().start..self.value.span().end
    }

    /// The key as a value.
    pub(crate) fn key_as_value(&self) -> Node {
        Node {
            span: self.key_span,
            value: Value::String(self.key.clone()),
        }
    }
}

impl Node {
    /// `null`, as a text of nothing else has it.
    pub(crate) fn null() -> Self {
        Self {
            span: Span { start: 0, end: 4 },
            value: Value::Null,
        }
    }

    /// Byte range of the value in the text.
    pub fn span(&self) -> Range<usize> {
        self.span.range()
    }

    /// The members, if this is an object.
    pub fn members(&self) -> &[Member] {
        match &self.value {
            Value::Object(members) => members,
            _ => &[],
        }
    }

    /// The items, if this is an array.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    /// The last member called `key` in any letter case: what every .NET and JavaScript reader takes.
    pub fn member(&self, key: &str) -> Option<&Member> {
        self.members()
            .iter()
            .rev()
            .find(|member| member.key.eq_ignore_ascii_case(key))
    }

    /// The value of [`Self::member`].
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.member(key).map(|member| &member.value)
    }

    /// The value of [`Self::get`], if it is a string.
    pub fn str(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::as_str)
    }

    /// The string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The string or number, as it is spelt.
    pub(crate) fn as_spelt(&self) -> Option<&str> {
        match &self.value {
            Value::Number(text) => Some(text),
            _ => self.as_str(),
        }
    }

    /// The boolean; the service also writes `"true"` and `"False"`.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Value::Bool(value) => Some(*value),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// Whether this is `null`, or a string of nothing but blanks.
    pub(crate) fn is_blank(&self) -> bool {
        self.is_null() || self.as_str().is_some_and(|text| text.trim().is_empty())
    }

    /// What an object that carries a `value` calls it: its `name`, else its `key`.
    pub(crate) fn pair_name(&self) -> Option<&str> {
        let last = |path: &'_ str| path.rsplit('/').next().map(str::len);
        self.str("name")
            .or_else(|| self.str("key"))
            .or_else(|| self.str("label"))
            .or_else(|| self.str("id"))
            .or_else(|| {
                // An operation of JSON Patch.
                let path = self.str("path")?;
                path.get(path.len() - last(path)?..)
            })
    }

    /// Whether this is an object.
    pub fn is_object(&self) -> bool {
        matches!(self.value, Value::Object(_))
    }

    /// Whether this is an array.
    pub fn is_array(&self) -> bool {
        matches!(self.value, Value::Array(_))
    }

    /// What sort of value it is, in JSON's own words.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        }
    }

    /// The same value for `serde_json`; of duplicate keys the last one stays.
    pub fn to_value(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(text) => serde_json::from_str(text).unwrap_or(serde_json::Value::Null),
            Value::String(text) => text.as_str().into(),
            Value::Array(items) => items.iter().map(Node::to_value).collect(),
            Value::Object(members) => members
                .iter()
                .map(|member| (member.key.to_string(), member.value.to_value()))
                .collect(),
        }
    }

    /// Calls `visit` with the pointer of every value below and including this one, outermost first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&str, &'a Node)) {
        self.walk_below(&mut String::new(), visit);
    }

    fn walk_below<'a>(&'a self, at: &mut String, visit: &mut dyn FnMut(&str, &'a Node)) {
        visit(at, self);
        let own = at.len();
        for member in self.members() {
            pointer::extend(at, &member.key);
            member.value.walk_below(at, visit);
            at.truncate(own);
        }
        for (index, item) in self.items().iter().enumerate() {
            pointer::extend(at, &index.to_string());
            item.walk_below(at, visit);
            at.truncate(own);
        }
    }
}
