//! `[alerts]`: who is told when someone must act.

use url::Url;

use super::Secret;
use super::reader::{Read, Section, parse};

/// `[alerts]`
#[derive(Debug, Clone)]
pub struct Alerts {
    /// Where to post; a secret.
    pub url: Option<Secret<Url>>,
    /// Of `dead-letter`, `paused`, `breaker`, `loop`, `disk`, `store`.
    pub events: Vec<String>,
}

const EVENTS: [&str; 6] = ["dead-letter", "paused", "breaker", "loop", "disk", "store"];

impl Alerts {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let url = section.maybe_shown("url", parse::hidden_url, |_, _| "(set)".to_owned());
        let kinds = EVENTS.map(|kind| (kind, kind.to_owned()));
        let events = section.list("events", parse::choice(&kinds));
        Some(Self {
            url: url?.map(Secret::new),
            events: events?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::{loaded, sole_problem};

    #[test]
    fn the_address_of_alerts_is_never_shown() {
        let loaded = loaded("[alerts]\nurl = \"https://hooks.example.com/hunter2\"");
        assert_eq!(loaded.effective.row("alerts.url").unwrap().value, "(set)");
        assert!(!format!("{:?}{:?}", loaded.settings, loaded.effective).contains("hunter2"));
        let url = loaded.settings.alerts.url.unwrap();
        assert_eq!(url.reveal().path(), "/hunter2");
        let problem = sole_problem("[alerts]\nurl = \"hunter2://x\"");
        assert!(
            problem.starts_with("alerts.url ") && !problem.contains("hunter2"),
            "{problem}"
        );
    }

    #[test]
    fn kinds_of_alerts_are_listed() {
        let problem = sole_problem("[alerts]\nevents = [\"disk\", \"fire\"]");
        assert!(
            problem.starts_with("alerts.events[1] ") && problem.contains("\"loop\""),
            "{problem}"
        );
    }
}
