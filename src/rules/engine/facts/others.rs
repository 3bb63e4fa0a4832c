//! What became of the exchanges beside the service-endpoint calls: looked up, never searched for.

use std::collections::HashMap;

use crate::connection::{Operation, Outcome};
use crate::exchange::{Exchange, Response};
use crate::rules::engine::other_hosts::{parameter, place_of, tells_error};
use crate::rules::engine::{Context, Place};
use crate::text::url::without_query;

/// Method and address of a call, without regard to case and query.
type Address = (String, String);

/// What all apps of a directory ask the one address of their tokens for.
type Asked = [Option<String>; 3];

/// The exchanges that are no service-endpoint calls, by what is asked of them.
#[derive(Default)]
pub(crate) struct Others {
    places: HashMap<usize, usize>,
    /// The place of the last success at an address.
    succeeded: HashMap<Address, usize>,
    /// The same of sign-ins, whose pages answer 200 whatever they say.
    signed_in: HashMap<(Address, Asked), usize>,
    /// By input, the place of the last one that any host but that of a sign-in served.
    served: HashMap<usize, usize>,
    /// The calls that succeeded, by their place in the order of time; and those that take a sign-in to
    /// Azure.
    done: Vec<usize>,
    done_with_azure: Vec<usize>,
}

impl Others {
    pub(crate) fn of(context: &Context<'_>) -> Self {
        let mut all = Self::default();
        for (at, call) in context.calls.iter().enumerate() {
            if call.outcome == Outcome::Ok {
                all.done.push(at);
                if call.operation.writes_endpoint() || call.operation == Operation::Subscriptions {
                    all.done_with_azure.push(at);
                }
            }
        }
        for (at, exchange) in context.others.iter().enumerate() {
            // Of two at one entry the first counts.
            all.places.entry(exchange.entry).or_insert(at);
            let exchange = &exchange.opened();
            let answer = exchange.response.as_ref();
            let Some(answer) = answer.filter(|answer| (200..400).contains(&answer.status)) else {
                continue;
            };
            if answer.status < 300
                && place_of(&exchange.request.url) != Some(Place::Entra)
                && let Some(recording) = context.recording_of(exchange.entry)
            {
                all.served.insert(recording.input, at);
            }
            all.take_success(at, exchange, answer);
        }
        all
    }

    fn take_success(&mut self, at: usize, exchange: &Exchange, answer: &Response) {
        let address = address_of(exchange);
        if place_of(&address.1) == Some(Place::Entra) && !tells_error(answer) {
            let key = (address.clone(), asked(exchange));
            self.signed_in.insert(key, at);
        }
        self.succeeded.insert(address, at);
    }

    /// The place of the exchange at `entry` among them.
    pub(crate) fn place_of_entry(&self, entry: usize) -> Option<usize> {
        self.places.get(&entry).copied()
    }

    /// Whether one behind `exchange` is the same call, with success.
    pub(crate) fn is_repeated(&self, exchange: &Exchange) -> bool {
        let address = address_of(exchange);
        let last = if place_of(&exchange.request.url) == Some(Place::Entra) {
            self.signed_in.get(&(address, asked(exchange)))
        } else {
            self.succeeded.get(&address)
        };
        self.is_behind(exchange, last)
    }

    /// Whether any host but that of a sign-in served one behind `exchange` in `input`.
    pub(crate) fn is_served_behind(&self, exchange: &Exchange, input: usize) -> bool {
        self.is_behind(exchange, self.served.get(&input))
    }

    fn is_behind(&self, exchange: &Exchange, last: Option<&usize>) -> bool {
        let own = self.places.get(&exchange.entry);
        own.is_some() && last > own
    }

    /// The first call from `first` on that succeeded and, unless `any` does, takes a sign-in to Azure.
    pub(crate) fn let_in_from(&self, first: usize, any: bool) -> Option<usize> {
        let done = if any {
            &self.done
        } else {
            &self.done_with_azure
        };
        done.get(done.partition_point(|at| *at < first)).copied()
    }
}

fn address_of(exchange: &Exchange) -> Address {
    (
        exchange.request.method.to_ascii_lowercase(),
        without_query(&exchange.request.url).to_ascii_lowercase(),
    )
}

fn asked(exchange: &Exchange) -> Asked {
    ["client_id", "scope", "resource"].map(|name| parameter(exchange, name))
}
