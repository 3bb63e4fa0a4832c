//! mendpoint reads a network trace of somebody working with an Azure DevOps service
//! connection, says what broke, and writes the request that mends it.
//!
//! The way of the data, one module an arrow:
//!
//! 1. [`ingest`]: bytes → container → [`exchange::Exchange`]s and notes
//! 2. [`endpoint`]: exchanges → [`endpoint::EndpointCall`]s with operation, payloads and outcome
//! 3. [`timeline`]: calls → what was tried with each endpoint, in order;
//!    [`last_state`]: the endpoint as the service showed it last
//! 4. [`surface`] and [`peel`]: the texts that can tell a cause, as a person reads them; `flow` knows
//!    which calls with other hosts count
//! 5. [`rule`] and [`rules`]: what is known of failures → matches and checks
//! 6. [`analyze`]: all of these → [`report::Report`] of [`finding::Finding`]s
//! 7. [`known_good`] and [`diff`]: a payload beside one that works
//! 8. [`correct`] and [`request`]: a report's fixes → the corrected body, and the request that sends it
//! 9. [`compare`]: two reports → which faults are gone
//! 10. [`render`]: the report as text, JSON and pages
//!
//! Beside that way, [`redact`] copies a trace without its secrets; [`secret`] knows what they are, and
//! nothing of a trace is shown that did not pass it and [`sanitize`].
//!
//! The library touches no file system, clock, environment, terminal or network.

pub mod analyze;
pub mod compare;
pub mod correct;
pub mod diff;
pub mod endpoint;
pub mod error;
pub mod exchange;
pub mod finding;
mod flow;
pub mod ingest;
pub mod json;
pub mod known_good;
pub mod last_state;
pub mod peel;
pub mod redact;
pub mod render;
pub mod report;
pub mod request;
pub mod rule;
pub mod rules;
pub mod sanitize;
pub mod secret;
pub mod surface;
pub mod timeline;
pub mod trace_path;

pub use error::Error;
