//! One file read from several places at once.

use std::cell::RefCell;
use std::io::{self, Read, Seek, SeekFrom};

use crate::ingest::ReadSeek;

/// A file, and where it stands.
pub(super) struct Base<'a> {
    file: &'a mut dyn ReadSeek,
    at: u64,
}

impl<'a> Base<'a> {
    /// The file to share.
    pub(super) fn new(file: &'a mut dyn ReadSeek) -> RefCell<Self> {
        RefCell::new(Self { file, at: u64::MAX })
    }
}

/// A reader of a shared file with a place of its own.
#[derive(Clone)]
pub(super) struct Shared<'b, 'a> {
    base: &'b RefCell<Base<'a>>,
    at: u64,
}

impl<'b, 'a> Shared<'b, 'a> {
    /// A reader that stands at the beginning.
    pub(super) fn new(base: &'b RefCell<Base<'a>>) -> Self {
        Self { base, at: 0 }
    }
}

impl Read for Shared<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut base = self.base.borrow_mut();
        if base.at != self.at {
            base.at = base.file.seek(SeekFrom::Start(self.at))?;
        }
        let count = base.file.read(buffer)?;
        base.at += count as u64;
        self.at = base.at;
        Ok(count)
    }
}

impl Seek for Shared<'_, '_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => {
                let mut base = self.base.borrow_mut();
                let end = base.file.seek(SeekFrom::End(0))?;
                base.at = end;
                end.checked_add_signed(by)
            }
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "a place before the beginning");
        self.at = target.ok_or_else(before)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn two_readers_do_not_disturb_each_other() {
        let mut file = Cursor::new(b"abcdef".to_vec());
        let base = Base::new(&mut file);
        let mut first = Shared::new(&base);
        let mut second = first.clone();
        let mut two = [0; 2];
        first.read_exact(&mut two).unwrap();
        second.seek(SeekFrom::End(-1)).unwrap();
        second.read_exact(&mut two[..1]).unwrap();
        assert_eq!(&two, b"fb");
        first.read_exact(&mut two).unwrap();
        assert_eq!(&two, b"cd");
        assert!(first.seek(SeekFrom::Current(-9)).is_err());
    }
}
