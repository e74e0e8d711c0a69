//! What a template may be made of: of Jinja's language, only what says something of its names, once each time it is
//! written. Nothing in it repeats, so that what comes of it is bounded by how long it is.

/// What stands between the braces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Expression,
    Statement,
}

/// The first part of `source`, which is in Jinja's language, that templates do not have here: its line, from 1, and what
/// it is in words.
pub(super) fn beyond(source: &str) -> Option<(usize, String)> {
    let mut rest = source;
    while let Some(at) = rest.find('{') {
        let opened = &rest[at..];
        let (inside, end) = match opened.as_bytes().get(1) {
            Some(b'#') => {
                let end = opened.find("#}")?;
                rest = &opened[end + 2..];
                continue;
            }
            Some(b'{') => (Inside::Expression, "}}"),
            Some(b'%') => (Inside::Statement, "%}"),
            _ => {
                rest = &opened[1..];
                continue;
            }
        };
        let body = &opened[2..];
        let read = read(body, inside, end);
        match read {
            Ok(length) => rest = body.get(length..).unwrap_or_default(),
            Err((within, what)) => {
                let before = source.len() - body.len() + within;
                let line = source[..before].matches('\n').count() + 1;
                return Some((line, what));
            }
        }
    }
    None
}

/// Reads up to `end` and over it: how long that is, or what is not in the language and where.
fn read(body: &str, inside: Inside, end: &str) -> Result<usize, (usize, String)> {
    if inside == Inside::Statement {
        let word = body.trim_start_matches(['-', '+']).trim_start();
        let word = word
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .next();
        let word = word.unwrap_or_default();
        if !matches!(word, "if" | "elif" | "else" | "endif") {
            let what = format!("there is no `{{% {word} %}}` here, only `{{% if %}}`");
            return Err((0, what));
        }
    }
    let mut at = 0;
    while let Some(c) = body[at..].chars().next() {
        if body[at..].starts_with(end) {
            return Ok(at + end.len());
        }
        match c {
            '"' | '\'' => at += quoted(&body[at..], c),
            // Repeats texts; each of the others takes something apart that is not there, or reckons with texts.
            '*' | '/' | '[' | '{' | '.' | '%' => {
                return Err((at, format!("there is no `{c}` between braces here")));
            }
            c if c.is_alphabetic() || c == '_' => {
                let rest = &body[at..];
                let ends = |c: char| !c.is_alphanumeric() && c != '_';
                let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
                if word == "self" {
                    return Err((at, "there is no `self` here".to_owned()));
                }
                at += word.len();
            }
            c => at += c.len_utf8(),
        }
    }
    Ok(at)
}

/// How long the string is that `text` begins with.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_conditions_strings_and_comments_are_in_it() {
        for source in [
            "",
            "{ 1 * 2 } % [x] {{ text }}",
            "{{ author or ('The customer' if role == 'customer' else 'A colleague') }}",
            "{%- if role == \"note\" -%}a{% elif system %}b{% else %}c{%+ endif %}{{ text | cut(3) }}",
            "{# {% for x in y %} {{ a * b }} #}{{ text }}",
            "{{ '* [0] {% for %} }} \\' . ' ~ text }}",
            "{{ \"it's 50 %} off\" }}{% if author == '%}' %}x{% endif %}",
            "{{ text ~ 'self' ~ myself ~ self_1 }}",
            "{{ text",
            "{% if '",
        ] {
            assert_eq!(beyond(source), None, "{source}");
        }
    }

    #[test]
    fn what_repeats_or_takes_apart_is_not() {
        for (source, line, what) in [
            (
                "a\n{% for x in text %}{{ x }}{% endfor %}",
                2,
                "`{% for %}`",
            ),
            ("{%-set a = text %}{{ a ~ a }}", 1, "`{% set %}`"),
            ("{% raw %}{{ text }}{% endraw %}", 1, "`{% raw %}`"),
            ("{% with a = 1 %}{% endwith %}", 1, "`{% with %}`"),
            ("{% iff %}", 1, "`{% iff %}`"),
            ("{{ text }}\n\n{{ 'x' *\n9 }}", 3, "`*`"),
            ("{{ 10 ** 9 }}", 1, "`*`"),
            ("{% if [1] * 9 %}{% endif %}", 1, "`[`"),
            ("{{ text[0] }}", 1, "`[`"),
            ("{{ text.upper() }}", 1, "`.`"),
            ("{{ self }}", 1, "`self`"),
            ("{{ {'a': 1} }}", 1, "`{`"),
            ("{{ number % 2 }}", 1, "`%`"),
            ("{{ '\\\\' * 9 }}", 1, "`*`"),
        ] {
            let (found, words) = beyond(source).unwrap_or_else(|| panic!("{source}"));
            assert!(words.contains(what), "{source}: {words}");
            assert_eq!(found, line, "{source}");
        }
    }
}
