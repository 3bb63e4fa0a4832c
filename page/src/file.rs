//! A dropped file, read through the browser piece by piece.

use std::io::{self, Read, Seek, SeekFrom};

#[link(wasm_import_module = "mendpoint")]
unsafe extern "C" {
    /// Copies up to `length` bytes of file `at` from `offset` to `pointer`; tells how many.
    fn read(at: u32, offset: f64, pointer: *mut u8, length: u32) -> u32;
}

/// One of the files that the page holds.
pub(crate) struct File {
    at: u32,
    size: u64,
    position: u64,
}

impl File {
    /// The file at `at` in the order in which the page named them, of `size` bytes.
    pub(crate) fn new(at: usize, size: u64) -> Self {
        Self {
            at: u32::try_from(at).unwrap_or(u32::MAX),
            size,
            position: 0,
        }
    }
}

impl Read for File {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(self.position);
        let wanted = usize::try_from(left).map_or(buffer.len(), |left| left.min(buffer.len()));
        if wanted == 0 {
            return Ok(0);
        }
        let length = u32::try_from(wanted).unwrap_or(u32::MAX);
        // SAFETY: the page writes at most `length` bytes to `buffer`, which has that room. An offset of
        // a file is below 2^53, so that it is exact in JavaScript.
        #[expect(clippy::cast_precision_loss, reason = "see above")]
        let count = unsafe { read(self.at, self.position as f64, buffer.as_mut_ptr(), length) };
        self.position += u64::from(count);
        Ok(count as usize)
    }
}

impl Seek for File {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "in front of the beginning")
        })?;
        Ok(self.position)
    }
}
