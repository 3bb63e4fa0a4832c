//! Rules: what is known of failures, one Markdown file each, and how a text is held against them.

mod anchors;
mod answer;
pub(crate) mod attempts;
mod catalogue;
pub mod check;
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
pub mod texts;

pub use answer::{Answer, Told};
pub use catalogue::{Catalogue, Faulty};
pub use check::{Check, Context, Hit, Recording};
pub use document::{Case, CommandBlock, Matching, Prose, Repair, Rule, Sample, Stage};
pub use facts::{AppId, Facts, LastSeen, Project, Reach, Subscription};
pub use matcher::{FAULT, Match, Matcher, NEXT, Place, Surface};
pub use meaning::Meaning;
pub use subject::Subject;
