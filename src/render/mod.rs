//! Reports as people and programs read them.

pub mod calls;
pub mod diff;
pub mod json;
mod masked;
pub mod place;
mod prose;
pub mod sanitize;
pub mod sarif;
pub mod style;
pub mod text;

pub use style::Style;
