//! The traces of one judgement, held in little room where they are many.

use crate::exchange::Exchange;
use crate::ingest::Trace;

/// Bytes of bodies up to which they are held as they were read: looking into them then costs nothing.
const MOST_OPEN: usize = 16 << 20;

/// Traces that are judged together. Where their bodies are too many they are packed, each until somebody
/// looks into it; what is found in them is the same.
#[derive(Debug, Default)]
pub struct Traces {
    pub(super) all: Vec<Trace>,
    /// Bytes of their bodies.
    weight: usize,
    pub(super) packed: bool,
}

impl Traces {
    /// Adds one behind the others.
    pub fn push(&mut self, trace: Trace) {
        self.weight += trace.exchanges.iter().map(Exchange::weight).sum::<usize>();
        self.all.push(trace);
        let unpacked = if self.packed { self.all.len() - 1 } else { 0 };
        self.packed |= self.weight > MOST_OPEN;
        if self.packed {
            let exchanges = self.all[unpacked..].iter_mut();
            for exchange in exchanges.flat_map(|trace| &mut trace.exchanges) {
                exchange.pack();
            }
        }
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
        assert!(packed.packed);
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
