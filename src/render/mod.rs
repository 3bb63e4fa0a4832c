//! Reports as people and programs read them.

pub mod calls;
mod columns;
pub mod compare;
pub mod diff;
mod headline;
pub mod html;
pub mod json;
pub mod markdown;
pub mod place;
mod prose;
pub mod sarif;
pub mod style;
pub mod text;
mod view;

pub use style::Style;
