//! Unpacking of what may be damaged: everything in front of the damage is given.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;

/// How much is unpacked at once. A decoder that meets damage gives nothing of the step it is in.
const STEP: usize = 1 << 10;

/// First byte of a gzip stream.
const GZIP: u8 = 0x1f;

/// A decoder read in small steps, which fails again once it failed.
pub(super) struct Careful<R> {
    decoder: R,
    failure: Option<(io::ErrorKind, String)>,
}

impl<R: Read> Careful<R> {
    /// Reads `decoder`.
    pub(super) fn new(decoder: R) -> Self {
        Self {
            decoder,
            failure: None,
        }
    }
}

impl<R: Read> Read for Careful<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() && self.failure.is_none() {
            let end = buffer.len().min(filled + STEP);
            match self.decoder.read(&mut buffer[filled..end]) {
                Ok(0) => return Ok(filled),
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => self.failure = Some((error.kind(), error.to_string())),
            }
        }
        match &self.failure {
            Some((kind, why)) if filled == 0 => Err(io::Error::new(*kind, why.clone())),
            _ => Ok(filled),
        }
    }
}

/// A reader that stops with an error when too much was unpacked in all.
pub(super) struct Bounded<'c, R> {
    reader: Careful<R>,
    left: &'c Cell<u64>,
}

impl<'c, R: Read> Bounded<'c, R> {
    /// Reads `reader`, and no more than `left` bytes of it and all others that count there.
    pub(super) fn new(reader: R, left: &'c Cell<u64>) -> Self {
        let reader = Careful::new(reader);
        Self { reader, left }
    }
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.reader.read(buffer)?;
        match self.left.get().checked_sub(count as u64) {
            Some(left) => self.left.set(left),
            None => {
                return Err(io::Error::other("it unpacks to more than is allowed"));
            }
        }
        Ok(count)
    }
}

/// The bytes in gzip streams, one behind the other; what follows and is none, such as padding, is left.
pub(super) struct Gzip<R> {
    decoder: Option<GzDecoder<R>>,
}

impl<R: BufRead> Gzip<R> {
    /// Unpacks `packed`.
    pub(super) fn new(packed: R) -> Self {
        Self {
            decoder: Some(GzDecoder::new(packed)),
        }
    }
}

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(decoder) = &mut self.decoder else {
                return Ok(0);
            };
            let count = decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            let rest = self.decoder.take().map(GzDecoder::into_inner);
            if let Some(mut rest) = rest
                && rest.fill_buf()?.first() == Some(&GZIP)
            {
                self.decoder = Some(GzDecoder::new(rest));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(text).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn streams_are_joined_and_padding_is_left() {
        let mut bytes = packed(b"one ");
        bytes.extend(packed(b"two"));
        bytes.extend([0; 512]);
        let mut text = String::new();
        Gzip::new(bytes.as_slice())
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "one two");
    }

    #[test]
    fn what_is_in_front_of_the_damage_is_given() {
        let text: Vec<u8> = (0..40_000_u32)
            .flat_map(|n| (n * n).to_le_bytes())
            .collect();
        let mut bytes = packed(&text);
        let middle = bytes.len() / 2;
        bytes[middle..middle + 64].fill(0xff);
        let mut careful = Careful::new(Gzip::new(bytes.as_slice()));
        let mut got = Vec::new();
        let first = careful.read_to_end(&mut got).unwrap_err();
        assert!(got.len() > text.len() / 3, "{}", got.len());
        let again = careful.read(&mut [0; 9]).unwrap_err();
        assert_eq!(again.to_string(), first.to_string());
    }
}
