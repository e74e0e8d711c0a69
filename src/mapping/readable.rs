//! Text of strangers, made fit to be read by people: what cannot be seen is shown or left out, and what is too long is
//! cut.

/// Text that is not longer than it may be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Readable {
    /// In lines without white space at their ends; never two empty ones in a row.
    pub text: String,
    /// So many characters of the original, white space aside, come after what is shown.
    pub left_out: usize,
}

/// Reads `text` until what it shows would be longer than `most` UTF-16 code units, which is how JavaScript and Java
/// count. Markup stays as it is: it is text.
pub fn readable(text: &str, most: usize) -> Readable {
    let mut page = Page {
        room: most,
        ..Page::default()
    };
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == '\r' && characters.peek() == Some(&'\n') {
            continue;
        }
        let next = characters.peek().copied();
        if !page.put(character, next) {
            let rest = characters.filter(|rest| !rest.is_whitespace()).count();
            return Readable {
                text: page.cut(),
                left_out: rest + 1,
            };
        }
    }
    Readable {
        text: page.text,
        left_out: 0,
    }
}

/// [`readable`] on one line, with an ellipsis where something is left out.
pub fn line(text: &str, most: usize) -> String {
    let flat: String = text
        .chars()
        .map(|c| if is_line_end(c) { ' ' } else { c })
        .collect();
    let whole = readable(&flat, most);
    if whole.left_out == 0 {
        return whole.text;
    }
    let mut cut = readable(&flat, most.saturating_sub(1)).text;
    if most > 0 {
        cut.push('…');
    }
    cut
}

/// What is written so far.
#[derive(Default)]
struct Page {
    text: String,
    /// In UTF-16 code units.
    room: usize,
    /// White space is written once something follows it.
    lines: usize,
    spaces: usize,
    last: Option<char>,
    marks: usize,
}

/// So many marks in a row on one letter are a language's; more are mischief.
const MOST_MARKS: usize = 4;

impl Page {
    /// Takes one more character of the original. Says no if there is no room for it, and then has not taken it.
    fn put(&mut self, character: char, next: Option<char>) -> bool {
        if is_line_end(character) {
            self.lines += 1;
            self.spaces = 0;
            return true;
        }
        if character.is_whitespace() {
            self.spaces += 1;
            return true;
        }
        if is_joiner(character) {
            // Emoji and some scripts need them between two others; elsewhere they only hide.
            let joins = self.follows_something() && self.last.is_none_or(|last| !is_joiner(last));
            let is_useful = joins && next.is_some_and(is_joined);
            return !is_useful || self.write(character, &[character]);
        }
        if is_hidden(character) {
            return true;
        }
        if is_mark(character) {
            self.marks += 1;
            return self.marks > MOST_MARKS
                || !self.follows_something()
                || self.write(character, &[character]);
        }
        self.marks = 0;
        match shown(character) {
            Some(shown) => self.write(character, &shown.chars().collect::<Vec<_>>()),
            None => self.write(character, &[character]),
        }
    }

    fn follows_something(&self) -> bool {
        !self.text.is_empty() && self.lines == 0 && self.spaces == 0
    }

    fn write(&mut self, character: char, what: &[char]) -> bool {
        let space = match (self.text.is_empty(), self.lines, self.spaces) {
            (true, _, _) | (false, 0, 0) => "",
            (false, 0, _) => " ",
            (false, 1, _) => "\n",
            (false, _, _) => "\n\n",
        };
        let length = space.len() + what.iter().map(|c| c.len_utf16()).sum::<usize>();
        if length > self.room {
            return false;
        }
        self.room -= length;
        self.text.push_str(space);
        self.text.extend(what);
        (self.lines, self.spaces, self.last) = (0, 0, Some(character));
        true
    }

    /// What is there, without what would join what is not.
    fn cut(mut self) -> String {
        let end = self.text.trim_end_matches(is_joiner).len();
        self.text.truncate(end);
        self.text
    }
}

/// Whether a joiner before it joins it to something.
fn is_joined(next: char) -> bool {
    let is_seen = !next.is_whitespace() && !is_line_end(next) && !is_hidden(next);
    is_seen && !is_joiner(next) && !is_mark(next)
}

fn is_line_end(character: char) -> bool {
    matches!(
        character,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Zero width (non-)joiner.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

/// Neither seen nor needed: soft hyphens, marks of direction, spaces of no width, invisible operators and tags.
fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'..='\u{2064}'
            | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Stands on the character before it.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{489}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}'
    )
}

/// What stands for a character that would be taken for something else, or do something to the rest of the line.
fn shown(character: char) -> Option<String> {
    match character {
        // The pictures of control characters are in the same order.
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).map(String::from),
        '\u{7f}' => Some("\u{2421}".to_owned()),
        '\u{80}'..='\u{9f}' => Some("\u{fffd}".to_owned()),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(format!("[U+{:04X}]", u32::from(character)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_shown_or_left_out() {
        for (text, expected) in [
            ("<b>Hi</b> &amp; \"you\"", "<b>Hi</b> &amp; \"you\""),
            ("a\0b\u{1b}[31mc\u{7f}d\u{9b}e", "a␀b␛[31mc␡d\u{fffd}e"),
            ("a\u{202e}gpj.exe", "a[U+202E]gpj.exe"),
            ("\u{feff}z\u{200b}e\u{ad}r\u{2060}o\u{e0041}", "zero"),
            ("a\u{200d}\u{200d}\u{200d} b\u{200d}", "a b"),
            (
                "👩\u{200d}👩\u{200d}👧 ❤\u{fe0f}",
                "👩\u{200d}👩\u{200d}👧 ❤\u{fe0f}",
            ),
            ("نمی\u{200c}خواهم", "نمی\u{200c}خواهم"),
            ("  a \t\u{a0} b  \n c ", "a b\nc"),
            ("\r\n\na\r\n \r\n\r\n\r\nb\u{2028}c\u{85}", "a\n\nb\nc"),
            ("e\u{301}", "e\u{301}"),
            (" \n\u{200b} ", ""),
        ] {
            assert_eq!(readable(text, 1000).text, expected, "{text:?}");
        }
        let zalgo = format!("Z{}a", "\u{301}".repeat(1000));
        assert_eq!(
            readable(&zalgo, 1000).text,
            format!("Z{}a", "\u{301}".repeat(4))
        );
    }

    #[test]
    fn a_cut_says_how_much_is_left_out_and_splits_no_character() {
        for (text, most, shown, left_out) in [
            ("abcdef", 6, "abcdef", 0),
            ("abcdef  \n", 6, "abcdef", 0),
            ("abcdef", 4, "abcd", 2),
            ("ab  cd  ef", 4, "ab c", 3),
            ("a😀😀", 4, "a😀", 1),
            ("👩\u{200d}👩", 3, "👩", 1),
            ("abc", 0, "", 3),
        ] {
            let cut = readable(text, most);
            assert_eq!(
                (cut.text.as_str(), cut.left_out),
                (shown, left_out),
                "{text:?}"
            );
        }
        assert_eq!(line("Jane\nDoe\u{7}", 20), "Jane Doe␇");
        assert_eq!(line("abcdef", 4), "abc…");
        assert_eq!(line("abcd", 4), "abcd");
    }

    proptest! {
        #[test]
        fn nothing_is_longer_than_it_may_be_or_ends_in_a_blank(text in ".{0,200}|[\\s\\x00-\\x9f\\u{200b}-\\u{2069}a😀]{0,60}", most in 0..120_usize) {
            for text in [readable(&text, most).text, line(&text, most)] {
                prop_assert!(text.encode_utf16().count() <= most);
                prop_assert_eq!(text.trim(), text.as_str());
                prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
                prop_assert!(!text.contains("\n\n\n"));
            }
            let whole = readable(&text, usize::MAX);
            prop_assert_eq!(whole.left_out, 0);
            prop_assert_eq!(&readable(&whole.text, usize::MAX), &whole);
        }
    }
}
