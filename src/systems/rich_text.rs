//! Rich text, as people write it in the editors of help desks, to and from plain text.
//!
//! The way out and back again keeps every word. What comes from elsewhere may be anything: it takes time in proportion
//! to its length, and nothing in it is carried out or fetched.

mod elements;
mod entities;
mod page;
mod tokens;

use page::Page;
use tokens::{Token, Tokens};

/// `text` in HTML: a paragraph for each of its paragraphs, with its lines as they are. Nothing in it is markup.
pub(super) fn to_html(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut html = String::with_capacity(text.len() + text.len() / 8 + 16);
    let mut is_open = false;
    for line in text.trim().split('\n') {
        if line.trim().is_empty() {
            if std::mem::take(&mut is_open) {
                // The line end is for those who only drop the tags.
                html.push_str("</p>\n");
            }
            continue;
        }
        html.push_str(if is_open { "<br>\n" } else { "<p>" });
        is_open = true;
        push_escaped(&mut html, line);
    }
    if is_open {
        html.push_str("</p>");
    }
    html
}

/// A line, with its spaces kept apart from each other.
fn push_escaped(html: &mut String, line: &str) {
    let mut last = ' ';
    for character in line.trim_end().chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            ' ' if last == ' ' => html.push_str("&nbsp;"),
            _ => html.push(character),
        }
        last = character;
    }
}

/// What a reader sees of `content`: HTML if there is any tag of HTML's in it, else plain text already, in which even
/// `&amp;` stands for itself.
pub(super) fn to_plain(content: &str) -> String {
    let mut page = Page::default();
    let mut is_html = false;
    for token in Tokens::of(content) {
        is_html |= matches!(token, Token::Open { .. } | Token::Close(_));
        page.put(&token);
    }
    match is_html {
        true => page.into_text(),
        false => content.to_owned(),
    }
}

#[cfg(test)]
mod tests;
