//! `[retention]`: how long what is finished is kept.

use std::time::Duration;

use super::reader::{Read, Section, parse};

/// `[retention]`
#[derive(Debug, Clone)]
pub struct Retention {
    /// How long closed tickets are kept; `None`: for ever.
    pub closed_tickets: Option<Duration>,
    /// How long finished deliveries are kept; `None`: for ever.
    pub deliveries: Option<Duration>,
}

impl Retention {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let closed_tickets = section.maybe("closed_tickets", parse::duration);
        let deliveries = section.maybe("deliveries", parse::duration);
        Some(Self {
            closed_tickets: closed_tickets?,
            deliveries: deliveries?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::{loaded, sole_problem};

    #[test]
    fn empty_means_for_ever() {
        let retention = loaded("[retention]\ndeliveries = \"\"").settings.retention;
        assert_eq!(
            (retention.closed_tickets, retention.deliveries),
            (None, None)
        );
        let problem = sole_problem("[retention]\nclosed_tickets = \"never\"");
        assert!(
            problem.starts_with("retention.closed_tickets "),
            "{problem}"
        );
    }
}
