//! HTML as people read it, in plain text.

use super::entities::decode;
use super::tokens::{Token, attribute};

/// Lists in lists beyond this stand on one margin.
const DEEPEST: usize = 16;
/// A longer address says nothing to anybody.
const LONGEST_ADDRESS: usize = 2000;

/// What is written so far.
#[derive(Debug, Default)]
pub(super) struct Page {
    text: String,
    /// Line ends and a space to write before what comes next.
    lines: usize,
    space: bool,
    /// What the next item of a list begins with.
    marker: Option<String>,
    /// Of each list around here, how many items it has had, if they are counted.
    lists: Vec<Option<u64>>,
    too_deep: usize,
    /// Elements around here in which white space counts.
    verbatim: usize,
    link: Option<Link>,
}

#[derive(Debug)]
struct Link {
    /// Where its text begins.
    start: usize,
    address: String,
}

impl Page {
    pub(super) fn put(&mut self, token: &Token<'_>) {
        match token {
            Token::Text(text) => self.write(text),
            Token::Open { name, attributes } => self.open(name, attributes),
            Token::Close(name) => self.close(name),
            Token::Nothing => {}
        }
    }

    /// In lines without white space at their ends.
    pub(super) fn into_text(mut self) -> String {
        self.end_link();
        let lines: Vec<&str> = self.text.split('\n').map(str::trim_end).collect();
        lines.join("\n").trim_matches('\n').to_owned()
    }

    fn write(&mut self, text: &str) {
        for character in decode(text) {
            match character {
                '\n' if self.verbatim > 0 => self.lines = (self.lines + 1).min(2),
                '\r' if self.verbatim > 0 => {}
                ' ' | '\t' | '\n' | '\r' | '\u{c}' if self.verbatim == 0 => self.space = true,
                // It was no space to be broken at, but it is one.
                '\u{a0}' => self.push(' '),
                _ => self.push(character),
            }
        }
    }

    /// Writes what is seen, after what has to stand before it.
    fn push(&mut self, character: char) {
        let (lines, space) = (
            std::mem::take(&mut self.lines),
            std::mem::take(&mut self.space),
        );
        if !self.text.is_empty() && lines > 0 {
            (0..lines).for_each(|_| self.text.push('\n'));
        } else if space && !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push(' ');
        }
        if let Some(marker) = self.marker.take() {
            self.text.push_str(&marker);
        }
        self.text.push(character);
    }

    fn push_all(&mut self, text: &str) {
        text.chars().for_each(|character| self.push(character));
    }

    /// At least so many line ends before what comes next.
    fn part(&mut self, lines: usize) {
        self.lines = self.lines.max(lines);
        self.space = false;
    }

    fn open(&mut self, name: &str, attributes: &str) {
        if let Some(lines) = apart(name) {
            self.part(lines.min(self.within_list(lines)));
        }
        match name {
            "br" => {
                self.lines = (self.lines + 1).min(2);
                self.space = false;
            }
            "hr" => {
                self.push_all("---");
                self.part(1);
            }
            "ul" | "menu" | "dir" => self.begin_list(None),
            "ol" => self.begin_list(Some(0)),
            "li" => self.begin_item(),
            "pre" | "textarea" => self.verbatim += 1,
            "td" | "th" if !self.text.ends_with('\n') && self.lines == 0 => self.space = true,
            "img" => self.picture(attributes),
            "a" => {
                self.end_link();
                let address = attribute(attributes, "href").unwrap_or_default();
                self.link = address_of(address).map(|address| Link {
                    start: self.text.len(),
                    address,
                });
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "a" => self.end_link(),
            "ul" | "ol" | "menu" | "dir" => {
                match self.too_deep {
                    0 => drop(self.lists.pop()),
                    _ => self.too_deep -= 1,
                }
                self.marker = None;
            }
            "pre" | "textarea" => self.verbatim = self.verbatim.saturating_sub(1),
            _ => {}
        }
        if let Some(lines) = apart(name) {
            self.part(lines.min(self.within_list(lines)));
        }
    }

    /// Items stand close to each other, whatever is in them.
    fn within_list(&self, lines: usize) -> usize {
        if self.lists.is_empty() { lines } else { 1 }
    }

    fn begin_list(&mut self, counted: Option<u64>) {
        if self.lists.len() < DEEPEST {
            self.lists.push(counted);
        } else {
            self.too_deep += 1;
        }
    }

    fn begin_item(&mut self) {
        let margin = "  ".repeat(self.lists.len().saturating_sub(1));
        let marker = match self.lists.last_mut() {
            Some(Some(count)) => {
                *count += 1;
                format!("{margin}{count}. ")
            }
            Some(None) | None => format!("{margin}- "),
        };
        self.marker = Some(marker);
    }

    fn picture(&mut self, attributes: &str) {
        let words: Option<String> =
            attribute(attributes, "alt").map(|words| decode(words).collect());
        match words.as_deref().map(str::trim) {
            Some("") => {}
            Some(words) => self.push_all(&format!("[{words}]")),
            None => self.push_all("[image]"),
        }
    }

    /// Writes where a link leads, unless it says so.
    fn end_link(&mut self) {
        let Some(link) = self.link.take() else {
            return;
        };
        let said = self.text.get(link.start..).unwrap_or_default();
        let bare = |address: &str| {
            let address = address.trim().trim_end_matches('/');
            let schemes = ["https://", "http://", "mailto:", "tel:"];
            let rest = schemes
                .into_iter()
                .find_map(|scheme| address.strip_prefix(scheme));
            rest.unwrap_or(address).to_owned()
        };
        if bare(said) == bare(&link.address) {
            return;
        }
        self.space = true;
        self.push_all(&format!("({})", link.address));
    }
}

/// How many line ends stand before and after an element, if it stands apart.
fn apart(name: &str) -> Option<usize> {
    Some(match name {
        "p" | "ul" | "ol" | "dl" | "menu" | "dir" | "blockquote" | "pre" | "table" | "h1"
        | "h2" | "h3" | "h4" | "h5" | "h6" | "form" | "fieldset" | "figure" | "hr" => 2,
        "div" | "li" | "dt" | "dd" | "tr" | "caption" | "section" | "article" | "aside"
        | "header" | "footer" | "main" | "nav" | "address" | "center" | "details" | "summary"
        | "figcaption" | "legend" | "option" | "body" | "html" | "textarea" | "hgroup" => 1,
        _ => return None,
    })
}

/// Where a link leads, if that is of use to a reader.
fn address_of(attribute: &str) -> Option<String> {
    let address: String = decode(attribute).filter(|c| !c.is_control()).collect();
    let address = address.trim();
    let schemes = ["https:", "http:", "mailto:", "tel:", "ftp:"];
    let leads = schemes.into_iter().any(|scheme| {
        let start = address.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    });
    let is_plain = address.len() <= LONGEST_ADDRESS && !address.contains(char::is_whitespace);
    (leads && is_plain).then(|| address.to_owned())
}
