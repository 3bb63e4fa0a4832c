//! The password of encrypted archives.

use std::env;
use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::sync::OnceLock;

use mendpoint::error::{Error, Kind};
use mendpoint::text::sanitize;

use crate::args::Global;

/// The password of encrypted archives: asked for once and kept for all of them.
pub(crate) struct Password<'a> {
    found: OnceLock<Result<Option<String>, Error>>,
    global: &'a Global,
}

impl<'a> Password<'a> {
    pub(crate) fn new(global: &'a Global) -> Self {
        Self {
            found: OnceLock::new(),
            global,
        }
    }

    /// The password, asked for in the name of `path`; `None` where there is none.
    pub(crate) fn get(&self, path: &Path) -> Option<String> {
        let found = self.found.get_or_init(|| find_password(self.global, path));
        found.clone().ok().flatten()
    }

    /// Why an archive could not be read: `error`, or that its password could not.
    pub(crate) fn explain(&self, error: Error) -> Error {
        let found = self.found.get().and_then(|found| found.as_ref().err());
        found
            .filter(|_| error.kind() == Kind::Password)
            .cloned()
            .unwrap_or(error)
    }
}

/// The password that the user gave or types; an error where it stands in a file that cannot be read.
fn find_password(global: &Global, path: &Path) -> Result<Option<String>, Error> {
    if let Some(password) = given(global)? {
        return Ok(Some(password));
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    let prompt = format!("Password of {}: ", sanitize::line(&path.to_string_lossy()));
    Ok(rpassword::prompt_password(prompt).ok())
}

/// The password that the user gave in a file or a variable.
pub(crate) fn given(global: &Global) -> Result<Option<String>, Error> {
    if let Some(file) = &global.password_file {
        let bytes = fs::read(file).map_err(|error| {
            let file = file.display();
            Error::new(
                Kind::Password,
                format!("the password file {file} could not be read: {error}"),
            )
        })?;
        return Ok(first_line(&bytes));
    }
    Ok(env::var("MENDPOINT_PASSWORD").ok())
}

/// The first line of a file. Editors and shells of Windows begin it with a mark, and may write UTF-16.
fn first_line(bytes: &[u8]) -> Option<String> {
    let text = encoding_rs::UTF_8.decode(bytes).0;
    text.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn a_password_is_read_in_the_encodings_of_windows() {
        let utf16 = "\u{feff}fiddler\r\n".encode_utf16();
        let utf16: Vec<u8> = utf16.flat_map(u16::to_le_bytes).collect();
        let utf8 = "\u{feff}fiddler\r\n".as_bytes();
        for bytes in [utf8, &utf16, b"fiddler\nx", b"fiddler"] {
            assert_eq!(first_line(bytes).as_deref(), Some("fiddler"));
        }
    }
}
