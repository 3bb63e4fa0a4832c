//! Reports as people and programs read them.

pub mod calls;
mod columns;
pub mod compare;
pub mod connections;
pub mod correction;
pub mod diff;
mod endings;
pub mod handover;
mod headline;
pub mod html;
pub mod json;
mod layout;
pub mod markdown;
pub mod page_text;
pub mod place;
mod prose;
mod report;
pub mod rule_text;
pub mod sarif;
pub mod show;
pub mod style;
mod table;
pub mod text;
mod untold;
mod view;
mod wire;

pub use report::{Format, Manner, render, write};
pub use style::Style;
pub use view::{call_line, words};

/// What a report says, in one sentence without markup: its first fault, or how everything ended.
pub fn headline(report: &crate::report::Report) -> String {
    prose::plain(&headline::of(report))
}
