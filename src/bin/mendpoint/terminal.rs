//! What the terminal can show and wants.

use std::env;
use std::io::{self, IsTerminal};

use mendpoint::render::Style;

use crate::args::{Color, Global};

/// The style of standard output. An explicit option wins over the environment, which wins over the
/// terminal: <https://no-color.org> and <https://bixense.com/clicolors>.
pub(crate) fn style(global: &Global, to_file: bool) -> Style {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_terminal = io::stdout().is_terminal() && !to_file;
    let color = match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto if env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        Color::Auto => is_terminal && env::var_os("TERM").is_none_or(|term| term != "dumb"),
    };
    let width = if is_terminal {
        terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))
    } else {
        None
    };
    Style {
        color,
        width: width.or_else(columns).unwrap_or(80),
        secrets: global.show_secrets,
    }
}

/// The columns that a shell tells the programs it starts.
fn columns() -> Option<usize> {
    let told = env::var("COLUMNS").ok()?;
    told.trim().parse().ok().filter(|columns| *columns > 0)
}
