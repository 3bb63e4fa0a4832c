//! A payload beside one that works, the corrected body, and the request that sends it.

pub mod correct;
pub mod diff;
pub mod known_good;
pub mod last_state;
pub mod request;
