//! Texts of messages, packed while nobody looks at them.

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use lz4_flex::block::{compress_with_dict, decompress_with_dict};

/// Fewer bytes stay as they are.
const FEWEST: usize = 128;

/// How many texts are packed together: the header fields and the bodies of one exchange.
const MOST: usize = 4;

/// How long a dictionary may be, in bytes: it is read again for each packing.
const LONGEST: usize = 8 << 10;

/// What the texts to be packed are likely to repeat.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dictionary(Arc<[u8]>);

impl Dictionary {
    /// The beginnings of such texts.
    pub(crate) fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let bytes = texts.into_iter().flat_map(str::bytes);
        Self(bytes.take(LONGEST).collect())
    }
}

/// The text of a body, or of header fields. Tens of thousands are held at a time: where that is too much,
/// it is kept packed, and whoever asks for it gets the same text. A clone of a packed text is packed.
#[derive(Clone)]
pub struct BodyText(Kept);

#[derive(Clone)]
enum Kept {
    Whole(String),
    /// One of several that are packed together, by its place among them.
    Packed(Arc<Packed>, usize, Unpacked),
}

/// Texts of one message, one behind the other.
struct Packed {
    dictionary: Dictionary,
    bytes: Box<[u8]>,
    /// Where each of them ends.
    ends: [u32; MOST],
}

/// A packed text, once it was asked for.
#[derive(Default)]
struct Unpacked(OnceLock<Box<str>>);

impl Clone for Unpacked {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Packs `texts` together, or lets go of what was unpacked of them.
pub(crate) fn pack(mut texts: Vec<&mut BodyText>, dictionary: &Dictionary) {
    let mut was_packed = false;
    for text in &mut texts {
        if let Kept::Packed(.., unpacked) = &mut text.0 {
            *unpacked = Unpacked::default();
            was_packed = true;
        }
    }
    if was_packed {
        return;
    }
    let mut all = String::new();
    let mut ends = [0; MOST];
    for (at, text) in texts.iter().enumerate() {
        all.push_str(text);
        let (Some(end), Ok(length)) = (ends.get_mut(at), u32::try_from(all.len())) else {
            return;
        };
        *end = length;
    }
    if all.len() < FEWEST {
        return;
    }
    let packed = Arc::new(Packed {
        bytes: compress_with_dict(all.as_bytes(), &dictionary.0).into(),
        dictionary: dictionary.clone(),
        ends,
    });
    for (at, text) in texts.into_iter().enumerate() {
        if !text.is_empty() {
            text.0 = Kept::Packed(packed.clone(), at, Unpacked::default());
        }
    }
}

/// Makes whole again what was packed together.
pub(super) fn unpack<'a>(texts: impl Iterator<Item = &'a mut BodyText>) {
    let mut last: Option<(Arc<Packed>, String)> = None;
    for text in texts {
        let Kept::Packed(packed, at, _) = &text.0 else {
            continue;
        };
        let known = last.take().filter(|(last, _)| Arc::ptr_eq(last, packed));
        let (packed, all) = known.unwrap_or_else(|| (packed.clone(), packed.all()));
        let whole = packed.part(*at, &all).to_owned();
        text.0 = Kept::Whole(whole);
        last = Some((packed, all));
    }
}

impl Packed {
    /// All of its texts.
    fn all(&self) -> String {
        let length = self.ends.iter().max().map_or(0, |end| *end as usize);
        let bytes = decompress_with_dict(&self.bytes, length, &self.dictionary.0);
        let text = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
        debug_assert!(text.is_some(), "it was packed here");
        text.unwrap_or_default()
    }

    /// One of its texts, which `all` are.
    fn part<'a>(&self, at: usize, all: &'a str) -> &'a str {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        all.get(start as usize..self.ends[at] as usize)
            .unwrap_or_default()
    }
}

impl BodyText {
    /// Whether it is packed, and was asked for.
    #[cfg(test)]
    pub(super) fn is_open(&self) -> bool {
        matches!(&self.0, Kept::Packed(.., unpacked) if unpacked.0.get().is_some())
    }

    pub(super) fn is_packed(&self) -> bool {
        matches!(self.0, Kept::Packed(..))
    }

    /// Whether nothing is in it; what is packed is never empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(&self.0, Kept::Whole(text) if text.is_empty())
    }

    /// The text itself.
    #[must_use]
    pub fn into_string(mut self) -> String {
        unpack(std::iter::once(&mut self));
        match self.0 {
            Kept::Whole(text) => text,
            Kept::Packed(..) => String::new(),
        }
    }
}

impl Deref for BodyText {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Kept::Whole(text) => text,
            Kept::Packed(packed, at, unpacked) => {
                let unpack = || packed.part(*at, &packed.all()).into();
                unpacked.0.get_or_init(unpack)
            }
        }
    }
}

impl Default for BodyText {
    fn default() -> Self {
        String::new().into()
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
    use super::{BodyText, Dictionary, pack, unpack};

    #[test]
    fn packed_texts_are_the_same_texts() {
        let long = "caf\u{e9} and ".repeat(100);
        for dictionary in ["", "and caf\u{e9} ", long.as_str()] {
            let dictionary = Dictionary::of([dictionary]);
            let texts = ["{}", "", long.as_str(), "and"];
            let mut kept = texts.map(BodyText::from);
            for _ in 0..2 {
                pack(kept.iter_mut().collect(), &dictionary);
                assert!(kept[2].is_packed());
                for (kept, text) in kept.iter().zip(texts) {
                    assert_eq!(&*kept.clone(), text);
                    assert_eq!(&**kept, text);
                    assert_eq!(kept.is_empty(), text.is_empty());
                    assert_eq!(kept.clone().into_string(), text);
                }
            }
            unpack(kept.iter_mut());
            assert!(!kept.iter().any(BodyText::is_packed));
            assert_eq!(kept.each_ref().map(|text| &**text), texts);
        }
    }
}
