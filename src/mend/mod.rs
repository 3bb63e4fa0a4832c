//! A payload beside one that works, and the request that sends a body.

pub mod diff;
pub mod known_good;
pub mod last_state;
pub mod request;
