//! One entry of a HAR, redacted where it stands: order, unknown fields and numbers stay as they are.

use serde_json::value::RawValue;

use super::form::binary;
use super::json::{Place, Splice, quoted};
use super::mask::Kind;
use super::scrub::Scrubber;
use crate::exchange::Headers;
use crate::ingest::Sidecar;
use crate::ingest::json::{MOST_FIELDS, Object, plain};
use crate::ingest::{body, har};

impl Scrubber {
    /// The JSON text of an entry; `None` if it is no object.
    pub(super) fn entry(&mut self, text: &str, sidecar: Sidecar<'_>) -> Option<String> {
        let entry = Object::parse(text).ok()?;
        if is_cut(&entry) {
            return None;
        }
        let mut out = Splice::new(text);
        for (name, raw) in entry.fields() {
            let new = match name {
                "request" | "response" => self.message(name, raw, sidecar),
                "startedDateTime" | "time" | "timings" | "pageref" => None,
                "serverIPAddress" | "_serverIPAddress" => {
                    self.address(&plain(raw)).map(|new| quoted(&new))
                }
                _ => self.loose_value(name, raw),
            };
            if let Some(new) = new {
                out.replace_part(raw.get(), &new);
            }
        }
        Some(out.finish().unwrap_or_else(|| text.to_owned()))
    }

    /// A member of `log` other than its entries.
    pub(super) fn log_member(&mut self, name: &str, raw: &str) -> Option<String> {
        match name {
            "version" | "creator" => None,
            _ if raw.starts_with(['{', '[', '"']) => self.loose(raw, Place::Plain),
            _ => None,
        }
    }

    /// Something a recorder added, or a known member in an unknown shape.
    pub(super) fn loose_value(&mut self, name: &str, raw: &RawValue) -> Option<String> {
        let text = raw.get();
        if text.starts_with('"') {
            return self
                .string(name, &plain(raw), Place::Plain)
                .map(|new| quoted(&new));
        }
        self.loose(text, Place::Plain)
    }

    fn message(&mut self, name: &str, raw: &RawValue, sidecar: Sidecar<'_>) -> Option<String> {
        let Some(message) = Object::from_raw(raw) else {
            return self.loose_value(name, raw);
        };
        if is_cut(&message) {
            return Some("{}".to_owned());
        }
        let headers = har::headers(&message);
        let mut out = Splice::new(raw.get());
        for (name, raw) in message.fields() {
            let new = match name {
                "method" | "httpVersion" => None,
                "url" | "redirectURL" | "redirectionURL" => {
                    self.url(&plain(raw)).map(|new| quoted(&new))
                }
                "headers" => self.headers(raw),
                "cookies" => self.cookies(raw),
                "queryString" => self.named_values(raw),
                "postData" | "_content" | "content" => self.content(raw, &headers, sidecar),
                _ => self.loose_value(name, raw),
            };
            if let Some(new) = new {
                out.replace_part(raw.get(), &new);
            }
        }
        out.finish()
    }

    /// A body that is no object.
    fn plain_content(&mut self, raw: &RawValue) -> Option<String> {
        if raw.get().starts_with('"') {
            return self.body(&plain(raw), "").map(|new| quoted(&new));
        }
        self.loose_value("", raw)
    }

    fn content(
        &mut self,
        raw: &RawValue,
        headers: &Headers,
        sidecar: Sidecar<'_>,
    ) -> Option<String> {
        let Some(content) = Object::from_raw(raw) else {
            return self.plain_content(raw);
        };
        if is_cut(&content) {
            return Some("{}".to_owned());
        }
        let media_type = content
            .filled("mimeType")
            .map(std::borrow::Cow::into_owned)
            .or_else(|| headers.get("content-type").map(str::to_owned))
            .unwrap_or_default();
        let is_base64 = content
            .text("encoding")
            .is_some_and(|coding| coding.eq_ignore_ascii_case("base64"));
        let mut out = Splice::new(raw.get());
        for (key, value) in content.fields() {
            let text = plain(value);
            let new = match key {
                "text" if is_base64 => self
                    .encoded_body(&text, &media_type, headers)
                    .map(|new| quoted(&new)),
                "text" if value.get().starts_with('"') => {
                    self.body(&text, &media_type).map(|new| quoted(&new))
                }
                "params" => self.named_values(value),
                "_file" => Some(self.side_file(&text, &media_type, headers, sidecar)),
                "encoding" | "size" | "compression" => None,
                _ => self.loose_value(key, value),
            };
            if let Some(new) = new {
                out.replace_part(value.get(), &new);
            }
        }
        let new = out.finish()?;
        // A body from a file beside the trace now stands in the trace.
        Some(new.replacen(
            "\"_file\"",
            "\"text\"",
            usize::from(content.get("_file").is_some()),
        ))
    }

    /// The body that a recorder left in a file, as a JSON string.
    fn side_file(
        &mut self,
        name: &str,
        media_type: &str,
        headers: &Headers,
        sidecar: Sidecar<'_>,
    ) -> String {
        let bare = !name.contains(['/', '\\']) && !name.starts_with('.');
        let Some(bytes) = bare.then(|| sidecar(name)).flatten() else {
            return quoted("");
        };
        let body = body::from_bytes(bytes, headers, None);
        if let Some(text) = body.text() {
            let redacted = self.body(text, media_type);
            return quoted(redacted.as_deref().unwrap_or(text));
        }
        self.counts.add(Kind::Binary);
        quoted(&binary())
    }
}

/// Whether an object has more fields than are looked at; the others would go unseen.
pub(super) fn is_cut(object: &Object<'_>) -> bool {
    object.fields().count() >= MOST_FIELDS
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> String {
        let mut scrubber = Scrubber::new([8; 16], false);
        let none = |_: &str| None;
        let _ = scrubber.entry(text, &none);
        scrubber.start_over();
        scrubber.entry(text, &none).unwrap()
    }

    #[test]
    fn every_part_of_an_entry_is_looked_at_and_the_rest_stays() {
        let text = r#"{ "_initiator" : {"type":"script","stack":{"callFrames":[{"url":"https://x.test/a?code=hunter2code99xyz"}]}},
 "startedDateTime":"2026-03-02T10:00:00.1234567+01:00","time":1.50,"request":{"method":"GET","url":"https://dev.azure.com/contoso/_apis/x?token=hunter2tok99xyz","httpVersion":"h2",
 "headers":[{"name":"Referer","value":"https://x.test/?sig=hunter2sig99xyz"},{"name":"cookie","value":"a=hunter2coo99xyz"}],"cookies":[{"name":"a","value":"hunter2coo99xyz","expires":null}],
 "queryString":[{"name":"token","value":"hunter2tok99xyz"}],"postData":{"mimeType":"application/x-www-form-urlencoded","text":"password=hunter2pwd","params":[{"name":"password","value":"hunter2pwd"}]},"headersSize":-1},
 "response":{"status":200,"statusText":"","content":{"size":12,"mimeType":"application/json","text":"eyJyZWZyZXNoX3Rva2VuIjoiaHVudGVyMnJlZjk5eHl6In0=","encoding":"base64"},"redirectURL":"/x?id_token=hunter2idt99xyz"},
 "_webSocketMessages":[{"type":"send","time":1.1,"opcode":1,"data":"{\"accessToken\":\"hunter2wsm99xyz\"}"}],"serverIPAddress":"203.0.113.5","comment":null }"#;
        let out = entry(text);
        assert!(
            !out.contains("hunter2") && !out.contains("contoso") && !out.contains("203.0.113"),
            "{out}"
        );
        assert!(!out.contains("aHVudGVyMn"), "{out}");
        for kept in [
            r#"{ "_initiator" : {"type":"script""#,
            r#""time":1.50"#,
            r#""headersSize":-1}"#,
            r#""comment":null }"#,
            r#""expires":null"#,
        ] {
            assert!(out.contains(kept), "{kept} in {out}");
        }
    }
}
