//! The report formats, from samples to the bytes a user keeps.

mod browser;
mod html;
mod json;
mod markdown;
mod sarif;
mod shared;
mod snapshots;
