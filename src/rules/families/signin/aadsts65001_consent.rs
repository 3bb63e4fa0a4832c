//! Only to an app of the organisation's own can its administrator agree by a command.

use crate::rules::engine::{Context, Hit, Surface, apps};

pub(super) fn check(_: &Surface, hit: &mut Hit, _: &Context<'_>) {
    let client = hit.captures.get("client_id").cloned();
    let own = client.filter(|id| !apps::is_of_microsoft(id));
    hit.captures
        .extend(own.map(|id| ("own_client_id".to_owned(), id)));
}
