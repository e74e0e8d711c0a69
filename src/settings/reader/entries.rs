//! Tables whose keys are the operator's, or another system's, words.

use config::Value;

use super::unknown::near_miss;
use super::{Read, Section};
use crate::settings::effective::toml_text;
use crate::settings::problem::Fault;

impl Section<'_> {
    /// All keys with their values, in the order of the keys; those that `known` does not hold, where it says which there
    /// are, are reported.
    pub(in crate::settings) fn entries<T>(
        &self,
        known: Option<&[&str]>,
        parse: impl Fn(&Value) -> Result<T, Fault>,
    ) -> Read<Vec<(String, T)>> {
        self.skip_rest();
        #[cfg(test)]
        self.note_asked_entries(known, &parse);
        let mut entries: Vec<_> = self.table.into_iter().flatten().collect();
        entries.sort_by_key(|(key, _)| *key);
        let mut read = Vec::new();
        for (key, value) in &entries {
            if let Some(known) = known.filter(|known| !known.contains(&key.as_str())) {
                let expected = match near_miss(key, known) {
                    Some(near) => format!("`{near}`, the nearest known word"),
                    None => format!("one of {}", known.join(", ")),
                };
                let key: String = key.chars().take(64).flat_map(char::escape_debug).collect();
                let fault = Fault::new("is not a known word", expected);
                self.reader
                    .report(fault.at(self.path_of(&key), value.origin()));
                continue;
            }
            match parse(value) {
                Ok(parsed) => {
                    let path = self.path_of(key);
                    self.reader.show(path, toml_text(value), value.origin());
                    read.push(((*key).clone(), parsed));
                }
                Err(fault) => self.fault(key, fault),
            }
        }
        (read.len() == entries.len()).then_some(read)
    }
}
