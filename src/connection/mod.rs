//! Service-endpoint calls: recognised by their route, read through their body.

pub mod call;
pub mod history;
pub mod identity;
pub mod outcome;
pub mod payload;
pub mod route;
pub mod said;
pub mod timeline;
pub mod types;

pub use call::EndpointCall;
pub use outcome::Outcome;
pub use payload::Payload;
pub use payload::Use;
pub use route::Operation;
pub use route::Route;
pub use said::{Ids, Said};
