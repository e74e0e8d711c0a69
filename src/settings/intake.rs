//! `[intake]`: what is asked of those who send tickets.

use std::time::Duration;

use super::Rate;
use super::reader::{Read, Section, parse};

/// `[intake]`
#[derive(Debug, Clone)]
pub struct Intake {
    /// Whether a ticket needs a way back.
    pub require_response_url: bool,
    /// How long a uid stays taken after its ticket is deleted.
    pub dedup_window: Duration,
    /// Per token.
    pub rate: Rate,
}

impl Intake {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let require_response_url = section.need("require_response_url", parse::boolean);
        let dedup_window = section.need("dedup_window", parse::duration);
        let rate = section.table("rate", Rate::need);
        Some(Self {
            require_response_url: require_response_url?,
            dedup_window: dedup_window?,
            rate: rate?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::sole_problem;

    #[test]
    fn values_are_checked() {
        for (line, path) in [
            (
                "require_response_url = \"no\"",
                "intake.require_response_url ",
            ),
            ("dedup_window = \"soon\"", "intake.dedup_window "),
            ("rate = 5", "intake.rate "),
        ] {
            let problem = sole_problem(&format!("[intake]\n{line}"));
            assert!(problem.starts_with(path), "{path}: {problem}");
        }
    }
}
