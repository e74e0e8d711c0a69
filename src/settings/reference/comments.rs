//! What the comments of the compiled-in defaults say of tables and keys.

use std::collections::BTreeMap;

/// What stands above each table and each key.
pub(super) struct Comments {
    /// By the table's name, such as `delivery.rates[]` or `systems[qminder]`, in the order of the file.
    tables: Vec<(String, String)>,
    /// By the key's whole path.
    keys: BTreeMap<String, String>,
}

/// Where a key stands in the file.
pub(super) struct Place {
    /// Its table.
    pub(super) section: String,
    /// As it is written there; within an inline table such as `rate.burst`.
    pub(super) key: String,
}

impl Comments {
    /// Commented-out keys have no space after their `#`, sentences have one.
    pub(super) fn of(text: &str) -> Self {
        let mut comments = Self {
            tables: Vec::new(),
            keys: BTreeMap::new(),
        };
        let mut pending: Vec<&str> = Vec::new();
        let mut section = String::new();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if line == "#" || line.starts_with("# ") {
                pending.push(line.trim_start_matches('#').trim());
                continue;
            }
            let said = std::mem::take(&mut pending).join(" ");
            let line = line.strip_prefix('#').unwrap_or(line);
            if let Some(name) = line.strip_prefix("[[").and_then(|l| l.strip_suffix("]]")) {
                let kind = (name == "systems").then(|| {
                    let kind = lines.clone().find_map(|line| line.strip_prefix("#kind = "));
                    kind.unwrap().trim_matches('"').to_owned()
                });
                section = format!("{name}[{}]", kind.unwrap_or_default());
                comments.table(&section, said);
            } else if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                section = name.to_owned();
                comments.table(&section, said);
            } else if let Some((key, value)) = line.split_once(" = ") {
                let path = format!("{section}.{key}");
                let before = comments.keys.entry(path).or_default();
                if before.is_empty() {
                    *before = said;
                }
                if value == "\"\"\"" {
                    let _rest = lines.by_ref().find(|line| line.ends_with("\"\"\""));
                }
            } else {
                assert_eq!(line, "", "neither comment nor key");
            }
        }
        comments
    }

    fn table(&mut self, name: &str, said: String) {
        if !self.tables.iter().any(|(known, _)| known == name) {
            self.tables.push((name.to_owned(), said));
        }
    }

    /// The tables in their order, with what stands above them.
    pub(super) fn tables(&self) -> impl Iterator<Item = &(String, String)> {
        self.tables.iter()
    }

    /// All keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &String> {
        self.keys.keys()
    }

    /// What is said of a key; of one that every system has, where the first system is shown.
    pub(super) fn of_key(&self, path: &str) -> Option<&str> {
        let said = |path: &str| {
            let said = self.keys.get(path).map(String::as_str);
            said.filter(|said| !said.is_empty())
        };
        said(path).or_else(|| {
            let (_, key) = path.strip_prefix("systems[")?.split_once("].")?;
            said(&format!("systems[qminder].{key}"))
        })
    }

    /// Where a key stands; `None` for a table itself.
    pub(super) fn place(&self, path: &str) -> Option<Place> {
        let is_table = |name: &str| name.trim_end_matches("[]") == path;
        if self.tables.iter().any(|(name, _)| is_table(name)) || path == "systems" {
            return None;
        }
        let within = self.tables.iter().filter_map(|(name, _)| {
            let key = path.strip_prefix(name)?.strip_prefix('.')?;
            Some((name, key))
        });
        let (section, key) = within
            .max_by_key(|(name, _)| name.len())
            .unwrap_or_else(|| panic!("config/default.toml has no table for {path}"));
        Some(Place {
            section: section.clone(),
            key: key.to_owned(),
        })
    }

    /// Whether what stands above the table speaks for each of its keys, which are all alike.
    pub(super) fn is_of_table(&self, path: &str) -> bool {
        let table = path.rsplit_once('.').map(|(table, _)| table);
        let said = self
            .tables
            .iter()
            .find(|(name, _)| Some(name.as_str()) == table);
        path.starts_with("mapping.") && said.is_some_and(|(_, said)| !said.is_empty())
    }
}

#[test]
fn each_comment_is_of_what_follows_it() {
    let comments = Comments::of(
        "# Not of a table.\n\n# Of a.\n[a]\n# Of x,\n# two lines.\nx = 1\ny = \"\"\"\nz = 1\n\"\"\"\n#[[b]]\n# Of b.x.\n#x = 1\n\
         #[[systems]]\n#kind = \"qminder\"\n# Shared.\n#mode = 1\n#[[systems]]\n#kind = \"respondo\"\n#mode = 1\n",
    );
    assert_eq!(comments.of_key("a.x"), Some("Of x, two lines."));
    assert_eq!(comments.of_key("a.y"), None);
    assert_eq!(comments.of_key("b[].x"), Some("Of b.x."));
    assert_eq!(comments.of_key("systems[respondo].mode"), Some("Shared."));
    let tables: Vec<_> = comments.tables().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        tables,
        ["a", "b[]", "systems[qminder]", "systems[respondo]"]
    );
    assert!(!comments.keys().any(|key| key == "a.z"));
    let place = comments.place("a.x.inner").unwrap();
    assert_eq!(
        (place.section.as_str(), place.key.as_str()),
        ("a", "x.inner")
    );
    assert!(comments.place("b").is_none());
}
