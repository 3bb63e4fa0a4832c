//! How large an archive's directory says it is, asked before it is read into memory.

use std::io::{Read, Seek, SeekFrom};

/// Most members that an archive may have. The largest Fiddler archives hold a tenth of that.
pub(super) const MOST: u64 = 150_000;

/// The end of the directory with the longest comment behind it.
const LONGEST_END: u64 = 22 + 0xffff;

/// The number of members announced at the archive's end; the largest where several ends are there.
pub(super) fn announced(reader: &mut (impl Read + Seek)) -> u64 {
    let Ok(length) = reader.seek(SeekFrom::End(0)) else {
        return 0;
    };
    let mut end = Vec::new();
    let start = length.saturating_sub(LONGEST_END);
    let read = reader
        .seek(SeekFrom::Start(start))
        .and_then(|_| reader.take(LONGEST_END).read_to_end(&mut end));
    if read.is_err() {
        return 0;
    }
    let short = memchr::memmem::find_iter(&end, b"PK\x05\x06").filter_map(|at| {
        let count = end.get(at + 10..at + 12)?.try_into().ok()?;
        Some(u64::from(u16::from_le_bytes(count)))
    });
    let long = memchr::memmem::find_iter(&end, b"PK\x06\x06").filter_map(|at| {
        let count = end.get(at + 32..at + 40)?.try_into().ok()?;
        Some(u64::from_le_bytes(count))
    });
    short.chain(long).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn both_kinds_of_ends_are_counted() {
        let mut end = vec![0; 22];
        end[..4].copy_from_slice(b"PK\x05\x06");
        end[10] = 7;
        assert_eq!(announced(&mut Cursor::new(&end)), 7);
        let mut long = vec![0; 56];
        long[..4].copy_from_slice(b"PK\x06\x06");
        long[34] = 1;
        long.extend_from_slice(&end);
        assert_eq!(announced(&mut Cursor::new(&long)), 1 << 16);
        assert_eq!(announced(&mut Cursor::new(b"PK\x05\x06")), 0);
    }
}
