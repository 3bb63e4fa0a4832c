//! Whether somebody masked the ids of a trace, so that their form proves nothing.

use crate::connection::EndpointCall;
use crate::json::{self, Node};
use crate::sensitive::{is_id_name, is_zeroed, looks_masked};

/// Fewer zeroed ids than this in the answers may be what an endpoint really holds.
const FEW: usize = 3;

/// The ids of one input.
#[derive(Default)]
pub(super) struct MaskedIds {
    all: Ids,
    answered: Ids,
}

impl MaskedIds {
    /// Takes the ids of a call.
    pub(super) fn take(&mut self, call: &EndpointCall) {
        for body in [call.request(), call.response()].into_iter().flatten() {
            self.all.take(body);
        }
        if let Some(body) = call.response() {
            self.answered.take(body);
        }
    }

    /// Takes the ids of a pasted text.
    pub(super) fn take_text(&mut self, text: &str) {
        if let Ok(body) = json::parse(text) {
            self.all.take(&body);
        }
    }

    /// Whether most of them are masked.
    ///
    /// A single odd id among good ones is a fault of the payload; when most look alike, it is masking.
    pub(super) fn are_most(&self) -> bool {
        let Self { all, answered } = self;
        // The service has no such ids, so somebody put them there.
        let is_zeroed = answered.zeroed >= FEW && answered.zeroed * 2 > answered.count;
        all.masked * 2 > all.count || is_zeroed
    }
}

/// Whether the ids of a pasted text are masked.
#[cfg(test)]
pub(crate) fn ids_are_masked(text: &str) -> bool {
    let mut ids = MaskedIds::default();
    ids.take_text(text);
    ids.are_most()
}

/// How many ids some bodies hold.
#[derive(Default)]
struct Ids {
    count: usize,
    masked: usize,
    zeroed: usize,
}

impl Ids {
    fn take(&mut self, body: &Node) {
        body.walk(&mut |pointer, node| {
            let is_id = is_id_name(pointer.rsplit('/').next().unwrap_or_default());
            if let Some(id) = node.as_str().filter(|text| is_id && text.len() >= 3) {
                self.count += 1;
                self.masked += usize::from(looks_masked(id));
                self.zeroed += usize::from(is_zeroed(id));
            }
        });
    }
}
