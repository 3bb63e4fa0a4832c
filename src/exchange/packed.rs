//! The text of a body, packed while nobody looks at it.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// Shorter texts stay as they are, in bytes.
const SHORTEST: usize = 128;

/// The text of a body. Tens of thousands are held at a time: where that is too much, it is
/// kept packed, and whoever asks for it gets the same text. A clone of a packed text is packed.
#[derive(Clone)]
pub struct BodyText(Kept);

#[derive(Clone)]
enum Kept {
    Whole(String),
    Packed(Box<(Arc<[u8]>, Unpacked)>),
}

/// A packed text, once it was asked for.
#[derive(Default)]
struct Unpacked(OnceLock<String>);

impl Clone for Unpacked {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl BodyText {
    /// Packs it, or lets go of what was unpacked.
    pub(crate) fn pack(&mut self) {
        match &mut self.0 {
            Kept::Whole(text) => {
                let packed = Some(text.as_str()).filter(|text| text.len() >= SHORTEST);
                if let Some(packed) = packed.and_then(packed_form) {
                    self.0 = Kept::Packed(Box::new((packed, Unpacked::default())));
                }
            }
            Kept::Packed(packed) => packed.1 = Unpacked::default(),
        }
    }

    /// Whether it is packed, and was asked for.
    #[cfg(test)]
    pub(super) fn is_open(&self) -> bool {
        matches!(&self.0, Kept::Packed(packed) if packed.1.0.get().is_some())
    }

    pub(super) fn is_packed(&self) -> bool {
        matches!(self.0, Kept::Packed(..))
    }

    /// The text itself.
    #[must_use]
    pub fn into_string(self) -> String {
        match self.0 {
            Kept::Whole(text) => text,
            Kept::Packed(packed) => {
                let (packed, unpacked) = *packed;
                unpacked.0.into_inner().unwrap_or_else(|| unpack(&packed))
            }
        }
    }
}

/// `text`, packed; `None` where that would not be shorter.
fn packed_form(text: &str) -> Option<Arc<[u8]>> {
    let mut packed = DeflateEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text.as_bytes()).ok()?;
    let packed = packed.finish().ok()?;
    (packed.len() < text.len()).then(|| packed.into())
}

/// What [`packed_form`] made smaller.
fn unpack(packed: &[u8]) -> String {
    let mut text = String::new();
    let read = DeflateDecoder::new(packed).read_to_string(&mut text);
    debug_assert!(read.is_ok(), "it was packed here");
    text
}

impl Deref for BodyText {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Kept::Whole(text) => text,
            Kept::Packed(packed) => packed.1.0.get_or_init(|| unpack(&packed.0)),
        }
    }
}

impl From<String> for BodyText {
    fn from(text: String) -> Self {
        Self(Kept::Whole(text))
    }
}

impl From<&str> for BodyText {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl PartialEq for BodyText {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for BodyText {}

impl fmt::Debug for BodyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::BodyText;

    #[test]
    fn a_packed_text_is_the_same_text() {
        for text in ["", "{}", &"caf\u{e9} and ".repeat(100)] {
            let mut kept = BodyText::from(text);
            kept.pack();
            assert_eq!(&*kept.clone(), text);
            assert_eq!(&*kept, text);
            kept.pack();
            assert_eq!(kept.into_string(), text);
        }
    }
}
