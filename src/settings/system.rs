//! `[[systems]]`: the outside installations, and what each kind of them needs.

use std::path::PathBuf;

use config::Value;
use url::Url;

use super::Rate;
use super::brand::path_segment;
use super::problem::Fault;
use super::reader::{Read, Section, parse};

mod deskhive;
mod qminder;
mod respondo;

pub use deskhive::DeskHive;
pub use qminder::{AfterServed, Qminder, QminderWebhook};
pub use respondo::{Respondo, RespondoPath};

/// The word under which response URLs are counted, which no system may take.
const RESPONSE_URLS: &str = "response-url";

/// One of `[[systems]]`.
#[derive(Debug, Clone)]
pub struct System {
    /// Unique; the label in metrics.
    pub id: String,
    /// Where it answers.
    pub base_url: Url,
    /// Of the key: everything that uses it shares this.
    pub rate: Rate,
    /// Whether anything is really sent.
    pub mode: Mode,
    /// More certificate authorities for this system, PEM, absolute.
    pub ca_file: Option<PathBuf>,
    /// What it is.
    pub kind: SystemKind,
}

/// Whether a system's deliveries are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are.
    Live,
    /// They are planned and recorded only.
    DryRun,
}

/// What a system is, with what only this kind has.
#[derive(Debug, Clone)]
pub enum SystemKind {
    /// `kind = "qminder"`
    Qminder(Qminder),
    /// `kind = "deskhive"`
    DeskHive(DeskHive),
    /// `kind = "respondo"`
    Respondo(Respondo),
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Qminder,
    DeskHive,
    Respondo,
}

impl System {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let id = section.need("id", id);
        let kind = section.need(
            "kind",
            parse::choice(&[
                ("qminder", Kind::Qminder),
                ("deskhive", Kind::DeskHive),
                ("respondo", Kind::Respondo),
            ]),
        );
        let Some(kind) = kind else {
            // Which other keys are right depends on the kind.
            section.skip_rest();
            return None;
        };
        let base_url = match kind {
            Kind::Qminder => section.or("base_url", "https://api.qminder.com", parse::base_url),
            Kind::DeskHive | Kind::Respondo => section.need("base_url", parse::base_url),
        };
        let rate = section.table("rate", |rate| kind.rate().unless_given(rate));
        let mode = section.or(
            "mode",
            "live",
            parse::choice(&[("live", Mode::Live), ("dry-run", Mode::DryRun)]),
        );
        let ca_file = section.maybe_file("ca_file");
        let kind = match kind {
            Kind::Qminder => Qminder::read(section, id.as_deref()).map(SystemKind::Qminder),
            Kind::DeskHive => DeskHive::read(section).map(SystemKind::DeskHive),
            Kind::Respondo => Respondo::read(section).map(SystemKind::Respondo),
        };
        Some(Self {
            id: id?,
            base_url: base_url?,
            rate: rate?,
            mode: mode?,
            ca_file: ca_file?,
            kind: kind?,
        })
    }
}

impl Kind {
    /// What is known of each kind's limits.
    fn rate(self) -> Rate {
        let (per_second, burst) = match self {
            Self::Qminder => (5.0, 40),
            Self::DeskHive => (1.0, 60),
            Self::Respondo => (10.0, 20),
        };
        Rate { per_second, burst }
    }
}

fn id(value: &Value) -> Result<String, Fault> {
    let id = path_segment(value)?;
    if id == RESPONSE_URLS {
        let what = format!("is {RESPONSE_URLS:?}, the word for what goes to response URLs");
        return Err(Fault::new(what, "another id"));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::{loaded, sole_problem};

    const RESPONDO: &str = "kind = \"respondo\"\nbase_url = \"http://10.0.0.1:3000/app\"\nremote_brand = 7\ntoken_name = \"bridge\"\ntoken_file = \"t\"\n";

    #[test]
    fn what_every_system_has_is_checked() {
        for (line, path) in [
            ("mode = \"dry\"", "systems[hub].mode "),
            ("rate = { per_second = 0 }", "systems[hub].rate.per_second "),
            ("rate = { burst = 0 }", "systems[hub].rate.burst "),
            ("ca_file = 7", "systems[hub].ca_file "),
            ("line = \"7\"", "systems[hub].line "),
        ] {
            let problem = sole_problem(&format!("[[systems]]\nid = \"hub\"\n{RESPONDO}{line}"));
            assert!(problem.starts_with(path), "{path}: {problem}");
        }
        let settings = loaded(&format!(
            "[[systems]]\nid = \"hub\"\n{RESPONDO}rate = {{ per_second = 0.5 }}\nmode = \"dry-run\""
        ))
        .settings;
        let hub = &settings.systems["hub"];
        assert_eq!(
            hub.rate,
            Rate {
                per_second: 0.5,
                burst: 20
            }
        );
        assert_eq!(hub.mode, Mode::DryRun);
        assert_eq!(hub.base_url.as_str(), "http://10.0.0.1:3000/app");
    }

    #[test]
    fn the_id_can_stand_in_a_path_and_is_not_taken() {
        for id in ["", "a b", "..", "response-url"] {
            let problem = sole_problem(&format!("[[systems]]\nid = \"{id}\"\n{RESPONDO}"));
            assert!(problem.contains("].id "), "{problem}");
        }
    }

    #[test]
    fn an_unknown_kind_is_one_problem() {
        for kind in ["", "kind = \"zendesk\"", "kind = 1"] {
            let problem = sole_problem(&format!("[[systems]]\nid = \"hub\"\n{kind}\nother = 1"));
            assert!(problem.starts_with("systems[hub].kind "), "{problem}");
            assert!(problem.contains("\"deskhive\""), "{problem}");
        }
    }
}
