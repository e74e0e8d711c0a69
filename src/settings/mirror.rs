//! `[mirror]`: what keeps copies from chasing each other.

use std::time::Duration;

use super::reader::{Read, Section, parse};

/// `[mirror]`
#[derive(Debug, Clone)]
pub struct Mirror {
    /// More changes of one ticket than this end its mirroring.
    pub loop_limit: LoopLimit,
}

/// `mirror.loop_limit`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoopLimit {
    /// How many.
    pub changes: u32,
    /// Within this time.
    pub within: Duration,
}

impl Mirror {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let loop_limit = section.table("loop_limit", LoopLimit::read);
        Some(Self {
            loop_limit: loop_limit?,
        })
    }
}

impl LoopLimit {
    fn read(section: &Section<'_>) -> Read<Self> {
        let changes = section.need("changes", parse::whole(1..=1_000_000));
        let within = section.need("within", parse::duration);
        Some(Self {
            changes: changes?,
            within: within?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::sole_problem;

    #[test]
    fn values_are_checked() {
        for (limit, path) in [
            ("changes = 0", "mirror.loop_limit.changes "),
            ("within = \"0s\"", "mirror.loop_limit.within "),
        ] {
            let problem = sole_problem(&format!("[mirror]\nloop_limit = {{ {limit} }}"));
            assert!(problem.starts_with(path), "{problem}");
        }
    }
}
