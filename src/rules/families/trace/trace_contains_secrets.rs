//! The trace holds live credentials.

use std::collections::BTreeMap;

use crate::ingest::body::from_base64;
use crate::report::finding::{Location, Part};
use crate::rules::engine::{Context, Hit};
use crate::sensitive::{Sighting, looks_masked, of_exchange};

/// How many places are named.
const MAX_PLACES: usize = 20;

pub(in crate::rules::families) fn check(context: &Context<'_>) -> Vec<Hit> {
    let mut places: BTreeMap<usize, Vec<(Location, String)>> = BTreeMap::new();
    let types = context.catalogue.types();
    let mut see = |entry: usize, sighting: &Sighting<'_>| {
        if is_live(sighting) {
            let location = Location {
                pointer: sighting.pointer.clone(),
                ..context.location(entry, sighting.part)
            };
            let own = places.entry(location.input).or_default();
            own.push((location, sighting.name.to_ascii_lowercase()));
        }
    };
    for call in context.calls {
        let call = call.opened();
        let bodies = [call.request(), call.response()];
        of_exchange(&call.exchange, bodies, types, &mut |sighting| {
            see(call.exchange.entry, &sighting);
        });
    }
    for exchange in context.others {
        of_exchange(&exchange.opened(), [None, None], types, &mut |sighting| {
            see(exchange.entry, &sighting);
        });
    }
    places.into_values().filter_map(of_input).collect()
}

/// The finding on the places of one input.
fn of_input(mut places: Vec<(Location, String)>) -> Option<Hit> {
    let count = places.len();
    let mut names: Vec<String> = places.iter().map(|(_, name)| name.clone()).collect();
    names.sort();
    names.dedup();
    places.truncate(MAX_PLACES);
    let mut locations = places.into_iter().map(|(location, _)| location);
    let mut hit = Hit::at(locations.next()?)
        .evidence(match count {
            1 => format!("1 place: {}", names.join(", ")),
            _ => format!("{count} places: {}", names.join(", ")),
        })
        .capture("names", names.join(", "));
    hit.locations.extend(locations);
    hit.locations.dedup();
    Some(hit)
}

/// Whether what was seen opens anything: error bodies use `code` for an error code, and a nonce alone
/// opens nothing.
fn is_live(sighting: &Sighting<'_>) -> bool {
    let value = sighting.value.trim();
    let is = |name: &str| sighting.name.eq_ignore_ascii_case(name);
    let harmless = is("nonce") || (is("code") && sighting.part == Part::ResponseBody);
    let masked = looks_masked(value) || basic(value).is_some_and(|plain| looks_masked(&plain));
    sighting.certain && !value.is_empty() && value != "null" && !masked && !harmless
}

/// The user and password behind `Basic`.
fn basic(value: &str) -> Option<String> {
    let (scheme, token) = value.split_once(' ')?;
    let bytes = from_base64(token).filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::basic;

    #[test]
    fn a_masked_password_is_seen_behind_basic() {
        assert_eq!(basic("Basic Okhp").as_deref(), Some(":Hi"));
        assert_eq!(basic("Bearer Okhp"), None);
    }
}
