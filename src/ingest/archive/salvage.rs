//! Finds the members of an archive whose directory is missing or damaged, as in half a download.

use std::io::{self, Read, Seek, SeekFrom};

use zip::read::{ZipFile, ZipReadOptions, read_zipfile_from_stream_with_options};
use zip::result::{ZipError, ZipResult};

use super::Listed;
use super::shared::Shared;

/// Length of the fixed part of a member's header.
const HEADER: usize = 30;

/// How much is searched at once.
const PIECE: u64 = 64 << 10;

/// The size that says: look into the ZIP64 field.
const IN_ZIP64: u64 = 0xffff_ffff;

/// Where a member's header stands, and how long its data is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header {
    start: u64,
    size: u64,
    /// The header leaves size and checksum to a record behind the data.
    open_end: bool,
}

/// Lists members from the beginning on, as far as they can be followed.
pub(super) fn list(reader: &mut Shared<'_, '_>) -> Vec<Listed> {
    let mut members = Vec::new();
    let Ok(length) = reader.seek(SeekFrom::End(0)) else {
        return members;
    };
    let mut at = 0;
    while let Ok(Some((member, data))) = header(reader, at, length) {
        let place = member.place;
        members.push(member);
        at = data.saturating_add(place.map_or(0, |place| place.size));
        if place.is_some_and(|place| place.open_end) {
            at = find(reader, at, |kind| kind == [3, 4]).unwrap_or(length);
        }
        if at >= length {
            break;
        }
    }
    members
}

/// Reads the header at `at`; the member, and where its data begins.
fn header(reader: &mut Shared<'_, '_>, at: u64, length: u64) -> io::Result<Option<(Listed, u64)>> {
    let mut fixed = [0; HEADER];
    reader.seek(SeekFrom::Start(at))?;
    reader.read_exact(&mut fixed)?;
    if !fixed.starts_with(b"PK\x03\x04") {
        return Ok(None);
    }
    let short = |at: usize| u64::from(u16::from_le_bytes([fixed[at], fixed[at + 1]]));
    let flags = short(6);
    let mut names = vec![0; usize::from(u16::from_le_bytes([fixed[26], fixed[27]]))];
    let mut extra = vec![0; usize::from(u16::from_le_bytes([fixed[28], fixed[29]]))];
    reader.read_exact(&mut names)?;
    reader.read_exact(&mut extra)?;
    let data = reader.stream_position()?;
    let mut size = short(18) | short(20) << 16;
    if size == IN_ZIP64 {
        size = zip64_size(&extra).unwrap_or(size);
    }
    let open_end = flags & 8 != 0 && size == 0;
    if open_end {
        let is_next = |kind: [u8; 2]| matches!(kind, [7, 8] | [3, 4] | [1, 2]);
        size = find(reader, data, is_next)
            .unwrap_or(length)
            .saturating_sub(data);
    }
    let member = Listed {
        name: String::from_utf8_lossy(&names).replace('\\', "/"),
        encrypted: flags & 1 != 0,
        place: Some(Header {
            start: at,
            size,
            open_end,
        }),
    };
    Ok(Some((member, data)))
}

/// The first place from `start` on where a record of a wanted kind begins.
fn find(reader: &mut Shared<'_, '_>, start: u64, wanted: impl Fn([u8; 2]) -> bool) -> Option<u64> {
    let mut piece = Vec::new();
    let mut at = start;
    loop {
        reader.seek(SeekFrom::Start(at)).ok()?;
        piece.clear();
        reader.take(PIECE).read_to_end(&mut piece).ok()?;
        let mut found = memchr::memmem::find_iter(&piece, b"PK").filter(|found| {
            piece
                .get(found + 2..found + 4)
                .is_some_and(|kind| wanted([kind[0], kind[1]]))
        });
        if let Some(found) = found.next() {
            return Some(at + found as u64);
        }
        if (piece.len() as u64) < PIECE {
            return None;
        }
        at += PIECE - 3;
    }
}

/// The packed size in a ZIP64 field, which holds the unpacked one first.
fn zip64_size(mut extra: &[u8]) -> Option<u64> {
    while let [a, b, c, d, rest @ ..] = extra {
        let size = usize::from(u16::from_le_bytes([*c, *d]));
        let field = rest.get(..size)?;
        if (*a, *b) == (1, 0) {
            return Some(u64::from_le_bytes(field.get(8..16)?.try_into().ok()?));
        }
        extra = &rest[size..];
    }
    None
}

/// Opens the member at `place`.
pub(super) fn open<'r, 'b, 'a>(
    reader: &'r mut Shared<'b, 'a>,
    place: Header,
    password: Option<&'r [u8]>,
) -> ZipResult<ZipFile<'r, Shared<'b, 'a>>> {
    reader.seek(SeekFrom::Start(place.start))?;
    let mut how = ZipReadOptions::new().password(password);
    if place.open_end {
        how = how.override_compressed_size(place.size).ignore_crc32(true);
    }
    read_zipfile_from_stream_with_options(reader, how)?.ok_or(ZipError::FileNotFound)
}
