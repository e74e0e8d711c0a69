//! `[outbound]`: the way that all calls out take.

use std::path::PathBuf;

use url::Url;

use super::reader::{Read, Section, parse};

/// `[outbound]`
#[derive(Debug, Clone)]
pub struct Outbound {
    /// An HTTP proxy for all calls out.
    pub proxy: Option<Url>,
    /// More certificate authorities, PEM, absolute.
    pub ca_file: Option<PathBuf>,
}

impl Outbound {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let proxy = section.maybe("proxy", parse::base_url);
        let ca_file = section.maybe_file("ca_file");
        Some(Self {
            proxy: proxy?,
            ca_file: ca_file?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::{Trial, sole_problem};

    #[test]
    fn a_proxy_and_authorities_may_be_named() {
        let trial = Trial::new("[outbound]\nproxy = \"http://proxy:3128\"\nca_file = \"ca.pem\"");
        let outbound = trial.load().unwrap().settings.outbound;
        assert_eq!(outbound.proxy.unwrap().port(), Some(3128));
        assert_eq!(outbound.ca_file, Some(trial.folder().join("ca.pem")));
    }

    #[test]
    fn values_are_checked() {
        for proxy in ["proxy:3128", "socks5://proxy", "http://me:hunter2@proxy"] {
            let problem = sole_problem(&format!("[outbound]\nproxy = \"{proxy}\""));
            assert!(problem.starts_with("outbound.proxy "), "{problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
