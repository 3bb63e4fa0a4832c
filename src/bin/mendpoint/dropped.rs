//! Files dropped onto the program in the Windows Explorer.
//!
//! Windows then opens a console for this program alone and closes it as soon as the program ends.
//! So the report is written as a page beside the trace and opened, and the window waits.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use mendpoint::judge::Analyzer;
use mendpoint::render::{Format, Manner, render};

use crate::args::Cli;
use crate::output::{self, Failure};
use crate::{Status, load};

/// Does the whole job if the program was started by dropping files on it, or by a double click.
pub(crate) fn run() -> Option<ExitCode> {
    if !owns_console() {
        return None;
    }
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let given = !paths.is_empty() && paths.iter().all(|path| path.exists());
    if !given && !paths.is_empty() {
        return None;
    }
    let status = if given {
        report(&paths)
    } else {
        Err(Failure::new("no trace is given").with_hint("drop a HAR or SAZ file onto the program"))
    };
    let code = status.unwrap_or_else(|failure| {
        failure.report();
        Status::Failed
    });
    print!("\nPress Enter to close this window. ");
    let _ = io::stdout().flush();
    let _ = io::stdin().read_line(&mut String::new());
    Some(ExitCode::from(code as u8))
}

/// Writes the page beside the first trace and opens it.
fn report(paths: &[PathBuf]) -> Result<Status, Failure> {
    let cli = Cli::parse_from(
        [OsString::from("mendpoint"), "--".into()]
            .into_iter()
            .chain(paths.iter().map(|path| path.clone().into_os_string())),
    );
    let loaded = load::load(paths, &cli.global)?;
    if loaded.is_unread() {
        return Ok(Status::Failed);
    }
    let catalogue = load::catalogue(&cli.global)?;
    let analyzer = Analyzer::new(&catalogue);
    let page = render(&loaded.report, &analyzer, Format::Html, Manner::default())?;
    let target = free_name(&paths[0], Path::exists);
    output::write_file(page.as_bytes(), &target, false)?;
    output::show_page(&target);
    Ok(Status::Clean)
}

/// `trace.har.report.html`, with a number if there is one already.
fn free_name(trace: &Path, taken: impl Fn(&Path) -> bool) -> PathBuf {
    let named = |middle: String| {
        let mut name = trace.as_os_str().to_owned();
        name.push(middle);
        PathBuf::from(name)
    };
    let first = named(".report.html".to_owned());
    if !taken(&first) {
        return first;
    }
    (2..1000)
        .map(|number| named(format!(".report-{number}.html")))
        .find(|name| !taken(name))
        .unwrap_or(first)
}

/// Whether this process is the only one at its console: then nobody typed a command there.
#[cfg(windows)]
fn owns_console() -> bool {
    use windows_sys::Win32::System::Console::GetConsoleProcessList;
    let mut ids = [0_u32; 2];
    #[expect(unsafe_code, reason = "Windows tells this in no other way")]
    // SAFETY: the pointer and the length are those of one array that outlives the call.
    let count = unsafe { GetConsoleProcessList(ids.as_mut_ptr(), 2) };
    count == 1
}

#[cfg(not(windows))]
fn owns_console() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::free_name;
    use std::path::Path;

    #[test]
    fn a_report_overwrites_none() {
        let name = |taken: &[&str]| {
            let is_taken = |path: &Path| taken.iter().any(|known| path == Path::new(known));
            free_name(Path::new("a/t.har"), is_taken)
        };
        assert_eq!(name(&[]), Path::new("a/t.har.report.html"));
        assert_eq!(
            name(&["a/t.har.report.html", "a/t.har.report-2.html"]),
            Path::new("a/t.har.report-3.html")
        );
    }
}
