//! `kind = "qminder"`

use std::time::Duration;

use config::Value;
use url::Url;

use crate::mapping::QminderMapping;
use crate::settings::Secret;
use crate::settings::effective::quoted;
use crate::settings::mapping;
use crate::settings::problem::Fault;
use crate::settings::reader::{Read, Section, parse};

/// A Qminder account.
#[derive(Debug, Clone)]
pub struct Qminder {
    /// From `api_key_file`.
    pub api_key: Secret<String>,
    /// Where tickets are created.
    pub line: String,
    /// In whose name calls that need a user are made.
    pub user: Option<u64>,
    /// Of the visitors.
    pub language: String,
    /// Of the external data record.
    pub provider: String,
    /// Of the external data record.
    pub title: String,
    /// Signed events from Qminder.
    pub webhook: Option<QminderWebhook>,
    /// Of the reconciling poll.
    pub poll_interval: Duration,
    /// What a follow-up after the visit leads to.
    pub after_served: AfterServed,
    /// Brand of tickets begun there.
    pub import_to: Option<String>,
    /// What becomes of fields.
    pub mapping: QminderMapping,
}

/// `webhook` of a Qminder system.
#[derive(Debug, Clone)]
pub struct QminderWebhook {
    /// As registered, parsed.
    pub url: Url,
    /// As registered, to the letter: this is what is signed, and a parsed URL may be spelled otherwise.
    pub registered_url: String,
    /// From `secret_file`.
    pub secret: Secret<String>,
}

/// What a follow-up after the visit leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterServed {
    /// A new visit.
    NewTicket,
    /// Only the record.
    RecordOnly,
}

impl Qminder {
    pub(super) fn read(section: &Section<'_>, id: Option<&str>) -> Read<Self> {
        let known = &section.reader.known;
        let api_key = section.secret_file("api_key_file");
        let line = section.need("line", parse::text_that("the id of a line", is_id));
        let user = section.or("user", 0_i64, parse::whole(0..=i64::MAX as u64));
        let language = section.or(
            "language",
            "en",
            parse::text_that(
                "a language of 2 to 5 characters such as \"en\"",
                is_language,
            ),
        );
        let provider = section.or("provider", "ticketbridge", name());
        let title = section.or("title", "Support ticket", name());
        let webhook = section.maybe_table("webhook", |webhook| QminderWebhook::read(webhook, id));
        let poll_interval = section.or("poll_interval", "60s", parse::duration);
        let after_served = section.or(
            "after_served",
            "new-ticket",
            parse::choice(&[
                ("new-ticket", AfterServed::NewTicket),
                ("record-only", AfterServed::RecordOnly),
            ]),
        );
        let import_to = section.maybe("import_to", known.word(&known.brands, "[[brands]]"));
        let mapping = section.table("mapping", mapping::qminder);
        let cancels = mapping
            .as_ref()
            .is_some_and(|mapping| mapping.cancel_closed);
        if cancels && user == Some(0) {
            let what = "asks for cancelling, which Qminder does only in the name of a user";
            section.warn("mapping", Fault::new(what, "`user` as well"));
        }
        Some(Self {
            api_key: api_key?,
            line: line?,
            user: Some(user?).filter(|id| *id > 0),
            language: language?,
            provider: provider?,
            title: title?,
            webhook: webhook?,
            poll_interval: poll_interval?,
            after_served: after_served?,
            import_to: import_to?,
            mapping: mapping?,
        })
    }
}

/// As Qminder's ids are made, which stand in paths and forms.
fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

/// [Creating a ticket](https://developer.qminder.com/reference/tickets/creating-a-ticket): 2 to 5 characters.
fn is_language(text: &str) -> bool {
    (2..=5).contains(&text.encode_utf16().count()) && text.chars().count() >= 2
}

/// [External data](https://developer.qminder.com/reference/tickets/attaching-external-info): up to 100 characters, in
/// whatever way they are counted.
fn name() -> impl Fn(&Value) -> Result<String, Fault> {
    parse::text_that("a line of 1 to 100 characters", |text| {
        let is_line = !text.chars().any(char::is_control);
        !text.trim().is_empty() && text.encode_utf16().count() <= 100 && is_line
    })
}

impl QminderWebhook {
    fn read(section: &Section<'_>, id: Option<&str>) -> Read<Self> {
        let url = section.need("url", |value| {
            Ok((parse::web_url(value)?, parse::text(value)?))
        });
        let secret = section.secret_file("secret_file");
        let (url, registered_url) = url?;
        if let Some(id) = id {
            let path = format!("/webhooks/qminder/{id}");
            if !url.path().ends_with(&path) {
                let what = format!("has the path {}", quoted(url.path()));
                let expected = format!("{path}, unless a proxy rewrites it");
                section.warn("url", Fault::new(what, expected));
            }
        }
        Some(Self {
            url,
            registered_url,
            secret: secret?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SystemKind;
    use crate::settings::trial::{loaded, sole_problem};

    const DESK: &str = "[[systems]]\nid = \"front-desk\"\nkind = \"qminder\"\n";
    const KEY: &str = "api_key_file = \"k\"\n";
    const LINE: &str = "line = \"12345\"\n";

    fn qminder(more: &str) -> Qminder {
        let mut settings = loaded(&format!("{DESK}{KEY}{LINE}{more}")).settings;
        let system = settings.systems.remove("front-desk").unwrap();
        assert_eq!(system.base_url.as_str(), "https://api.qminder.com/");
        assert_eq!((system.rate.per_second, system.rate.burst), (5.0, 40));
        match system.kind {
            SystemKind::Qminder(qminder) => qminder,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_not_given_has_a_default() {
        let qminder = qminder("");
        assert_eq!((qminder.line.as_str(), qminder.user), ("12345", None));
        assert_eq!(
            (qminder.language.as_str(), qminder.provider.as_str()),
            ("en", "ticketbridge")
        );
        assert_eq!(qminder.title, "Support ticket");
        assert_eq!(qminder.poll_interval.as_secs(), 60);
        assert_eq!(qminder.after_served, AfterServed::NewTicket);
        assert!(qminder.webhook.is_none() && qminder.import_to.is_none());
        assert!(qminder.mapping == QminderMapping::default());
    }

    #[test]
    fn the_registered_address_is_kept_to_the_letter() {
        let url = "https://Bridge.example.com:443/webhooks/qminder/front-desk";
        let webhook = qminder(&format!(
            "webhook = {{ url = \"{url}\", secret_file = \"s\" }}"
        ))
        .webhook
        .unwrap();
        assert_eq!(webhook.registered_url, url);
        assert_ne!(webhook.url.as_str(), url);
    }

    #[test]
    fn an_address_with_another_path_is_doubtful() {
        let loaded = loaded(&format!(
            "{DESK}{KEY}{LINE}webhook = {{ url = \"https://b.example/webhooks/qminder/desk\", secret_file = \"s\" }}"
        ));
        assert!(
            loaded
                .warnings
                .iter()
                .any(|warning| warning.path == "systems[front-desk].webhook.url")
        );
    }

    #[test]
    fn cancelling_without_a_user_is_doubtful() {
        let warnings = |user: &str| {
            let more = format!("{user}\nmapping = {{ cancel_closed = true }}");
            let loaded = loaded(&format!("{DESK}{KEY}{LINE}{more}"));
            let paths = loaded.warnings.into_iter().map(|warning| warning.path);
            paths.filter(|path| path.contains("mapping")).count()
        };
        assert_eq!((warnings(""), warnings("user = 900")), (1, 0));
    }

    #[test]
    fn values_are_checked() {
        for (line, path) in [
            ("user = -1", "user "),
            ("language = \"\"", "language "),
            ("language = \"e\"", "language "),
            ("language = \"english\"", "language "),
            ("provider = \" \"", "provider "),
            ("provider = 1", "provider "),
            ("title = \"\"", "title "),
            (
                "webhook = { url = \"x\", secret_file = \"s\" }",
                "webhook.url ",
            ),
            (
                "webhook = { url = \"https://b.example/webhooks/qminder/front-desk\" }",
                "webhook.secret_file ",
            ),
            ("webhook = { secret_file = \"s\" }", "webhook.url "),
            ("webhook = \"https://b.example\"", "webhook "),
            ("poll_interval = 60", "poll_interval "),
            ("after_served = \"nothing\"", "after_served "),
            ("mapping = { sms_replies = 1 }", "mapping.sms_replies "),
            ("mapping = { sms = true }", "mapping.sms "),
            ("base_url = \"api.qminder.com\"", "base_url "),
        ] {
            let problem = sole_problem(&format!("{DESK}{KEY}{LINE}{line}"));
            assert!(
                problem.starts_with(&format!("systems[front-desk].{path}")),
                "{path}: {problem}"
            );
        }
        let long = format!("{DESK}{KEY}{LINE}title = \"{}\"", "🔥".repeat(51));
        assert!(sole_problem(&long).starts_with("systems[front-desk].title "));
        for line in ["", "a/b", "1,2"] {
            let line = format!("{DESK}{KEY}line = \"{line}\"");
            assert!(sole_problem(&line).starts_with("systems[front-desk].line "));
        }
        assert!(sole_problem(&format!("{DESK}{KEY}")).starts_with("systems[front-desk].line "));
        assert!(
            sole_problem(&format!("{DESK}{LINE}")).starts_with("systems[front-desk].api_key_file ")
        );
    }
}
