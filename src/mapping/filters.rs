//! What a template can do to a value: no more than these.

use minijinja::Environment;

use super::readable::line;

/// Name and meaning, for the operator.
pub const FILTERS: [(&str, &str); 6] = [
    ("cut(n)", "one line of at most n characters"),
    ("capitalize", "with a capital letter in front"),
    ("lower", "in small letters"),
    ("spaced", "with spaces for underscores"),
    ("trim", "without white space at both ends"),
    ("upper", "in capital letters"),
];

pub(super) fn add(environment: &mut Environment<'static>) {
    environment.add_filter("cut", |text: String, most: usize| line(&text, most));
    environment.add_filter("capitalize", |text: String| {
        let mut characters = text.chars();
        match characters.next() {
            Some(first) => first.to_uppercase().chain(characters).collect(),
            None => text,
        }
    });
    environment.add_filter("lower", |text: String| text.to_lowercase());
    environment.add_filter("spaced", |text: String| text.replace('_', " "));
    environment.add_filter("trim", |text: String| text.trim().to_owned());
    environment.add_filter("upper", |text: String| text.to_uppercase());
}
