//! `[traces]`: where each ticket's way is told as a trace.

use http::{HeaderMap, HeaderName, HeaderValue};
use url::Url;

use super::Secret;
use super::problem::Fault;
use super::reader::{Read, Section, parse};

/// Where the OpenTelemetry protocol has traces posted to, unless an address says otherwise.
const PATH: &str = "/v1/traces";

/// `[traces]`
#[derive(Debug, Clone)]
pub struct Traces {
    /// Where to post, in full; `None`: nowhere.
    pub endpoint: Option<Url>,
    /// What the receiver wants to see beside, for example who we are.
    pub headers: Secret<HeaderMap>,
    /// The share of tickets whose way is told, where nobody has decided before.
    pub sample: f64,
    /// What we are called there.
    pub service: String,
}

impl Traces {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let endpoint = section.maybe("endpoint", parse::base_url);
        let header = section.maybe_secret_file("header_file").and_then(|file| {
            // One that is not opened is empty.
            let line = file.as_ref().map_or("", |file| file.reveal());
            let header = (!line.is_empty()).then(|| header(line)).transpose();
            header
                .map_err(|fault| section.fault("header_file", fault))
                .ok()
        });
        let sample = section.need("sample", parse::number(0.0..=1.0));
        let service = section.need("service", parse::some_text);
        Some(Self {
            endpoint: endpoint?.map(whole),
            headers: Secret::new(header?.into_iter().collect()),
            sample: sample?,
            service: service?,
        })
    }
}

#[cfg(test)]
impl Traces {
    /// As by default.
    pub(crate) fn nowhere() -> Self {
        Self {
            endpoint: None,
            headers: Secret::new(HeaderMap::new()),
            sample: 1.0,
            service: "ticketbridge".to_owned(),
        }
    }
}

/// An address that names no path has the usual one.
fn whole(mut endpoint: Url) -> Url {
    if endpoint.path() == "/" {
        endpoint.set_path(PATH);
    }
    endpoint
}

/// `NAME: VALUE`, which is never shown.
fn header(line: &str) -> Result<(HeaderName, HeaderValue), Fault> {
    let header = line.split_once(':').and_then(|(name, value)| {
        let name: HeaderName = name.trim().parse().ok()?;
        let value: HeaderValue = value.trim().parse().ok()?;
        Some((name, value))
    });
    header.ok_or_else(|| Fault::new("names a file that holds no header", "NAME: VALUE"))
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::{Trial, loaded, sole_problem};

    #[test]
    fn no_trace_is_told_unless_somebody_says_where() {
        let traces = loaded("").settings.traces;
        assert_eq!(traces.endpoint, None);
        assert_eq!(
            (traces.sample, traces.service.as_str()),
            (1.0, "ticketbridge")
        );
    }

    #[test]
    fn an_address_without_a_path_has_the_usual_one() {
        for (written, meant) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"),
            (
                "https://otlp.example.com/otlp/v1/traces",
                "https://otlp.example.com/otlp/v1/traces",
            ),
        ] {
            let traces = loaded(&format!("[traces]\nendpoint = \"{written}\""))
                .settings
                .traces;
            assert_eq!(traces.endpoint.unwrap().as_str(), meant);
        }
    }

    #[test]
    fn a_header_comes_from_a_file_and_is_never_shown() {
        let trial = Trial::new("[traces]\nheader_file = \"traces.header\"");
        let trial = trial.with("traces.header", "Authorization: Basic hunter2\n");
        let trial = trial.open_files();
        let loaded = trial.load().unwrap();
        let headers = loaded.settings.traces.headers.reveal();
        assert_eq!(headers["authorization"], "Basic hunter2");
        assert!(!format!("{:?}{:?}", loaded.settings, loaded.effective).contains("hunter2"));
        for wrong in ["hunter2", "hunter2 : \u{7f}", "hunt er2: 7", ": hunter2"] {
            let Err(problems) = Trial::new("[traces]\nheader_file = \"traces.header\"")
                .with("traces.header", wrong)
                .open_files()
                .load()
            else {
                panic!("{wrong:?} is taken for a header");
            };
            let problems = problems.to_string();
            assert!(problems.contains("traces.header_file "), "{problems}");
            assert!(!problems.contains("hunter2"), "{problems}");
        }
    }

    #[test]
    fn values_are_checked() {
        for (wrong, path) in [
            ("endpoint = \"localhost:4318\"", "traces.endpoint "),
            ("sample = 1.5", "traces.sample "),
            ("service = \"\"", "traces.service "),
        ] {
            let problem = sole_problem(&format!("[traces]\n{wrong}"));
            assert!(problem.starts_with(path), "{problem}");
        }
    }
}
