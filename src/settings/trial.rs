//! Configurations in temporary folders, for the tests of this module.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::{LoadOptions, Loaded, Problems, load_in};

/// One installation: its files, its environment.
pub(super) struct Trial {
    folder: TempDir,
    environment: BTreeMap<String, String>,
    options: LoadOptions,
}

impl Trial {
    /// `config.toml` holds `text`; no files are opened.
    pub(super) fn new(text: &str) -> Self {
        Self::without_file().with("config.toml", text)
    }

    pub(super) fn without_file() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            environment: BTreeMap::new(),
            options: LoadOptions { open_files: false },
        }
    }

    /// One more file, which only its owner may read.
    pub(super) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        self.mode(name, 0o600)
    }

    pub(super) fn mode(self, name: &str, mode: u32) -> Self {
        let path = self.folder.path().join(name);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        self
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// As if the service manager had passed the files of this folder.
    pub(super) fn credentials(self, folder: &str) -> Self {
        let path = self.folder.path().join(folder);
        let path = path.to_str().unwrap().to_owned();
        self.env("CREDENTIALS_DIRECTORY", &path)
    }

    pub(super) fn open_files(mut self) -> Self {
        self.options.open_files = true;
        self
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn load(&self) -> Result<Loaded, Problems> {
        self.load_with(self.options)
    }

    pub(super) fn load_with(&self, options: LoadOptions) -> Result<Loaded, Problems> {
        load_in(
            &self.folder.path().join("config.toml"),
            options,
            &self.environment,
        )
    }

    /// The report, which there must be.
    pub(super) fn problems(&self) -> String {
        self.load().unwrap_err().to_string()
    }
}

/// What `text` alone leads to.
pub(crate) fn loaded(text: &str) -> Loaded {
    Trial::new(text)
        .load()
        .unwrap_or_else(|problems| panic!("{text}\n{problems}"))
}

/// The only problem of `text`.
pub(super) fn sole_problem(text: &str) -> String {
    let problems = Trial::new(text).load().map(|_| ()).expect_err(text);
    assert_eq!(problems.0.len(), 1, "{text}\n{problems}");
    problems.to_string()
}
