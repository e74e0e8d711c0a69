//! Keys that nothing asked for, with what was probably meant.

use super::Section;
use crate::settings::problem::Fault;

/// As alike as words must be for one to be taken for a slip of the other.
const ALIKE: f64 = 0.85;

impl Section<'_> {
    /// To be called when everything known has been asked for.
    pub(super) fn report_unknown(&self) {
        let asked = self.asked.borrow();
        let Some(table) = self.table.filter(|_| !self.rest_skipped.get()) else {
            return;
        };
        let mut unknown: Vec<_> = table
            .iter()
            .filter(|(key, _)| !asked.contains(&key.as_str()))
            .collect();
        unknown.sort_by_key(|(key, _)| *key);
        for (key, value) in unknown {
            let expected = match near_miss(key, &asked) {
                Some(near) => format!("`{near}`, the nearest known key"),
                None => format!("one of {}", asked.join(", ")),
            };
            let key: String = key.chars().take(64).flat_map(char::escape_debug).collect();
            let fault = Fault::new("is not a known key", expected);
            self.reader
                .report(fault.at(self.path_of(&key), value.origin()));
        }
    }
}

/// The known word that someone most probably meant.
pub(super) fn near_miss<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), *candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::near_miss;
    use crate::settings::trial::Trial;

    #[test]
    fn an_unknown_key_is_told_its_near_miss() {
        for (text, path, near) in [
            ("[sever]", "sever", "`server`"),
            ("[server]\nlistn = 1", "server.listn", "`listen`"),
            ("[[brand]]", "brand", "`brands`"),
            ("[delivery.braker]", "delivery.braker", "`breaker`"),
            (
                "[[agents]]\nid = 1\nname = \"A\"\napi_key = 1",
                "agents[1].api_key",
                "`api_keys`",
            ),
            (
                "[store]\nzzz = 1",
                "store.zzz",
                "one of path, min_free, cache",
            ),
            (
                "[[brands]]\nid = \"a\"\ntokens = [{ name = \"n\", sha256 = \"\", sha265 = 1 }]",
                "brands[a].tokens[0].sha265",
                "`sha256`",
            ),
        ] {
            let problems = Trial::new(text).problems();
            let line = problems
                .lines()
                .find(|line| line.starts_with(&format!("{path} ")))
                .unwrap_or_else(|| panic!("{path}: {problems}"));
            assert!(line.contains("is not a known key"), "{line}");
            assert!(line.contains(near), "{near}: {line}");
            assert!(line.contains("config.toml"), "{line}");
        }
    }

    #[test]
    fn far_words_are_no_near_misses() {
        assert_eq!(near_miss("zzz", &["path", "cache"]), None);
        assert_eq!(near_miss("", &["path"]), None);
    }
}
