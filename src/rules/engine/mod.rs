//! Rules: what is known of failures, one Markdown file each, and how a text is held against them.

mod anchors;
mod answer;
pub(crate) mod attempts;
mod catalogue;
pub(crate) mod check;
mod document;
mod facts;
pub mod fill;
mod front_matter;
mod matcher;
mod meaning;
pub(crate) mod other_hosts;
pub(crate) mod pasted_text;
pub mod placeholders;
mod search;
mod sentence;
pub(crate) mod subject;
pub(crate) mod texts;

pub use answer::Answer;
pub(crate) use answer::Told;
pub use catalogue::{Catalogue, Faulty};
pub(crate) use check::{Check, Context, Hit, Models, Recording};
pub(crate) use document::USUAL_RANK;
pub use document::{Case, CommandBlock, Matching, Prose, Repair, Rule, Sample, Stage};
pub(crate) use facts::{Facts, LastSeen, Reach, Unready};
pub use matcher::Place;
pub(crate) use matcher::{FAULT, Match, Matcher, NEXT, SPECIFIC, Surface};
pub use meaning::Meaning;
pub(crate) use subject::Subject;
