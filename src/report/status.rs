//! How a job ended.

/// How a run ended; the numbers are those of the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The job is done and nothing stands out.
    Clean = 0,
    /// Faults, differences, or nothing that a body can mend.
    Found = 1,
    /// The job could not be done.
    Failed = 2,
    /// Read, but there is nothing of ours in it.
    Nothing = 3,
    /// What would decide is not in the recording.
    Inconclusive = 4,
}
