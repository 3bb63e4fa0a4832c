//! The scan for an entry's end gives the same answer in blocks and byte by byte.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| mendpoint::ingest::compare_scans(data));
