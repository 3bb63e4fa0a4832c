//! Only to an app of the organisation's own can its administrator agree by a command.

use crate::azure;
use crate::rules::engine::{Context, Hit, Surface};

pub(super) fn check(_: &Surface, hit: &mut Hit, _: &Context<'_>) {
    let client = hit.captures.get("client_id").cloned();
    let own = client.filter(|id| !azure::is_app_of_microsoft(id));
    hit.captures
        .extend(own.map(|id| ("own_client_id".to_owned(), id)));
}
