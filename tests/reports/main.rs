//! The report formats, from samples to the bytes a user keeps.

mod sarif;
mod shared;
