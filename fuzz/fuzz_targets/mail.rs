//! Mails, MIME and Outlook's: whatever they hold is read or refused in one line, the same from a file
//! and from a pipe, and what is attached has a name of its own.

#![no_main]

use std::collections::HashSet;
use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use mendpoint::ingest::{Options, Source, Trace, read};

fuzz_target!(|data: &[u8]| {
    let options = Options {
        max_unpacked: 1 << 20,
        max_archive: 1 << 20,
        ..Options::default()
    };
    let file = read("fuzz", Source::File(&mut Cursor::new(data)), &options);
    let pipe = read("fuzz", Source::Stream(&mut &*data), &options);
    match (file, pipe) {
        (Ok(file), Ok(pipe)) => {
            let paths = |traces: &[Trace]| -> Vec<String> {
                traces.iter().map(|trace| trace.path.clone()).collect()
            };
            let names = paths(&file);
            assert_eq!(names, paths(&pipe));
            assert!(names.iter().all(|name| name.starts_with("fuzz")));
            let mails = file.iter().filter(|trace| trace.failure.is_none());
            let mails: Vec<&str> = mails.map(|trace| trace.path.as_str()).collect();
            let different: HashSet<&&str> = mails.iter().collect();
            assert_eq!(different.len(), mails.len(), "{mails:?}");
        }
        (Err(file), Err(pipe)) => {
            assert_eq!(file.to_string(), pipe.to_string());
            assert!(!file.to_string().contains('\n'));
        }
        (file, pipe) => panic!("{file:?} from a file, {pipe:?} from a pipe"),
    }
});
