//! mendpoint reads a network trace of somebody working with an Azure DevOps service
//! connection, says what broke, and writes the request that mends it.
//!
//! The way of the data, one module an arrow:
//!
//! 1. [`ingest`]: bytes → container → [`exchange::Exchange`]s and notes

pub mod endpoint;
pub mod error;
pub mod exchange;
pub mod ingest;
pub mod json;

pub use error::Error;
