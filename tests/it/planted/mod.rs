//! Traces with secrets of every kind in every place, all of them invented.

mod desk;
pub(crate) mod further;
pub(crate) mod har;
pub(crate) mod odd;
pub(crate) mod positions;
pub(crate) mod saz;

use std::collections::HashSet;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// A value that must not be found again.
#[derive(Debug)]
pub(crate) struct Planted {
    /// Where it stands and what it is.
    pub(crate) kind: String,
    /// The value.
    pub(crate) value: String,
}

/// A trace, its secrets, and who is in it.
pub(crate) type Trace = (Vec<u8>, Vec<Planted>, Vec<Planted>);

/// Collects what is planted. Every value is its own, so that each leak is told apart.
#[derive(Default)]
pub(crate) struct Garden {
    planted: Vec<Planted>,
}

impl Garden {
    /// A new secret of `kind`, as a machine would make it.
    pub(crate) fn secret(&mut self, kind: &str) -> String {
        let number = self.planted.len();
        let value = format!("Zq{number:02}kV-7mX~pL{}w", number * 7919 % 9973);
        self.plant(kind, &value)
    }

    /// Plants a value that has to look like this.
    pub(crate) fn plant(&mut self, kind: &str, value: &str) -> String {
        self.planted.push(Planted {
            kind: kind.to_owned(),
            value: value.to_owned(),
        });
        value.to_owned()
    }

    pub(crate) fn all(self) -> Vec<Planted> {
        self.planted
    }
}

pub(crate) fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A token with these claims; its signature is planted.
pub(crate) fn jwt(garden: &mut Garden, kind: &str, claims: &serde_json::Value) -> String {
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let signature: String = encode(&garden.secret("x")).repeat(3);
    garden.planted.pop();
    let signature = garden.plant(kind, &format!("{signature}{}", garden.planted.len()));
    format!(
        "{}.{}.{signature}",
        encode(r#"{"typ":"JWT","alg":"RS256","kid":"k1"}"#),
        encode(&claims.to_string())
    )
}

/// `text` and every text that can be made of it by undoing JSON, URL and HTML escapes and base64,
/// several times over, in lower case.
pub(crate) fn everything_in(text: &str) -> HashSet<String> {
    let mut all = HashSet::new();
    let mut level: HashSet<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..5 {
        let mut next = HashSet::new();
        for text in level {
            if text.len() < 4 || !all.insert(text.to_lowercase()) {
                continue;
            }
            if text.contains('\\') {
                let plain = text.replace("\\\"", "\"").replace("\\\\", "\\");
                next.insert(plain.replace("\\n", "\n").replace("\\/", "/"));
            }
            if text.contains(['%', '+']) {
                for text in [&text, &text.replace('+', " ")] {
                    let plain = percent_encoding::percent_decode_str(text);
                    next.insert(plain.decode_utf8_lossy().into_owned());
                }
            }
            if text.contains(['&', '\\']) {
                next.insert(without_references(&text));
            }
            next.extend(hex_runs(&text));
            next.extend(decoded_runs(&text));
        }
        level = next;
    }
    all
}

/// `text` with character references and the escapes of scripts undone.
fn without_references(text: &str) -> String {
    let mut plain = text.to_owned();
    for (code, sign) in [
        ("quot", '"'),
        ("apos", '\''),
        ("lt", '<'),
        ("gt", '>'),
        ("amp", '&'),
    ] {
        let number = u32::from(sign);
        for written in [
            format!("&{code};"),
            format!("&#{number};"),
            format!("&#x{number:x};"),
            format!("\\u{number:04x}"),
            format!("\\x{number:02x}"),
        ] {
            plain = plain.replace(&written, &sign.to_string());
        }
    }
    plain
}

/// What runs of hex digits in `text` stand for.
fn hex_runs(text: &str) -> Vec<String> {
    let runs = text.split(|c: char| !c.is_ascii_hexdigit());
    let bytes = |run: &str| {
        let pairs = run.as_bytes().chunks_exact(2);
        let digits = pairs.map(|pair| std::str::from_utf8(pair).expect("they are ASCII"));
        let bytes: Vec<u8> = digits
            .map(|digits| u8::from_str_radix(digits, 16).expect("they are digits"))
            .collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    runs.filter(|run| run.len() >= 12).map(bytes).collect()
}

/// What runs of base64 letters in `text` stand for.
fn decoded_runs(text: &str) -> Vec<String> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let symbol = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let mut found = Vec::new();
    for run in text.split(|c| !symbol(c)).filter(|run| run.len() >= 12) {
        for alphabet in [&STANDARD, &URL_SAFE] {
            let engine = GeneralPurpose::new(alphabet, config);
            for offset in 0..4.min(run.len()) {
                let part = &run[offset..];
                let part = &part[..part.len() - usize::from(part.len() % 4 == 1)];
                if let Ok(bytes) = engine.decode(part) {
                    found.push(String::from_utf8_lossy(&bytes).into_owned());
                }
            }
        }
    }
    found
}
