//! `[store]` and `[admin]`: the state on disk, and the way in for whoever runs the daemon.

use std::path::PathBuf;

use bytesize::ByteSize;

use super::Sha256Digest;
use super::problem::Fault;
use super::reader::{Read, Section, parse};
use super::secret_file::shown;
use super::server::socket_path;

/// `[store]`
#[derive(Debug, Clone)]
pub struct Store {
    /// The store's folder, absolute.
    pub path: PathBuf,
    /// Intake is refused while less than this is free on its disk, in bytes.
    pub min_free: u64,
    /// sled's page cache, in bytes.
    pub cache: u64,
}

/// `[admin]`
#[derive(Debug, Clone)]
pub struct Admin {
    /// The admin socket, absolute.
    pub socket: PathBuf,
    /// Allows `/admin` over TCP to the bearer of this token.
    pub token: Option<Sha256Digest>,
}

impl Store {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let path = section.need_shown(
            "path",
            |value| {
                let path = parse::line_of_text(value)
                    .map_err(|fault| Fault::new(fault.what, "the path of a folder"))?;
                Ok(section.reader.absolute(path))
            },
            |_, path| shown(path),
        );
        let free = ByteSize::b(0)..=ByteSize::pib(1);
        let cache = ByteSize::mib(1)..=ByteSize::tib(1);
        let min_free = section.need("min_free", parse::size(free));
        let cache = section.need("cache", parse::size(cache));
        Some(Self {
            path: path?,
            min_free: min_free?,
            cache: cache?,
        })
    }
}

impl Admin {
    /// The socket stands in the store's folder unless it says otherwise; without a store, nowhere.
    pub(super) fn read(section: &Section<'_>, store: Option<&Store>) -> Read<Self> {
        let folder = store.map(|store| store.path.clone()).unwrap_or_default();
        let socket = section.need_shown(
            "socket",
            |value| {
                let path = parse::line_of_text(value)
                    .map_err(|fault| Fault::new(fault.what, "the path of a socket"))?;
                let path = folder.join(path);
                socket_path(path).map_err(|fault| {
                    Fault::new(
                        fault.what,
                        format!("{} (it is relative to store.path)", fault.expected),
                    )
                })
            },
            |_, path| shown(path),
        );
        let token = section.maybe("token_sha256", parse::sha256);
        Some(Self {
            socket: socket?,
            token: token?,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::Sha256Digest;
    use crate::settings::trial::{Trial, loaded, sole_problem};

    #[test]
    fn paths_are_relative_to_the_file_and_to_the_store() {
        let trial = Trial::new("[store]\npath = \"s\"\n[admin]\nsocket = \"a.sock\"");
        let settings = trial.load().unwrap().settings;
        assert_eq!(settings.store.path, trial.folder().join("s"));
        assert_eq!(settings.admin.socket, trial.folder().join("s/a.sock"));
        let settings = loaded("[store]\npath = \"/x\"\n[admin]\nsocket = \"/run/a.sock\"").settings;
        assert_eq!(settings.store.path.to_str(), Some("/x"));
        assert_eq!(settings.admin.socket.to_str(), Some("/run/a.sock"));
    }

    #[test]
    fn values_are_checked() {
        let long = format!("[store]\npath = \"/{}\"", "x".repeat(100));
        for (text, path) in [
            ("[store]\npath = \"\"", "store.path "),
            ("[store]\nmin_free = \"some\"", "store.min_free "),
            ("[store]\ncache = \"1KiB\"", "store.cache "),
            ("[admin]\nsocket = \"\"", "admin.socket "),
            (&long, "admin.socket "),
            (
                "[admin]\ntoken_sha256 = \"tb_hunter2\"",
                "admin.token_sha256 ",
            ),
            (
                "[server]\nlisten = \"unix:/x/a\"\n[admin]\nsocket = \"/x/a\"",
                "admin.socket ",
            ),
        ] {
            let problem = sole_problem(text);
            assert!(problem.starts_with(path), "{path}: {problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn the_admin_token_is_kept_as_a_digest() {
        let digest = hex::encode(Sha256Digest::of("hunter2").0);
        let admin = loaded(&format!("[admin]\ntoken_sha256 = \"{digest}\""))
            .settings
            .admin;
        assert_eq!(admin.token, Some(Sha256Digest::of("hunter2")));
        assert_eq!(loaded("").settings.admin.token, None);
    }
}
