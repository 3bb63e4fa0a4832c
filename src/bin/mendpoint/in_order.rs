//! Work on all cores whose results come in the order of the tasks.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

use crate::output::Failure;

/// How many tasks may be begun before the result of an earlier one is taken: results that wait are
/// memory.
const AHEAD: usize = 64;

/// The tasks not yet begun.
struct Line<I> {
    tasks: I,
    /// Number of the next task.
    next: usize,
    /// Number of the result that is taken next.
    due: usize,
    /// Nobody wants the rest.
    stopped: bool,
}

/// Does `work` for each task and hands the results to `take` in the order of the tasks.
pub(crate) fn in_order<I, R>(
    tasks: I,
    work: impl Fn(I::Item) -> R + Sync,
    take: &mut dyn FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure>
where
    I: Iterator + Send,
    R: Send,
{
    let line = Mutex::new(Line {
        tasks,
        next: 0,
        due: 0,
        stopped: false,
    });
    let moved = Condvar::new();
    let (done, results) = mpsc::channel();
    let worker = |done: mpsc::Sender<(usize, R)>| {
        while let Some((number, task)) = next(&line, &moved) {
            if done.send((number, work(task))).is_err() {
                return;
            }
        }
    };
    let change = |how: &dyn Fn(&mut Line<I>)| {
        how(&mut locked(&line));
        moved.notify_all();
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..cores {
            let (worker, done) = (&worker, done.clone());
            scope.spawn(move || worker(done));
        }
        drop(done);
        let mut early = BTreeMap::new();
        let mut due = 0;
        for (number, result) in results {
            early.insert(number, result);
            while let Some(result) = early.remove(&due) {
                if let Err(failure) = take(result) {
                    change(&|line| line.stopped = true);
                    return Err(failure);
                }
                due += 1;
                change(&|line| line.due = due);
            }
        }
        Ok(())
    })
}

/// The next task, once it may be begun.
fn next<I: Iterator>(line: &Mutex<Line<I>>, moved: &Condvar) -> Option<(usize, I::Item)> {
    let ahead = |line: &mut Line<I>| !line.stopped && line.next >= line.due + AHEAD;
    let mut line = moved
        .wait_while(locked(line), ahead)
        .unwrap_or_else(PoisonError::into_inner);
    if line.stopped {
        return None;
    }
    let task = line.tasks.next()?;
    let number = line.next;
    line.next += 1;
    Some((number, task))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_stop_when_nobody_wants_them() {
        let slow = |n: u64| {
            thread::sleep(std::time::Duration::from_micros(n * 7 % 13 * 20));
            n
        };
        let mut got = Vec::new();
        let all = in_order(0..500, slow, &mut |n| {
            got.push(n);
            Ok(())
        });
        assert!(all.is_ok());
        assert_eq!(got, (0..500).collect::<Vec<_>>());
        let stopped = in_order(0.., slow, &mut |n| match n {
            70 => Err(Failure::new("enough")),
            _ => Ok(()),
        });
        assert!(stopped.is_err());
    }
}
