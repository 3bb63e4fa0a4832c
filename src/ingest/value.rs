//! Values as scripts and programs write them out, and the JSON they become.

use serde_json::Value as Json;

/// A value of a script.
#[derive(Debug, Clone, Default)]
pub(super) enum Value {
    /// Not known: what a program, a file or another machine gives.
    #[default]
    Unknown,
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Value>),
    Table(Vec<(String, Value)>),
}

/// Stands where the script does not tell a value, as pipelines write it for secrets.
pub(super) use crate::text::placeholder::MASK;

impl Value {
    /// The value as text, as a string with it in the middle would hold it.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text.clone()),
            Self::Bool(true) => Some("True".to_owned()),
            Self::Bool(false) => Some("False".to_owned()),
            Self::Null => Some(String::new()),
            Self::Unknown | Self::List(_) | Self::Table(_) => None,
        }
    }

    /// Both as one text; what is not known of them is masked.
    pub(super) fn joined(self, more: &Value) -> Value {
        let mut text = match self {
            Self::Text(text) => text,
            other => other.text().unwrap_or_else(|| MASK.to_owned()),
        };
        text.push_str(&more.text().unwrap_or_else(|| MASK.to_owned()));
        Self::Text(text)
    }

    /// About how much memory it takes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Unknown | Self::Null | Self::Bool(_) => 1,
            Self::Number(text) | Self::Text(text) => text.len(),
            Self::List(items) => items.iter().map(|item| 8 + item.weight()).sum(),
            Self::Table(members) => {
                let members = members.iter();
                members
                    .map(|(name, value)| 8 + name.len() + value.weight())
                    .sum()
            }
        }
    }

    /// The member called `name`, in any letter case.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let Self::Table(members) = self else {
            return None;
        };
        members
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The fields of a table of texts.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let Self::Table(members) = self else {
            return Vec::new();
        };
        let spelt = |(name, value): &(String, Value)| {
            (
                name.clone(),
                value.text().unwrap_or_else(|| MASK.to_owned()),
            )
        };
        members.iter().map(spelt).collect()
    }

    /// The JSON it becomes. Below `depth` PowerShell writes the name of the type in place of a table,
    /// and joins the items of a list.
    pub(super) fn to_json(&self, depth: Option<usize>) -> String {
        let mut out = String::new();
        self.write(depth, &mut out);
        out
    }

    /// The JSON it becomes, as a document.
    pub(super) fn json(&self) -> Option<Json> {
        serde_json::from_str(&self.to_json(None)).ok()
    }

    fn write(&self, depth: Option<usize>, out: &mut String) {
        let text = |text: &str| Json::from(text).to_string();
        match self {
            Self::Unknown => out.push_str(&text(MASK)),
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) => out.push_str(number),
            Self::Text(value) => out.push_str(&text(value)),
            Self::List(_) | Self::Table(_) if depth == Some(0) => {
                out.push_str(&text(&self.shortened()));
            }
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    item.write(depth.map(|depth| depth - 1), out);
                }
                out.push(']');
            }
            Self::Table(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    out.push_str(if at > 0 { "," } else { "" });
                    out.push_str(&text(name));
                    out.push(':');
                    value.write(depth.map(|depth| depth - 1), out);
                }
                out.push('}');
            }
        }
    }

    /// What PowerShell makes of a value that lies too deep.
    fn shortened(&self) -> String {
        match self {
            Self::Table(_) => "System.Collections.Hashtable".to_owned(),
            Self::List(items) => items
                .iter()
                .map(Self::shortened)
                .collect::<Vec<_>>()
                .join(" "),
            other => other.text().unwrap_or_else(|| MASK.to_owned()),
        }
    }
}
