//! What may happen, drawn from a seed: few names, few URLs, small gaps in time and sometimes huge ones, so that things
//! meet.

use std::fmt;
use std::time::Duration;

/// Chance that is the same each time (splitmix).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn small(&mut self, end: u64) -> u8 {
        u8::try_from(self.below(end)).unwrap()
    }

    fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    fn perhaps(&mut self, one_in: u64, end: u64) -> Option<u8> {
        let number = self.small(end);
        (!self.chance(one_in)).then_some(number)
    }
}

/// The first number of a uid that is what a receiver may call a reply.
pub(super) const REPLY_NAMES: u8 = 100;

/// Who gets a new ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AssignBy {
    All,
    Turn,
    Load,
}

/// The settings of a case.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Whether an unknown outcome waits for a person.
    pub(super) holds: bool,
    pub(super) url_required: bool,
    pub(super) assign: AssignBy,
    /// Failures in a row.
    pub(super) breaker: u32,
    pub(super) open_for: Duration,
    pub(super) slots: u32,
    pub(super) first_delay: Duration,
    pub(super) max_delay: Duration,
    pub(super) max_age: Duration,
    /// How long a receiver takes that is told nothing.
    pub(super) takes: Duration,
    /// Of a receiver that throttles without saying for how long.
    pub(super) usual_pause: Duration,
    pub(super) shortest_pause: Duration,
    /// How long after it could begin a call may begin.
    pub(super) slack: Duration,
}

impl Rules {
    fn draw(dice: &mut Dice) -> Self {
        let max_delay = Duration::from_secs([30, 600][usize::from(dice.chance(2))]);
        Self {
            holds: dice.chance(2),
            url_required: !dice.chance(3),
            assign: [AssignBy::All, AssignBy::Turn, AssignBy::Load][dice.below(3) as usize],
            breaker: [3, 5, 1000][dice.below(3) as usize],
            open_for: Duration::from_secs(20),
            slots: 1 + dice.below(4) as u32,
            first_delay: Duration::from_secs(5),
            max_delay,
            max_age: Duration::from_secs([200, 3600, 20_000][dice.below(3) as usize]),
            takes: Duration::from_secs([0, 0, 3][dice.below(3) as usize]),
            usual_pause: Duration::from_secs(60).min(max_delay),
            shortest_pause: Duration::from_secs(1),
            slack: Duration::from_secs(2),
        }
    }

    /// Agent 2 is inactive.
    pub(super) fn active_agents(&self, brand: &str) -> Vec<u64> {
        if brand == "acme" { vec![1, 3] } else { vec![4] }
    }

    /// Agent 2, too.
    pub(super) fn works_for(&self, agent: u64, brand: &str) -> bool {
        (brand == "acme") == (agent <= 3)
    }

    pub(super) fn name_of(&self, agent: u64) -> Option<String> {
        (1..=4).contains(&agent).then(|| format!("Agent {agent}"))
    }
}

/// How a receiver behaves once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meets {
    Ok,
    /// With a valid reply response that names the reply so.
    Named(u8),
    NotFound,
    Broken,
    Refused,
    /// Nothing until the timeout.
    Silent,
    /// The connection breaks off at once.
    Reset,
    Rejected,
    Gone,
    /// For so many seconds, if it says so.
    Throttled(Option<u32>),
    /// Nothing, ever.
    Hangs,
    /// The adapter panics.
    Panics,
}

/// One thing that happens; numbers choose among what is there.
#[derive(Debug, Clone)]
pub(super) enum Step {
    Arrives {
        other_brand: bool,
        uid: u8,
        provider: Option<u8>,
        parent: Option<u8>,
        url: Option<u8>,
        text: u8,
        author: u8,
        name: u8,
    },
    Replies {
        ticket: u8,
        agent: Option<u8>,
        only_assigned: bool,
        internal: bool,
        long: bool,
    },
    /// The next calls to this URL meet that, after so many milliseconds; then it accepts again.
    Meets(u8, Vec<(Meets, u32)>),
    /// Milliseconds pass.
    Pass(u64),
    /// Of a ticket with a call under way, or of any.
    SetUrl(u8, u8, bool),
    Assign(u8, u8),
    /// Ticket, agent, status.
    Stands(u8, u8, u8),
    Lock(u8, bool),
    /// Of those that are dead or held, or of all.
    Retry(u8, bool),
    /// Of those with a call under way, or of all.
    Cancel(u8, bool),
    /// Of those that are dead, or of all.
    Edit(u8, u8, bool),
    Resume(u8),
    /// The daemon stops in order, with so many milliseconds of grace.
    Stop(u64),
    /// It ends at once.
    Crash,
    Start,
}

/// Settings, and what happens under them.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) rules: Rules,
    pub(super) steps: Vec<Step>,
}

impl Case {
    pub(super) fn draw(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let rules = Rules::draw(&mut dice);
        let length = 20 + dice.below(60);
        // Fewer of everything in some cases, so that the same is met again and again.
        let size = 1 + dice.below(4);
        let mut steps: Vec<Step> = Vec::new();
        for _ in 0..length {
            let step = draw_step(&mut dice, size);
            // What is down comes up again soon.
            let is_down = matches!(steps.last(), Some(Step::Stop(_) | Step::Crash));
            if is_down && !dice.chance(3) {
                steps.push(Step::Start);
            }
            steps.push(step);
        }
        Self { rules, steps }
    }
}

fn draw_step(dice: &mut Dice, size: u64) -> Step {
    match dice.below(100) {
        0..=17 => Step::Arrives {
            other_brand: dice.chance(8),
            uid: draw_uid(dice, size, 12),
            provider: dice.perhaps(2, 2),
            parent: Some(draw_uid(dice, size, 4)).filter(|_| dice.chance(2)),
            url: dice.perhaps(3, size + 1),
            text: dice.small(5),
            author: dice.small(2),
            name: dice.small(2),
        },
        18..=42 => Step::Replies {
            ticket: dice.small(3 * size),
            agent: dice.perhaps(2, 6),
            only_assigned: dice.chance(2),
            internal: dice.chance(6),
            long: dice.chance(10),
        },
        43..=60 => {
            let url = dice.small(size + 1);
            let count = 1 + dice.below(4);
            let acts = match dice.below(6) {
                // Only slow.
                0 | 1 => vec![(Meets::Ok, 3000); count as usize],
                // Down for long.
                2 => vec![(draw_meets(dice), draw_takes(dice)); 25],
                _ => (0..count)
                    .map(|_| (draw_meets(dice), draw_takes(dice)))
                    .collect(),
            };
            Step::Meets(url, acts)
        }
        61..=77 => Step::Pass(draw_pause(dice)),
        78 => Step::Stands(dice.small(3 * size), dice.small(6), dice.small(4)),
        79..=81 => Step::SetUrl(dice.small(3 * size), dice.small(size + 1), dice.chance(2)),
        82 => Step::Assign(dice.small(3 * size), dice.small(6)),
        83 => Step::Lock(dice.small(3 * size), dice.chance(2)),
        84..=86 => Step::Retry(dice.small(40), dice.chance(2)),
        87..=88 => Step::Cancel(dice.small(40), dice.chance(2)),
        89..=90 => Step::Edit(dice.small(40), dice.small(5), !dice.chance(4)),
        91..=93 => Step::Resume(dice.small(size + 1)),
        94..=95 => Step::Stop(draw_pause(dice)),
        96..=97 => Step::Crash,
        _ => Step::Start,
    }
}

/// From [`REPLY_NAMES`] on: what a receiver may call a reply.
fn draw_uid(dice: &mut Dice, size: u64, one_in: u64) -> u8 {
    if dice.chance(one_in) {
        REPLY_NAMES + dice.small(3)
    } else {
        dice.small(2 + size * 2)
    }
}

fn draw_meets(dice: &mut Dice) -> Meets {
    match dice.below(16) {
        0 | 1 => Meets::Ok,
        2 | 3 => Meets::Named(dice.small(3)),
        4 => Meets::NotFound,
        5 | 6 => Meets::Broken,
        7 => Meets::Refused,
        8 => Meets::Silent,
        9 => Meets::Reset,
        10 | 11 => Meets::Rejected,
        12 => Meets::Gone,
        13 => Meets::Throttled(None),
        14 => Meets::Throttled(Some([0, 7, 300, 50_000][dice.below(4) as usize])),
        _ if dice.chance(2) => Meets::Hangs,
        _ => Meets::Panics,
    }
}

fn draw_takes(dice: &mut Dice) -> u32 {
    [0, 0, 40, 3000][dice.below(4) as usize]
}

fn draw_pause(dice: &mut Dice) -> u64 {
    match dice.below(12) {
        0 => 0,
        1..=5 => 1 + dice.below(3000),
        6..=8 => 5000 + dice.below(30_000),
        9 => 60_000 + dice.below(600_000),
        10 => 3_600_000,
        _ => 24_000_000,
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Meets(url, acts) if acts.len() > 1 && acts.iter().all(|act| *act == acts[0]) => {
                write!(f, "Meets({url}, {} times {:?})", acts.len(), acts[0])
            }
            other => write!(f, "{other:?}"),
        }
    }
}
