//! What is kept of an entry, and what is only counted.

use super::url::{Url, request_url};
use super::{Nesting, Notes, Object, Options, Reader, Stop, Trace, charles};
use crate::ingest::keep::keep;
use crate::ingest::repair::repair;
use crate::ingest::{MAX_HOSTS, text};
use crate::text::url::split_scheme;

impl Reader<'_, '_, '_> {
    /// Reads the entry that comes next, and lets go of it as soon as its URL cannot matter.
    pub(super) fn entry(&mut self) -> Result<(), Stop> {
        let start = self.window.position();
        self.window.keep_from(start);
        let mut nesting = Nesting::default();
        let mut looked_at = 0;
        let mut passed = false;
        loop {
            let unread = self.window.unread();
            let end = nesting.advance(unread);
            let count = end.unwrap_or(unread.len());
            self.window.advance(count);
            if end.is_some() {
                break;
            }
            if !passed {
                let so_far = self.window.used_since(start).unwrap_or_default();
                if so_far.len() >= 2 * looked_at {
                    looked_at = so_far.len();
                    passed = pass_by(&mut self.trace, so_far, self.options);
                }
                if passed {
                    self.window.forget();
                }
            }
            if !self.window.fill() {
                return Err(Stop::Cut);
            }
        }
        let entry = self.trace.total;
        self.trace.total += 1;
        if !passed {
            match self.window.used_since(start) {
                Some(bytes) => {
                    let readable = take(
                        bytes,
                        entry,
                        &mut self.trace,
                        &mut self.notes,
                        self.options,
                        &mut self.kept,
                    );
                    if !readable {
                        self.unread += 1;
                        self.look_inside(start);
                    }
                }
                None => self.tell_too_large(entry),
            }
        }
        self.window.forget();
        Ok(())
    }

    /// Takes the object just read, from `start` on, as an entry if it looks like one.
    pub(super) fn take_bare_entry(&mut self, start: u64) {
        let Some(bytes) = self.window.used_since(start) else {
            if self.is_trace {
                self.tell_too_large(self.trace.total);
                self.trace.total += 1;
            }
            return;
        };
        if !is_bare_entry(bytes) {
            return;
        }
        let entry = self.trace.total;
        self.trace.total += 1;
        let readable = take(
            bytes,
            entry,
            &mut self.trace,
            &mut self.notes,
            self.options,
            &mut self.kept,
        );
        self.unread += usize::from(!readable);
        self.set_trace();
    }

    fn tell_too_large(&mut self, entry: usize) {
        let limit = self.options.max_entry >> 20;
        let message = format!("entry {entry} is larger than {limit} MiB and was passed over");
        self.unread += 1;
        self.notes.add("entry-too-large", Some(entry), message);
    }

    /// Counts an item of `entries` that cannot be read.
    pub(super) fn count_unreadable(&mut self, kind: &'static str, why: &str) {
        let entry = self.trace.total;
        self.trace.total += 1;
        self.unread += 1;
        tell_unreadable(&mut self.notes, kind, entry, why);
    }
}

fn tell_unreadable(notes: &mut Notes, kind: &'static str, entry: usize, why: &str) {
    let message = format!("entry {entry} could not be read: {why}");
    notes.add(kind, Some(entry), message);
}

/// Counts the entry's host and says whether the entry can be passed by.
fn pass_by(trace: &mut Trace, so_far: &[u8], options: &Options<'_>) -> bool {
    match request_url(so_far) {
        Url::Known(url) if options.others.is_none() && !(options.matters)(&url) => {
            count_host(trace, &url);
            true
        }
        _ => false,
    }
}

/// Keeps a complete entry if it can matter; `false` if it cannot be read.
fn take(
    bytes: &[u8],
    entry: usize,
    trace: &mut Trace,
    notes: &mut Notes,
    options: &Options<'_>,
    kept: &mut usize,
) -> bool {
    let url = request_url(bytes);
    if let Url::Known(url) = &url {
        count_host(trace, url);
        if options.others.is_none() && !(options.matters)(url) {
            return true;
        }
    }
    let (text, loss) = text::decode(bytes);
    let mended;
    let object = match Object::parse(&text) {
        Ok(object) => object,
        Err(error) => {
            mended = repair(&text);
            let Ok(object) = Object::parse(&mended) else {
                tell_unreadable(notes, kind_of_loss(&url, &text), entry, &error.to_string());
                return false;
            };
            object
        }
    };
    let charles = charles::url(&object).filter(|_| url == Url::Absent);
    if url == Url::Absent {
        let request = object.object("request");
        let found = request.as_ref().and_then(|request| request.filled("url"));
        let found = found.as_deref().or(charles.as_deref()).unwrap_or_default();
        count_host(trace, found);
        if options.others.is_none() && !(options.matters)(found) {
            return true;
        }
    }
    if let Some(loss) = loss {
        notes.add(loss.kind(), Some(entry), format!("entry {entry}: {loss}"));
    }
    let none = |_: &str| None;
    let sidecar = options.sidecar.unwrap_or(&none);
    let exchange = match charles {
        Some(url) => charles::exchange(&object, &url),
        None => super::entry::exchange(&object, sidecar),
    };
    if let Some(mut exchange) = exchange {
        exchange.entry = own_place(&object).unwrap_or(entry);
        exchange.session = object.count("_session");
        keep(exchange, trace, notes, options, kept);
    }
    true
}

/// The place that an entry of a copy had in its original.
fn own_place(entry: &Object<'_>) -> Option<usize> {
    let place = entry.count("_entry")?;
    u32::try_from(place).ok().map(|place| place as usize)
}

/// The kind of note that tells of an unreadable entry: lost is what may have been a call of ours.
pub(super) fn kind_of_loss(url: &Url<'_>, entry: &str) -> &'static str {
    let known = matches!(url, Url::Known(_));
    if known || entry.to_ascii_lowercase().contains("serviceendpoint") {
        "entry-lost"
    } else {
        "entry-unreadable"
    }
}

/// Whether an object outside of `entries` is an entry or a session of Charles.
fn is_bare_entry(bytes: &[u8]) -> bool {
    match request_url(bytes) {
        Url::Known(_) => true,
        Url::NotYet => false,
        Url::Absent => {
            let text = text::decode(bytes).0;
            Object::parse(&text).is_ok_and(|object| charles::url(&object).is_some())
        }
    }
}

/// Counts the host of `url`, which is a bare `host:443` where a tunnel is all that was recorded.
pub(in crate::ingest) fn count_host(trace: &mut Trace, url: &str) {
    let is_tunnel = |text: &str| {
        let port = text.rsplit_once(':').map_or("", |(_, port)| port);
        !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    let rest = match split_scheme(url) {
        Some((_, rest)) => rest,
        None if is_tunnel(url) => url,
        None => return,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    if host.is_empty() || host.len() > 255 {
        return;
    }
    let known = trace
        .hosts
        .iter_mut()
        .find(|(known, _)| known.eq_ignore_ascii_case(host));
    if let Some((_, count)) = known {
        *count += 1;
    } else if trace.hosts.len() < MAX_HOSTS {
        trace.hosts.push((host.to_ascii_lowercase(), 1));
    }
}

/// Chrome removes credentials unless asked not to, and says so nowhere.
pub(super) fn tell_sanitised(trace: &Trace, notes: &mut Notes) {
    let by_chrome = trace
        .creator
        .as_deref()
        .is_some_and(|creator| creator.starts_with("WebInspector"));
    let headers = || {
        trace
            .exchanges
            .iter()
            .map(|exchange| &exchange.request.headers)
    };
    let new = headers()
        .filter_map(|headers| headers.get("user-agent"))
        .filter_map(|agent| {
            agent
                .split_once("Chrome/")?
                .1
                .split('.')
                .next()?
                .parse::<u32>()
                .ok()
        })
        .any(|version| version >= 130);
    let credentials = headers()
        .any(|headers| headers.get("authorization").is_some() || headers.get("cookie").is_some());
    if by_chrome && new && !credentials {
        notes.once(
            "sanitised",
            "the browser left out cookies and Authorization headers when it saved this trace; that they are missing proves nothing",
        );
    }
}
