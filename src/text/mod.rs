//! Text that came out of a trace, and text that goes onto a surface: read as a person reads it, and
//! shown without what a terminal would obey.

pub mod codes;
pub mod guid;
pub(crate) mod placeholder;
pub mod readable;
pub mod sanitize;
pub mod sentence;
pub mod shell;
pub mod trace_path;
pub mod url;
