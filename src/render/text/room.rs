//! How much of a report stands on a screen.

/// How many rows each part of a fault takes at most.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    /// Its title.
    pub(super) title: usize,
    /// How many of its connections are named.
    pub(super) named: usize,
    /// A line that says where it is.
    pub(super) place: usize,
    /// The service's words.
    pub(super) said: usize,
    /// What was sent: with one row it is named, with more it is shown with a caret.
    pub(super) sent: usize,
    /// Why it happens.
    pub(super) why: usize,
    /// What to do.
    pub(super) step: usize,
    /// Whether the command that does it is shown.
    pub(super) command: bool,
}

impl Room {
    /// All there is.
    pub(super) const WHOLE: Self = Self {
        title: usize::MAX,
        named: 5,
        place: 3,
        said: usize::MAX,
        sent: 3,
        why: usize::MAX,
        step: usize::MAX,
        command: true,
    };

    /// A fault that is told with everything that helps.
    const fn of(said: usize, why: usize, step: usize) -> Self {
        Self {
            said,
            why,
            step,
            ..Self::WHOLE
        }
    }

    /// A further fault: where it is, what was said, and what was sent, with `rows` rows for its connections.
    const fn short(rows: usize) -> Self {
        Self {
            title: 2,
            named: rows,
            place: 1,
            said: SAID,
            sent: 1,
            why: 0,
            step: rows - 1,
            command: false,
        }
    }

    /// A further fault by its title, and `said` rows for the words of the service.
    const fn row(said: usize) -> Self {
        Self {
            title: if said < SAID { 1 } else { 2 },
            named: 0,
            place: 0,
            said,
            sent: 0,
            why: 0,
            step: 0,
            command: false,
        }
    }

    /// Whether no more than a row or two is told.
    pub(super) const fn is_row(&self) -> bool {
        self.place == 0
    }
}

/// How many rows the words of the service take before anything else gives way to them: a sentence of
/// theirs is whole as long as the screen holds it.
const SAID: usize = 6;

/// How much of each part of a report is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    /// The room of the first fault.
    pub(super) lead: Room,
    /// The room of each further one.
    pub(super) rest: Room,
    /// How many faults are told.
    pub(super) faults: usize,
    /// How many inputs are named.
    pub(super) inputs: usize,
    /// How many inputs that could not be read are named wherever they stand.
    pub(super) unreadable: usize,
    /// How many lines of what is missing are told.
    pub(super) limits: usize,
    /// How many warnings and notes are named beside an error.
    pub(super) remarks: usize,
    /// How many different words of further failed calls are quoted.
    pub(super) words: usize,
    /// How many rows such words, and a line of what is missing, take at most.
    pub(super) row: usize,
}

/// How many faults are named at most where each but the first has one row, and how many before the room
/// of the first is cut.
const MOST_ROWS: usize = 12;
const SOME_ROWS: usize = 5;

impl Screen {
    /// All there is.
    pub(super) const WHOLE: Self = Self {
        lead: Room::WHOLE,
        rest: Room::WHOLE,
        faults: usize::MAX,
        inputs: usize::MAX,
        unreadable: usize::MAX,
        limits: usize::MAX,
        remarks: usize::MAX,
        words: usize::MAX,
        row: usize::MAX,
    };

    /// A line for each finding.
    pub(super) const QUIET: Self = Self {
        remarks: usize::MAX,
        ..Self::WIDE
    };

    /// With plenty of room.
    const WIDE: Self = Self {
        lead: Room::WHOLE,
        rest: Room::of(12, 2, 2),
        faults: usize::MAX,
        inputs: 3,
        unreadable: 20,
        limits: 3,
        remarks: 4,
        words: 20,
        row: usize::MAX,
    };

    /// With little: what stands around the faults is counted.
    const NARROW: Self = Self {
        inputs: 1,
        unreadable: 1,
        limits: 1,
        remarks: 0,
        words: 2,
        row: 2,
        ..Self::WIDE
    };

    /// With next to none: what is missing and unreadable is counted, too.
    const LEAST: Self = Self {
        unreadable: 0,
        limits: 0,
        row: 1,
        ..Self::NARROW
    };

    /// From plenty of room to little, for a report on so many faults.
    pub(super) fn steps(faults: usize) -> Vec<Self> {
        let one = |page: Self, lead: Room| Self { lead, ..page };
        let two = |page: Self, lead: Room, rest: Room| Self { lead, rest, ..page };
        // What we say gives way first, then the way to the place, and the service's words last.
        let near = |said: usize| Room {
            named: 2,
            place: 2,
            sent: 1,
            ..Room::of(said, 0, 1)
        };
        let tight = Room {
            named: 1,
            said: 1,
            sent: 0,
            ..near(1)
        };
        let bare = Room {
            command: false,
            ..near(SAID)
        };
        if faults < 2 {
            return vec![
                one(Self::WIDE, Room::of(16, 3, 3)),
                one(Self::WIDE, Room::of(8, 3, 3)),
                one(Self::WIDE, Room::of(SAID, 3, 3)),
                one(Self::WIDE, Room::of(SAID, 2, 3)),
                one(Self::WIDE, Room::of(SAID, 1, 3)),
                one(Self::NARROW, Room::of(SAID, 1, 3)),
                one(Self::NARROW, Room::of(SAID, 1, 2)),
                one(Self::NARROW, Room::of(SAID, 1, 1)),
                one(Self::NARROW, Room::of(SAID, 0, 1)),
                one(Self::NARROW, near(SAID)),
                one(Self::NARROW, bare),
                one(Self::NARROW, near(4)),
                one(Self::NARROW, near(2)),
                one(Self::LEAST, tight),
            ];
        }
        let mut steps = vec![
            two(Self::WIDE, Room::of(16, 2, 2), Room::of(12, 2, 2)),
            two(Self::WIDE, Room::of(SAID, 2, 2), Room::of(SAID, 1, 1)),
            two(Self::WIDE, Room::of(SAID, 2, 2), Room::short(3)),
            two(Self::WIDE, Room::of(SAID, 1, 2), Room::short(2)),
            two(Self::NARROW, Room::of(SAID, 1, 2), Room::short(2)),
            two(Self::NARROW, Room::of(SAID, 1, 2), Room::short(1)),
            two(Self::NARROW, Room::of(SAID, 1, 2), Room::row(SAID)),
            two(Self::NARROW, Room::of(SAID, 1, 1), Room::row(SAID)),
            two(Self::NARROW, Room::of(SAID, 0, 1), Room::row(SAID)),
            two(Self::NARROW, near(SAID), Room::row(SAID)),
            two(Self::NARROW, near(SAID), Room::row(3)),
            two(Self::NARROW, bare, Room::row(2)),
            two(Self::LEAST, bare, Room::row(2)),
            two(Self::NARROW, near(4), Room::row(2)),
            two(Self::NARROW, near(3), Room::row(2)),
            two(Self::NARROW, near(2), Room::row(1)),
        ];
        let most = faults.min(MOST_ROWS);
        let rows = |page: Self, lead: Room, least: usize| {
            (least..=most).rev().map(move |faults| Self {
                lead,
                rest: Room::row(0),
                faults,
                words: 0,
                row: 1,
                ..page
            })
        };
        steps.extend(rows(Self::NARROW, near(2), most.min(SOME_ROWS)));
        steps.extend(rows(Self::LEAST, tight, 1));
        steps
    }
}
