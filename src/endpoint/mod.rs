//! Service-endpoint calls: recognised by their route, read through their body.

pub mod route;
