//! The report formats, from samples to the bytes a user keeps.

mod browser;
mod html;
mod json;
mod markdown;
mod sarif;
pub(crate) mod shared;
mod snapshots;
