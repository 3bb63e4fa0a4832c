//! `ARCHIVE!MEMBER`: a trace inside an archive, named as reports name it.

use std::path::{Path, PathBuf};

/// The file in which to look for `path`: itself, or the archive before a `!` where only that exists.
pub(crate) fn file_of(path: &Path) -> PathBuf {
    let archive = |typed: &str| {
        let ends = typed.match_indices('!').map(|(at, _)| at);
        ends.map(|at| PathBuf::from(&typed[..at]))
            .find(|archive| archive.is_file())
    };
    let found = path.to_str().filter(|_| !path.exists()).and_then(archive);
    found.unwrap_or_else(|| path.to_owned())
}

/// The trace that is wanted of `file`, if it is only one of those in there.
pub(crate) fn only(path: &Path, file: &Path) -> Option<String> {
    (path != file).then(|| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_file_before_a_mark_is_the_archive() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a!b.zip");
        std::fs::write(&archive, "").unwrap();
        let member = |name: &str| folder.path().join(name);
        for (typed, found) in [
            ("a!b.zip", "a!b.zip"),
            ("a!b.zip!x/trace.har", "a!b.zip"),
            ("a!b.zip!in.zip!trace.har", "a!b.zip"),
            ("none.zip!trace.har", "none.zip!trace.har"),
        ] {
            assert_eq!(file_of(&member(typed)), member(found), "{typed}");
        }
        assert_eq!(only(&archive, &archive), None);
    }
}
