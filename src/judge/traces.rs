//! The traces of one judgement, held in little room where they are many.

use super::joined::{Joined, by_time};
use super::saved_lists;
use crate::connection::EndpointCall;
use crate::exchange::{Dictionary, Exchange};
use crate::ingest::Trace;
use crate::rules::engine::Recording;

/// Bytes of bodies up to which they are held as they were read: looking into them then costs nothing.
const MOST_OPEN: usize = 16 << 20;

/// Traces that are judged together. Where their bodies are too many the messages are packed, each until
/// somebody looks into it; what is found in them is the same.
#[derive(Default)]
pub struct Traces {
    /// Those with times.
    timed: Joined,
    /// Each of the others.
    alone: Vec<Joined>,
    /// How many there are.
    count: usize,
    /// What the entries of the next one count on from.
    base: usize,
    /// How many calls they hold; these are numbered as they are shown: in the order of the inputs.
    calls: usize,
    /// Bytes of their bodies.
    weight: usize,
    /// Once they are packed: what all are packed with.
    dictionary: Option<Dictionary>,
}

impl Traces {
    /// Adds one behind the others.
    pub fn push(&mut self, mut trace: Trace) {
        let input = self.count;
        self.count += 1;
        self.weight += trace.exchanges.iter().map(Exchange::weight).sum::<usize>();
        let listed = saved_lists::take(&mut trace, input, self.base);
        let placed = by_time(std::mem::take(&mut trace.exchanges));
        let length = placed.iter().map(|(_, exchange)| exchange.entry + 1).max();
        let has_times = placed.iter().any(|(at, _)| at.is_some());
        let mut own = Joined::default();
        own.calls.extend(listed.map(|call| (None, call)));
        let joined = if has_times { &mut self.timed } else { &mut own };
        let calls_before = self.calls;
        for (at, mut exchange) in placed {
            exchange.entry += self.base;
            joined.entries.push((at, exchange.entry));
            match EndpointCall::recognise(exchange, input) {
                Ok(mut call) => {
                    self.calls += 1;
                    call.number = self.calls;
                    if let Some(dictionary) = &self.dictionary {
                        call.pack(dictionary);
                    }
                    joined.calls.push((at, call));
                }
                Err(mut exchange) => {
                    if let Some(dictionary) = &self.dictionary {
                        exchange.pack(dictionary);
                    }
                    joined.others.push((at, *exchange));
                }
            }
        }
        joined.recordings.push(Recording {
            trace,
            input,
            base: self.base,
            calls_before,
            timed: has_times,
        });
        self.base += length.unwrap_or(0).max(1);
        if !has_times {
            self.alone.push(own);
        }
        if self.weight > MOST_OPEN && self.dictionary.is_none() {
            self.pack();
        }
    }

    /// Packs those that are there; what the first ones say the others are likely to repeat.
    fn pack(&mut self) {
        let joined = || std::iter::once(&self.timed).chain(&self.alone);
        let calls = joined().flat_map(|joined| &joined.calls);
        let calls = calls.map(|(_, call)| &call.exchange);
        let others = joined().flat_map(|joined| &joined.others);
        let exchanges = calls.chain(others.map(|(_, exchange)| exchange));
        let texts = exchanges.flat_map(Exchange::texts).map(|text| &**text);
        let dictionary = Dictionary::of(texts);
        for joined in std::iter::once(&mut self.timed).chain(&mut self.alone) {
            for (_, call) in &mut joined.calls {
                call.pack(&dictionary);
            }
            for (_, exchange) in &mut joined.others {
                exchange.pack(&dictionary);
            }
        }
        self.dictionary = Some(dictionary);
    }

    /// Those that share one order of time, together; each of the others by itself.
    pub(super) fn joined(self) -> impl Iterator<Item = Joined> {
        let timed = Some(self.timed).filter(|timed| !timed.recordings.is_empty());
        self.alone.into_iter().chain(timed)
    }
}

impl From<Vec<Trace>> for Traces {
    fn from(all: Vec<Trace>) -> Self {
        let mut traces = Self::default();
        for trace in all {
            traces.push(trace);
        }
        traces
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::path::Path;

    use super::Traces;
    use crate::ingest::{self, Options, Source, Trace};
    use crate::judge::Analyzer;
    use crate::render::{Format, Manner, render};

    /// The recorded samples, one after the other, `times` times.
    fn samples(times: usize) -> Vec<Trace> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/recorded");
        let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let mut paths: Vec<_> = files.map(|file| file.path()).collect();
        paths.sort();
        let read = |path: &std::path::PathBuf| {
            let name = path.file_name().unwrap().to_string_lossy();
            let mut file = File::open(path).unwrap();
            ingest::read(&name, Source::File(&mut file), &Options::default()).unwrap()
        };
        let once: Vec<Trace> = paths.iter().flat_map(read).collect();
        let all = std::iter::repeat_n(once, times);
        all.flatten().collect()
    }

    fn packed(traces: Vec<Trace>) -> Traces {
        let mut packed = Traces {
            weight: super::MOST_OPEN,
            ..Traces::default()
        };
        for trace in traces {
            packed.push(trace);
        }
        assert!(packed.dictionary.is_some());
        packed
    }

    #[test]
    fn many_traces_are_told_of_as_few_are() {
        let analyzer = Analyzer::default();
        let open = analyzer.judge(samples(2));
        let held = analyzer.judge(packed(samples(2)));
        for format in [
            Format::Text,
            Format::Json,
            Format::Sarif,
            Format::Markdown,
            Format::Html,
        ] {
            let told = |report| render(report, &analyzer, format, Manner::default()).unwrap();
            assert_eq!(told(&held), told(&open), "{format:?}");
        }
    }

    #[test]
    fn nothing_that_was_looked_into_stays_open() {
        let analyzer = Analyzer::default();
        let report = analyzer.judge(packed(samples(1)));
        // A page looks longer into the calls of the few connections whose corrections stand in it.
        for format in [Format::Text, Format::Markdown, Format::Sarif] {
            render(&report, &analyzer, format, Manner::default()).unwrap();
        }
        let open = report.calls.iter().filter(|call| call.is_open());
        let open: Vec<String> = open.map(crate::connection::EndpointCall::title).collect();
        assert_eq!(open, [""; 0]);
    }
}
