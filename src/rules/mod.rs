//! What is known of failures.
//!
//! [`engine`] reads rule files and holds them against a trace; [`families`] are the rules.

pub mod engine;
pub mod families;
pub(crate) mod vocabulary;
