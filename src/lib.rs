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
//! 5. [`mod@correct`] and [`mend`]: the corrected body, a payload beside one that works, and the request
//!    that sends it
//! 6. [`report`]: what is known in the end; [`report::compare`] holds two of them against each other
//! 7. [`mod@render`]: the report as text, JSON and pages
//!
//! Beside that way, [`mod@redact`] copies a trace without its secrets. [`sensitive`] knows what they are, and
//! nothing of a trace is shown that did not pass it and [`text::sanitize`].
//!
//! The front door are four functions that do a whole job each: [`fn@check`] reads files and judges them,
//! [`fn@render`] writes the report in any form, [`fn@correct`] makes the corrected body of a call, and
//! [`fn@redact`] a copy that is safe to share. `examples/` has a program for each.
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
pub use correct::correct;
pub use error::Error;
pub use redact::redact;
pub use render::render;
