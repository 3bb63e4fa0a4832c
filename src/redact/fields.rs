//! Lists of named values in an entry: header fields, cookies, and what a query or a form says.
//!
//! Recorders give them as objects with a name and a value, and some as a map, as pairs or as a text.

use serde_json::value::RawValue;

use super::entry::is_cut;
use super::json::{Place, Splice, quoted};
use super::scrub::Scrubber;
use crate::ingest::json::{MOST_FIELDS, Object, items, plain};

impl Scrubber {
    /// Header fields.
    pub(super) fn headers(&mut self, raw: &RawValue) -> Option<String> {
        if is_cut_list(raw) {
            return Some("[]".to_owned());
        }
        if is_text(raw) {
            return self.header_lines(raw);
        }
        let mut out = Splice::new(raw.get());
        if let Some(object) = Object::from_raw(raw) {
            for (name, value) in object.fields() {
                if let Some(new) = self.header_raw(name, value) {
                    out.replace_part(value.get(), &new);
                }
            }
        }
        for item in items(raw).unwrap_or_default() {
            if let Some(header) = Object::from_raw(item) {
                let name = header.text("name").unwrap_or_default().into_owned();
                for (key, value) in header.fields() {
                    let new = match key {
                        "name" => None,
                        "value" => self.header_raw(&name, value),
                        _ => self.loose_value(key, value),
                    };
                    if let Some(new) = new {
                        out.replace_part(value.get(), &new);
                    }
                }
            } else if let Some([name, value]) = items(item).as_deref() {
                if let Some(new) = self.header_raw(&plain(name), value) {
                    out.replace_part(value.get(), &new);
                }
            } else if let Some(new) = self.header_lines(item) {
                out.replace_part(item.get(), &new);
            }
        }
        out.finish()
    }

    /// Fields as the lines of a text.
    fn header_lines(&mut self, raw: &RawValue) -> Option<String> {
        if !is_text(raw) {
            return self.loose_value("", raw);
        }
        let text = plain(raw);
        let mut changed = false;
        let lines: Vec<String> = text
            .split('\n')
            .map(|line| {
                let new = match line.split_once(':') {
                    Some((name, value)) => self
                        .header_value(name.trim(), value.trim_end_matches('\r'))
                        .map(|new| format!("{name}: {}", new.trim_start())),
                    None => self.flat(line),
                };
                changed |= new.is_some();
                new.unwrap_or_else(|| line.to_owned())
            })
            .collect();
        changed.then(|| quoted(&lines.join("\n")))
    }

    /// A field's value; several in an array are looked at one by one.
    fn header_raw(&mut self, name: &str, value: &RawValue) -> Option<String> {
        if let Some(values) = items(value) {
            let mut out = Splice::new(value.get());
            for value in values {
                if let Some(new) = self.header_value(name, &plain(value)) {
                    out.replace_part(value.get(), &quoted(&new));
                }
            }
            return out.finish();
        }
        self.header_value(name, &plain(value))
            .map(|new| quoted(&new))
    }

    /// Cookies, beside the header field that they come from.
    pub(super) fn cookies(&mut self, raw: &RawValue) -> Option<String> {
        if is_cut_list(raw) {
            return Some("[]".to_owned());
        }
        let mut out = Splice::new(raw.get());
        for item in items(raw).unwrap_or_else(|| vec![raw]) {
            let Some(cookie) = Object::from_raw(item) else {
                if let Some(new) = self.header_value("cookie", &plain(item)) {
                    out.replace_part(item.get(), &quoted(&new));
                }
                continue;
            };
            let name = cookie.text("name");
            for (key, value) in cookie.fields() {
                let text = plain(value);
                let new = match (key, &name) {
                    ("value", Some(name)) => self.cookie_value(name, &text),
                    ("expires" | "httpOnly" | "secure" | "sameSite" | "path", _) => None,
                    (_, Some(_)) => self.flat(&text),
                    // A map from names to values.
                    (_, None) => self.cookie_value(key, &text),
                };
                if let Some(new) = new {
                    out.replace_part(value.get(), &quoted(&new));
                }
            }
        }
        out.finish()
    }

    /// `queryString` and `params`: what a URL's query and a form say, in pairs.
    pub(super) fn named_values(&mut self, raw: &RawValue) -> Option<String> {
        if is_cut_list(raw) {
            return Some("[]".to_owned());
        }
        let mut out = Splice::new(raw.get());
        for item in items(raw).unwrap_or_else(|| vec![raw]) {
            let Some(pair) = Object::from_raw(item) else {
                if let Some(new) = is_text(item).then(|| self.pairs_of(&plain(item))).flatten() {
                    out.replace_part(item.get(), &quoted(&new));
                }
                continue;
            };
            let name = pair.text("name");
            for (key, value) in pair.fields() {
                let text = plain(value);
                let new = match (key, &name) {
                    ("name", _) => self.flat(&text).map(|new| quoted(&new)),
                    ("value", Some(name)) if is_text(value) => {
                        self.recorded_value(name, &text).map(|new| quoted(&new))
                    }
                    ("value", Some(name)) => self.member_value(name, value.get()),
                    (_, None) if is_text(value) => {
                        self.recorded_value(key, &text).map(|new| quoted(&new))
                    }
                    _ => self.loose_value(key, value),
                };
                if let Some(new) = new {
                    out.replace_part(value.get(), &new);
                }
            }
        }
        out.finish()
    }

    /// A member of a JSON body that a recorder took apart into fields.
    fn member_value(&mut self, name: &str, value: &str) -> Option<String> {
        let place = Place::Plain.below(name);
        if value.starts_with('{') && place != Place::Secret {
            self.string(name, value, place)
        } else {
            self.loose(value, place)
        }
    }

    /// Some recorders write a value as it was sent, some decoded.
    fn recorded_value(&mut self, name: &str, text: &str) -> Option<String> {
        let plain = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
        if plain == text {
            return self.value_of(name, text);
        }
        self.value_of(name, &plain)
            .map(|new| crate::sensitive::spelling::encoded(&new))
    }
}

fn is_text(raw: &RawValue) -> bool {
    raw.get().starts_with('"')
}

/// Whether a list, or an object in its place, has more in it than is looked at.
fn is_cut_list(raw: &RawValue) -> bool {
    Object::from_raw(raw).is_some_and(|object| is_cut(&object))
        || items(raw).is_some_and(|items| items.len() >= MOST_FIELDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_go_in_every_shape() {
        type Step = fn(&mut Scrubber, &RawValue) -> Option<String>;
        let table: [(Step, &str); 11] = [
            (
                Scrubber::headers,
                r#""Host: x\r\nCookie: FedAuth=hunter2abc\r\nAuthorization: Basic hunter2abc""#,
            ),
            (Scrubber::headers, r#"["Cookie: FedAuth=hunter2abc",7]"#),
            (
                Scrubber::headers,
                r#"[["Cookie","FedAuth=hunter2abc"],[{"x":"password=hunter2abc"}]]"#,
            ),
            (Scrubber::headers, r#"{"cookie":["FedAuth=hunter2abc"]}"#),
            (Scrubber::cookies, r#""FedAuth=hunter2abc; a=hunter2abc""#),
            (Scrubber::cookies, r#"["FedAuth=hunter2abc"]"#),
            (Scrubber::cookies, r#"{"FedAuth":"hunter2abc"}"#),
            (
                Scrubber::cookies,
                r#"[{"name":"FedAuth","value":"hunter2abc"}]"#,
            ),
            (
                Scrubber::named_values,
                r#"[{"name":"authorization","value":{"parameters":{"brandNew":"hunter2abc"}}}]"#,
            ),
            (Scrubber::named_values, r#"{"access_token":"hunter2abc"}"#),
            (Scrubber::named_values, r#""a=b&access_token=hunter2abc""#),
        ];
        for (step, text) in table {
            let raw: &RawValue = serde_json::from_str(text).unwrap();
            let mut scrubber = Scrubber::new([8; 16], false);
            let out = step(&mut scrubber, raw).unwrap_or_else(|| text.to_owned());
            assert!(!out.contains("hunter2"), "{out}");
            assert!(out.contains("REDACTED-"), "{out}");
            serde_json::from_str::<serde_json::Value>(&out).unwrap();
        }
    }
}
