//! JSON web tokens: who made them for what stays readable, who they speak of becomes an alias, and
//! the part that makes them valid goes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::mask::{Kind, mask};
use super::scrub::Scrubber;
use crate::ingest::body::from_base64;

/// Claims whose values are not about a person and open nothing.
const OPEN_CLAIMS: &[&str] = &[
    "iss",
    "aud",
    "iat",
    "nbf",
    "exp",
    "ver",
    "typ",
    "alg",
    "idp",
    "idtyp",
    "appidacr",
    "azpacr",
    "acr",
    "amr",
    "scp",
    "roles",
    "wids",
    "tenant_region_scope",
    "xms_tcdt",
    "signin_state",
    "acct",
    "ctry",
    "email_verified",
    "xms_cc",
    "xms_idrel",
];

/// Claims that name somebody or something: they become aliases.
const IDENTITY_CLAIMS: &[&str] = &[
    "tid",
    "oid",
    "sub",
    "appid",
    "azp",
    "puid",
    "unique_name",
    "upn",
    "preferred_username",
    "email",
    "groups",
    "app_displayname",
    "client_id",
    "actort",
];

const NAME_CLAIMS: &[&str] = &[
    "name",
    "given_name",
    "family_name",
    "app_displayname",
    "nickname",
];

impl Scrubber {
    /// `text` redacted if it is a token and nothing else.
    pub(super) fn whole_token(&mut self, text: &str) -> Option<String> {
        let parts: Vec<&str> = text.split('.').collect();
        let symbols = |part: &&str| {
            part.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'='))
        };
        if !text.starts_with("eyJ") || !(2..=5).contains(&parts.len()) || !parts.iter().all(symbols)
        {
            return None;
        }
        let header = json_part(parts[0])?;
        self.counts.add(Kind::Signature);
        // Of an encrypted token nothing but the header can be read.
        if parts.len() > 3 {
            for part in &parts[1..] {
                self.remember(part);
            }
            return Some(format!("{}.{}", parts[0], mask(text, &self.aliases)));
        }
        let Some(claims) = json_part(parts[1]) else {
            self.remember(text);
            return Some(format!("{}.{}", parts[0], mask(text, &self.aliases)));
        };
        let header = self
            .header(header)
            .map_or_else(|| parts[0].to_owned(), |value| encode(&value));
        let claims = encode(&self.claims(claims));
        let mut token = format!("{header}.{claims}");
        if let Some(signature) = parts.get(2) {
            self.remember(signature);
            token.push('.');
            if !signature.is_empty() {
                token.push_str(&mask(signature, &self.aliases));
            }
        }
        Some(token)
    }

    fn remember(&mut self, part: &str) {
        if part.len() >= 12 {
            self.vault.keep(part);
        }
    }

    /// A token's header; one with a certificate or a client's key in it loses that.
    fn header(&mut self, header: Value) -> Option<Value> {
        let Value::Object(mut members) = header else {
            return None;
        };
        let mut changed = false;
        for (name, value) in &mut members {
            let keep = matches!(
                name.as_str(),
                "alg" | "typ" | "kid" | "x5t" | "enc" | "zip" | "cty" | "x5t#S256"
            );
            if !keep {
                *value = self.masked_claim(value);
                changed = true;
            }
        }
        changed.then_some(Value::Object(members))
    }

    fn claims(&mut self, claims: Value) -> Value {
        let Value::Object(mut members) = claims else {
            return self.masked_claim(&claims);
        };
        for (name, value) in &mut members {
            let name = name.to_ascii_lowercase();
            *value = match value {
                Value::String(text) if name == "ipaddr" => {
                    let address = self.address(text);
                    address.unwrap_or_else(|| text.clone()).into()
                }
                Value::String(text) if NAME_CLAIMS.contains(&name.as_str()) => {
                    let alias = self.name(text);
                    alias.unwrap_or_else(|| text.clone()).into()
                }
                _ if OPEN_CLAIMS.contains(&name.as_str()) => self.open_claim(value),
                _ if IDENTITY_CLAIMS.contains(&name.as_str()) => self.identity_claim(value),
                _ => self.masked_claim(value),
            };
        }
        Value::Object(members)
    }

    fn open_claim(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => self.leaf(text).unwrap_or_else(|| text.clone()).into(),
            Value::Array(items) => items.iter().map(|item| self.open_claim(item)).collect(),
            other => other.clone(),
        }
    }

    fn identity_claim(&mut self, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.identity_claim(item)).collect(),
            Value::String(text) => match self.flat(text) {
                Some(alias) => alias.into(),
                None if self.keep_ids || super::vocabulary::is_known_guid(text) => {
                    text.as_str().into()
                }
                None => self.masked_claim(value),
            },
            other => self.masked_claim(other),
        }
    }

    /// A claim nobody needs; its type stays.
    fn masked_claim(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) if !text.is_empty() => mask(text, &self.aliases).into(),
            Value::Array(items) => items.iter().map(|item| self.masked_claim(item)).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (name.clone(), self.masked_claim(value)))
                .collect(),
            Value::Number(_) => 0.into(),
            other => other.clone(),
        }
    }
}

fn json_part(part: &str) -> Option<Value> {
    let value = serde_json::from_slice(&from_base64(part)?).ok()?;
    Some(value).filter(Value::is_object)
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_and_what_for_stays_readable_and_the_signature_goes() {
        let header = encode(&serde_json::json!({"alg":"RS256","typ":"JWT","kid":"k1"}));
        let claims = encode(&serde_json::json!({
            "aud": "499b84ac-1321-427f-aa17-267ca6975798", "exp": 1_770_000_000,
            "tid": "2c0d6f1e-4b8a-4d57-9f63-1a2b3c4d5e6f", "upn": "jane@contoso.com",
            "name": "Jane Doe", "ipaddr": "203.0.113.9", "uti": "aGVsbG8td29ybGQ",
        }));
        let mut scrubber = Scrubber::new([3; 16], false);
        let token = scrubber
            .whole_token(&format!("{header}.{claims}.c2lnbmF0dXJlLXNpZ25hdHVyZQ"))
            .unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        assert_eq!(parts[0], header);
        assert!(parts[2].starts_with("REDACTED-"), "{token}");
        let claims = json_part(parts[1]).unwrap();
        assert_eq!(claims["aud"], "499b84ac-1321-427f-aa17-267ca6975798");
        assert_eq!(claims["exp"], 1_770_000_000);
        let text = claims.to_string();
        for gone in ["2c0d6f1e", "jane", "Jane", "203.0.113.9", "aGVsbG8"] {
            assert!(!text.contains(gone), "{gone} in {text}");
        }
        assert!(crate::text::guid::is_guid(claims["tid"].as_str().unwrap()));
    }

    #[test]
    fn other_dotted_texts_are_no_tokens() {
        let mut scrubber = Scrubber::new([3; 16], false);
        for text in ["eyJ.x.y", "a.b.c", "eyJhbGciOiJub25l"] {
            assert_eq!(scrubber.whole_token(text), None, "{text}");
        }
    }
}
