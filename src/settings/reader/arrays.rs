//! Arrays, of single values and of tables.

use config::{Value, ValueKind};

#[cfg(test)]
use super::asked::Without;
use super::{Read, Section, parse};
use crate::settings::effective::{array_text, toml_text};
use crate::settings::join::{element_name, element_path};
use crate::settings::lines::file_of;
use crate::settings::problem::Fault;

/// The elements of an array, and who says so.
type Elements<'a> = (&'a [Value], Option<&'a str>);

impl<'a> Section<'a> {
    /// An array of single values; absent: empty.
    pub(in crate::settings) fn list<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&Value) -> Result<T, Fault>,
    ) -> Read<Vec<T>> {
        self.list_shown(key, parse, |value, _| toml_text(value))
    }

    /// The same, its elements shown to the operator as `show` says.
    pub(in crate::settings) fn list_shown<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&Value) -> Result<T, Fault>,
        show: impl Fn(&Value, &T) -> String,
    ) -> Read<Vec<T>> {
        #[cfg(test)]
        self.note_asked_list(key, &parse);
        let (elements, origin) = self.elements(key)?;
        let mut read = Vec::new();
        let mut shown = Vec::new();
        for (index, element) in elements.iter().enumerate() {
            match parse(element) {
                Ok(parsed) => {
                    shown.push(show(element, &parsed));
                    read.push(parsed);
                }
                Err(fault) => {
                    let path = element_path(&self.path_of(key), &index.to_string());
                    self.reader.report(fault.at(path, element.origin()));
                }
            }
        }
        if read.len() < elements.len() {
            return None;
        }
        let text = array_text(shown.into_iter());
        self.reader.show(self.path_of(key), text, origin);
        Some(read)
    }

    /// An array of tables; absent: empty. One that cannot be read is left out, and reported.
    pub(in crate::settings) fn tables<T>(
        &self,
        key: &'static str,
        mut read: impl FnMut(&Section<'_>) -> Read<T>,
    ) -> Read<Vec<T>> {
        #[cfg(test)]
        self.note_asked_table(key, Without::Nothing, "an array of tables");
        let (elements, origin) = self.elements(key)?;
        let path = self.path_of(key);
        if elements.is_empty() {
            self.reader.show(path.clone(), "[]".to_owned(), origin);
        }
        let read: Vec<T> = elements
            .iter()
            .enumerate()
            .filter_map(|(index, element)| {
                let path = element_path(&path, &element_name(element, || place(elements, index)));
                self.reader.section(path, element, &mut read)
            })
            .collect();
        (read.len() == elements.len()).then_some(read)
    }

    fn elements(&self, key: &'static str) -> Read<Elements<'a>> {
        match self.value(key) {
            None => Some((&[], None)),
            Some(value) => match &value.kind {
                ValueKind::Array(elements) => Some((elements, value.origin())),
                _ => {
                    self.fault(key, parse::wrong_kind(value, "an array"));
                    None
                }
            },
        }
    }
}

/// The place of an element among those of its file, which is where it is looked for.
fn place(elements: &[Value], index: usize) -> usize {
    let file = |value: &Value| value.origin().map(|origin| file_of(origin).to_owned());
    let here = elements.get(index).and_then(file);
    let before = elements.iter().take(index);
    before.filter(|other| file(other) == here).count()
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::Trial;

    #[test]
    fn an_element_without_an_id_is_counted_within_its_file() {
        let problems = Trial::new("[[agents]]\nid = 1\nname = \"A\"\n[[agents]]\nname = \"B\"")
            .with("conf.d/x.toml", "[[agents]]\nname = \"C\"\n[[delivery.rates]]\nscope = \"url\"\nrate = { per_second = 1, burst = 1 }")
            .problems();
        let lines: Vec<_> = problems.lines().collect();
        assert_eq!(lines.len(), 3, "{problems}");
        assert!(
            lines[0].starts_with("delivery.rates[0].host ") && lines[0].contains("x.toml"),
            "{problems}"
        );
        assert!(
            lines[1].starts_with("agents[1].id ") && lines[1].contains("config.toml"),
            "{problems}"
        );
        assert!(
            lines[2].starts_with("agents[0].id ") && lines[2].contains("x.toml"),
            "{problems}"
        );
    }

    #[test]
    fn every_element_in_the_wrong_is_named() {
        let problems =
            Trial::new("[delivery]\nallow_networks = [1, \"10.0.0.0/8\", \"x\"]").problems();
        assert!(
            problems.contains("delivery.allow_networks[0] "),
            "{problems}"
        );
        assert!(
            problems.contains("delivery.allow_networks[2] "),
            "{problems}"
        );
    }
}
