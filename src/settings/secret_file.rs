//! Secrets in files of their own, which the settings only name.

use std::fs::{self, File};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use config::Value;

use super::Secret;
use super::effective::quoted;
use super::problem::Fault;
use super::reader::{Read, Reader, Section, parse};

/// No key or token comes near this; a device or a wrong file does not fill the memory.
const LARGEST: u64 = 64 * 1024;

/// Of a file that is opened elsewhere, so much is looked at to see whether it has changed.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// Takes base64 with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a file holds, and which file it is.
struct Opened<T> {
    secret: Secret<T>,
    path: PathBuf,
}

impl Section<'_> {
    /// A secret that must be there.
    pub(super) fn secret_file(&self, key: &'static str) -> Read<Secret<String>> {
        let open = |value: &Value| self.reader.open(value);
        let opened = self.need_shown(key, open, |_, opened| shown(&opened.path));
        let secret = opened?.secret;
        self.note_content(key, secret.reveal().as_bytes());
        Some(secret)
    }

    /// A secret that may be absent.
    pub(super) fn maybe_secret_file(&self, key: &'static str) -> Read<Option<Secret<String>>> {
        let open = |value: &Value| self.reader.open(value);
        let opened = self.maybe_shown(key, open, |_, opened| shown(&opened.path));
        let secret = opened?.map(|opened| opened.secret);
        if let Some(secret) = &secret {
            self.note_content(key, secret.reveal().as_bytes());
        }
        Some(secret)
    }

    /// Standard Webhooks secrets, decoded.
    pub(super) fn signing_key_files(&self, key: &'static str) -> Read<Vec<Secret<Vec<u8>>>> {
        let open = |value: &Value| {
            let opened = self.reader.open(value)?;
            let secret = if self.reader.open_files {
                signing_key(opened.secret.reveal(), &opened.path)?
            } else {
                Vec::new()
            };
            Ok(Opened {
                secret: Secret::new(secret),
                path: opened.path,
            })
        };
        let opened = self.list_shown(key, open, |_, opened| shown(&opened.path))?;
        let keys: Vec<_> = opened.into_iter().map(|opened| opened.secret).collect();
        // One after the other: none of them can be longer than its length says.
        let content = keys.iter().flat_map(|key| {
            let key: &Vec<u8> = key.reveal();
            (key.len() as u64)
                .to_be_bytes()
                .into_iter()
                .chain(key.iter().copied())
        });
        self.note_content(key, &content.collect::<Vec<u8>>());
        Some(keys)
    }

    /// A file that is named here and opened elsewhere, absolute.
    pub(super) fn maybe_file(&self, key: &'static str) -> Read<Option<PathBuf>> {
        let named = self.maybe_shown(
            key,
            |value| {
                self.reader
                    .existing(value, "the path of a file", fs::Metadata::is_file)
            },
            |_, path| shown(path),
        )?;
        if let Some(path) = named.as_ref().filter(|_| self.reader.open_files) {
            let mut content = Vec::new();
            let opened = File::open(path);
            // Whoever uses it says what is wrong with it.
            if opened.is_ok_and(|file| file.take(LARGEST_FILE).read_to_end(&mut content).is_ok()) {
                self.note_content(key, &content);
            }
        }
        Some(named)
    }

    /// The same, for a folder.
    pub(super) fn maybe_folder(&self, key: &'static str) -> Read<Option<PathBuf>> {
        self.maybe_shown(
            key,
            |value| {
                self.reader
                    .existing(value, "the path of a folder", fs::Metadata::is_dir)
            },
            |_, path| shown(path),
        )
    }
}

impl Reader {
    fn open(&self, value: &Value) -> Result<Opened<String>, Fault> {
        let name = parse::line_of_text(value).map_err(|fault| {
            Fault::new(fault.what, "the name of a file with nothing else in it")
        })?;
        let (path, passed_by_manager) = self.find(&name);
        let secret = if self.open_files {
            read(&path, passed_by_manager)?
        } else {
            String::new()
        };
        Ok(Opened {
            secret: Secret::new(secret),
            path,
        })
    }

    /// Where the file is, and whether the service manager passed it as a credential.
    fn find(&self, name: &str) -> (PathBuf, bool) {
        if let Some(credentials) = &self.credentials {
            let path = credentials.join(name);
            let bare = !name.contains('/') && name != "." && name != "..";
            if bare && path.exists() {
                return (path, true);
            }
        }
        let path = self.absolute(name);
        let passed = self
            .credentials
            .as_ref()
            .is_some_and(|folder| path.parent() == Some(folder));
        (path, passed)
    }

    fn existing(
        &self,
        value: &Value,
        expected: &str,
        is_kind: impl Fn(&fs::Metadata) -> bool,
    ) -> Result<PathBuf, Fault> {
        let path = parse::line_of_text(value).map_err(|fault| Fault::new(fault.what, expected))?;
        let path = self.absolute(path);
        if !self.open_files {
            return Ok(path);
        }
        match fs::metadata(&path) {
            Ok(metadata) if is_kind(&metadata) => Ok(path),
            Ok(_) => Err(Fault::new(format!("names {}", shown(&path)), expected)),
            Err(error) => Err(unreadable(&path, &error, expected)),
        }
    }
}

/// A path as text in quotes.
pub(super) fn shown(path: &Path) -> String {
    quoted(&path.display().to_string())
}

fn unreadable(path: &Path, error: &std::io::Error, expected: &str) -> Fault {
    Fault::new(format!("cannot read {}: {error}", shown(path)), expected)
}

fn read(path: &Path, passed_by_manager: bool) -> Result<String, Fault> {
    let expected = "a file with nothing but the secret";
    let failed = |error: std::io::Error| unreadable(path, &error, expected);
    // Asked before opening, since opening a pipe would wait for its writer.
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Fault::new(
            format!("names {}, which is no file", shown(path)),
            expected,
        ));
    }
    let file = File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode();
    if !passed_by_manager && mode & 0o004 != 0 {
        return Err(Fault::new(
            format!(
                "names a file that everyone may read (mode {:04o})",
                mode & 0o7777
            ),
            format!("chmod o-rwx {}", shown(path)),
        ));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    let refused = |why: &str| {
        Err(Fault::new(
            format!("names {}, which {why}", shown(path)),
            expected,
        ))
    };
    if bytes.len() as u64 > LARGEST {
        return refused("holds more than 64 KiB");
    }
    let Ok(text) = String::from_utf8(bytes) else {
        return refused("is not UTF-8");
    };
    let secret = text.trim_end_matches(['\r', '\n']);
    match secret {
        "" => refused("is empty"),
        secret if secret.chars().any(char::is_control) => {
            refused("holds a line break or another control character within the secret")
        }
        secret if secret.trim() != secret => refused("begins or ends with a space"),
        secret => Ok(secret.to_owned()),
    }
}

/// Decodes `whsec_` and base64, as Standard Webhooks has it.
fn signing_key(text: &str, path: &Path) -> Result<Vec<u8>, Fault> {
    let expected = "whsec_ followed by 24 to 64 bytes in base64";
    let key = text
        .strip_prefix("whsec_")
        .and_then(|encoded| BASE64.decode(encoded).ok());
    match key {
        Some(key) if (24..=64).contains(&key.len()) => Ok(key),
        Some(key) => Err(Fault::new(
            format!("names {}, which holds {} bytes", shown(path), key.len()),
            expected,
        )),
        None => Err(Fault::new(
            format!("names {}, which is no signing key", shown(path)),
            expected,
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::Trial;
    use crate::settings::{LoadOptions, SystemKind};

    fn with_key_file(name: &str) -> Trial {
        Trial::new(&format!(
            "[[systems]]\nid = \"desk\"\nkind = \"deskhive\"\nbase_url = \"https://desk.example.com\"\nexternal_key_file = \"{name}\""
        ))
        .open_files()
    }

    fn key(trial: &Trial) -> String {
        match &trial.load().unwrap().settings.systems["desk"].kind {
            SystemKind::DeskHive(desk) => desk.external_key.reveal().clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_secret_is_read_without_its_last_line_break() {
        for content in ["hunter2", "hunter2\n", "hunter2\r\n"] {
            assert_eq!(key(&with_key_file("k").with("k", content)), "hunter2");
        }
    }

    #[test]
    fn a_bare_name_is_looked_up_among_the_credentials_first() {
        let trial = with_key_file("k")
            .with("k", "beside")
            .with("passed/k", "passed");
        assert_eq!(key(&trial), "beside");
        let trial = trial.credentials("passed").mode("passed/k", 0o444);
        assert_eq!(key(&trial), "passed");
        let row = trial
            .load()
            .unwrap()
            .effective
            .row("systems[desk].external_key_file")
            .unwrap()
            .clone();
        assert!(row.value.ends_with("passed/k\""), "{row:?}");
        let other = with_key_file("./k")
            .with("k", "beside")
            .with("passed/k", "passed");
        assert_eq!(key(&other.credentials("passed")), "beside");
    }

    #[test]
    fn a_secret_that_everyone_may_read_is_refused() {
        let trial = with_key_file("k").with("k", "hunter2").mode("k", 0o644);
        let problems = trial.problems();
        assert!(problems.contains("mode 0644"), "{problems}");
        assert!(problems.contains("chmod o-rwx \"/"), "{problems}");
        assert!(!problems.contains("hunter2"));
        assert_eq!(key(&trial.mode("k", 0o640)), "hunter2");
    }

    #[test]
    fn what_holds_no_secret_is_refused() {
        for (content, part) in [
            ("", "is empty"),
            ("\n", "is empty"),
            ("hunter2\nhunter2", "control character"),
            (" hunter2", "a space"),
        ] {
            let problems = with_key_file("k").with("k", content).problems();
            assert!(problems.contains(part), "{part}: {problems}");
            assert!(!problems.contains("hunter2"));
        }
        let problems = with_key_file("k").with("k", b"\xff".as_slice()).problems();
        assert!(problems.contains("is not UTF-8"), "{problems}");
        let problems = with_key_file("k")
            .with("k", &*"x".repeat(70_000))
            .problems();
        assert!(problems.contains("64 KiB"), "{problems}");
        let problems = with_key_file("k").problems();
        assert!(problems.contains("No such file"), "{problems}");
        let problems = with_key_file("k").with("k/inside", "x").problems();
        assert!(problems.contains("is no file"), "{problems}");
        let problems = with_key_file("").problems();
        assert!(problems.contains("is empty"), "{problems}");
    }

    #[test]
    fn secrets_are_left_closed_on_request() {
        let trial = with_key_file("nowhere");
        let options = LoadOptions { open_files: false };
        assert!(trial.load_with(options).is_ok());
        assert!(trial.load_with(LoadOptions { open_files: true }).is_err());
    }

    #[test]
    fn signing_keys_are_decoded() {
        let trial = Trial::new("[[brands]]\nid = \"a\"\nsigning_key_files = [\"one\", \"two\"]")
            .with("one", &*format!("whsec_{}\n", BASE64.encode([1; 24])))
            .with(
                "two",
                &*format!("whsec_{}", BASE64.encode([2; 64]).trim_end_matches('=')),
            )
            .open_files();
        let loaded = trial.load().unwrap();
        let keys: Vec<_> = loaded.settings.brands["a"]
            .signing_keys
            .iter()
            .map(|key| key.reveal().clone())
            .collect();
        assert_eq!(keys, [vec![1; 24], vec![2; 64]]);
    }

    #[test]
    fn a_signing_key_of_another_form_is_refused_and_not_shown() {
        for (content, part) in [
            (BASE64.encode([1; 24]), "is no signing key"),
            ("whsec_!!".to_owned(), "is no signing key"),
            (
                format!("whsec_{}", BASE64.encode([1; 23])),
                "holds 23 bytes",
            ),
            (
                format!("whsec_{}", BASE64.encode([1; 65])),
                "holds 65 bytes",
            ),
        ] {
            let problems = Trial::new("[[brands]]\nid = \"a\"\nsigning_key_files = [\"one\"]")
                .with("one", &*content)
                .open_files()
                .problems();
            assert!(problems.contains(part), "{part}: {problems}");
            assert!(
                problems.contains("brands[a].signing_key_files[0]"),
                "{problems}"
            );
            assert!(!problems.contains(&content), "{problems}");
        }
    }

    #[test]
    fn named_files_and_folders_exist() {
        let text = "[outbound]\nca_file = \"ca.pem\"\n[agent_api]\nknowledge_base = \"kb\"\ncanned_responses = \"kb\"";
        let problems = Trial::new(text)
            .with("kb/a.txt", "")
            .open_files()
            .problems();
        assert!(problems.contains("outbound.ca_file "), "{problems}");
        assert!(
            problems.contains("agent_api.canned_responses "),
            "{problems}"
        );
        assert!(!problems.contains("knowledge_base"), "{problems}");
        assert!(Trial::new(text).load().is_ok());
    }
}
