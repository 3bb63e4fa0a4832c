//! How far the reading is, on standard error, where somebody waits in front of it.

use std::fs;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::paths::{Named, Task};

/// Work that is done by then needs no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar over the bytes of all inputs. It shows on a terminal only, and goes away with the work.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: Instant,
}

impl Progress {
    /// A bar for all that `named` stands for. Of a list on standard input nobody knows how much that is.
    pub(crate) fn of(named: Named<'_>, quiet: bool) -> Self {
        let size = |task| match task {
            Task::Read { path, .. } => fs::metadata(path).map_or(0, |metadata| metadata.len()),
            Task::Failed(..) | Task::FolderEnd(_) => 0,
        };
        let known = named.list.is_none() && io::stderr().is_terminal() && !quiet;
        let tasks = known.then(|| named.tasks().ok()).flatten();
        Self::new(tasks.into_iter().flatten().map(size).sum(), quiet)
    }

    /// A bar for `total` bytes; `quiet` for none.
    pub(crate) fn new(total: u64, quiet: bool) -> Self {
        let shows = !quiet && total > 0 && io::stderr().is_terminal();
        let bar = if shows {
            ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::hidden())
        } else {
            ProgressBar::hidden()
        };
        let layout = "reading {bar:30} {bytes} of {total_bytes}, {eta} left (Ctrl-C ends it)";
        if let Ok(style) = ProgressStyle::with_template(layout) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self {
            bar,
            started: Instant::now(),
        }
    }

    /// Counts bytes that were read.
    fn add(&self, bytes: usize) {
        // Hidden until the work turns out to be long; a hidden bar without a length never shows.
        if self.bar.is_hidden() && self.bar.length().is_some() && self.started.elapsed() > PATIENCE
        {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(bytes as u64);
    }

    /// Lets something else be written to the terminal.
    pub(crate) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    /// `inner`, counted as it is read.
    pub(crate) fn count<R>(&self, inner: R) -> Counted<'_, R> {
        Counted {
            inner,
            progress: self,
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A reader whose bytes are counted.
pub(crate) struct Counted<'p, R> {
    inner: R,
    progress: &'p Progress,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.progress.add(read);
        Ok(read)
    }
}

impl<R: Seek> Seek for Counted<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
