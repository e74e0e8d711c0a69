//! Ruby's `inspect`, for a hash of texts: how the author of era B is written.

/// The author as Ruby writes them: before 3.4 with rockets, from then on as in source code.
pub(crate) fn author(external_uid: &str, username: &str, modern: bool) -> String {
    let (uid, name) = (text(external_uid), text(username));
    if modern {
        format!("{{external_uid: {uid}, username: {name}}}")
    } else {
        format!("{{:external_uid=>{uid}, :username=>{name}}}")
    }
}

/// A text in quotes, with everything escaped that could be taken for something else or cannot be seen.
fn text(text: &str) -> String {
    let mut written = String::from("\"");
    let mut rest = text.chars().peekable();
    while let Some(each) = rest.next() {
        match each {
            '"' => written.push_str("\\\""),
            '\\' => written.push_str("\\\\"),
            '#' if matches!(rest.peek(), Some('{' | '$' | '@')) => written.push_str("\\#"),
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            '\t' => written.push_str("\\t"),
            '\u{c}' => written.push_str("\\f"),
            '\u{b}' => written.push_str("\\v"),
            '\u{8}' => written.push_str("\\b"),
            '\u{7}' => written.push_str("\\a"),
            '\u{1b}' => written.push_str("\\e"),
            each if is_unprintable(each) => match u32::from(each) {
                code @ 0..0x1_0000 => written.push_str(&format!("\\u{code:04X}")),
                code => written.push_str(&format!("\\u{{{code:X}}}")),
            },
            each => written.push(each),
        }
    }
    written.push('"');
    written
}

/// Control characters, line separators and what can never be a character; of what Unicode has not assigned yet,
/// nothing is known here.
fn is_unprintable(each: char) -> bool {
    let code = u32::from(each);
    each.is_control()
        || matches!(each, '\u{2028}' | '\u{2029}' | '\u{fdd0}'..='\u{fdef}')
        || code & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_written_as_each_ruby_writes_it() {
        let (uid, name) = ("author_uid_1", "author_username");
        assert_eq!(
            author(uid, name, false),
            r#"{:external_uid=>"author_uid_1", :username=>"author_username"}"#
        );
        assert_eq!(
            author(uid, name, true),
            r#"{external_uid: "author_uid_1", username: "author_username"}"#
        );
    }

    #[test]
    fn texts_are_escaped_where_they_have_to_be() {
        for (plain, expected) in [
            (r#"a "b" \c"#, r#""a \"b\" \\c""#),
            ("#{a} #$b #@c # d#", r##""\#{a} \#$b \#@c # d#""##),
            ("\n\r\t\u{b}\u{c}\u{8}\u{7}\u{1b}", r#""\n\r\t\v\f\b\a\e""#),
            ("\0\u{1}\u{7f}\u{85}", r#""\u0000\u0001\u007F\u0085""#),
            (
                "Zoë 日本 😀 \u{200b}\u{a0}",
                "\"Zoë 日本 😀 \u{200b}\u{a0}\"",
            ),
            ("\u{2028}\u{ffff}\u{1ffff}", r#""\u2028\uFFFF\u{1FFFF}""#),
        ] {
            assert_eq!(text(plain), expected, "{plain:?}");
        }
    }
}
