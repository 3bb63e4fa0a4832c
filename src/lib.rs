//! mendpoint reads a network trace of somebody working with an Azure DevOps service
//! connection, says what broke, and writes the request that mends it.
//!
//! The way of the data, one room an arrow:
//!
//! 1. [`ingest`]: bytes → container → [`exchange::Exchange`]s and notes
//! 2. [`connection`]: exchanges → [`connection::EndpointCall`]s with operation, payloads and outcome, and
//!    their [`connection::timeline`]
//! 3. [`rules`]: what is known of failures → matches and checks
//! 4. [`judge`]: all of these → [`report::Report`] of [`report::finding::Finding`]s
//! 5. [`mend`]: a payload beside one that works, the corrected body, and the request that sends it
//! 6. [`report`]: what is known in the end; [`report::compare`] holds two of them against each other
//! 7. [`mod@render`]: the report as text, JSON and pages
//!
//! Beside that way, [`redact`] copies a trace without its secrets. [`sensitive`] knows what they are, and
//! nothing of a trace is shown that did not pass it and [`text::sanitize`].
//!
//! The front door are a few functions that do a whole job: [`fn@check`] reads files and judges them,
//! [`render()`] writes the report in any form, [`redact::redact`] makes a copy without secrets.
//!
//! The library touches no file system, clock, environment, terminal or network.

pub mod azure;
mod check;
pub mod connection;
pub mod correct;
pub mod error;
pub mod exchange;
pub mod ingest;
pub mod json;
pub mod judge;
pub mod mend;
pub mod redact;
pub mod render;
pub mod report;
pub mod rules;
pub mod sensitive;
pub mod text;

pub use check::check;
pub use error::Error;
pub use render::render;
