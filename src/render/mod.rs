//! Reports as people and programs read them.

pub mod calls;
pub mod diff;
pub mod json;
pub mod place;
pub mod sanitize;
pub mod style;
pub mod text;

pub use style::Style;
