//! The report formats, from samples to the bytes a user keeps.

mod browser;
mod html;
mod sarif;
mod shared;
mod snapshots;
