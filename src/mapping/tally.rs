//! Notes what becomes of each field, while requests are made.

use std::borrow::Cow;

use crate::model::{Fate, How};

use super::readable::line;

/// Gathers fates where somebody wants to know them, and costs nothing where nobody does.
#[derive(Debug, Default)]
pub struct Tally(Option<Vec<Fate>>);

/// A word of the code's own, or one made of names; never what a field says.
type Word = Cow<'static, str>;

impl Tally {
    /// One that gathers.
    #[must_use]
    pub fn new() -> Self {
        Self(Some(Vec::new()))
    }

    /// One that forgets.
    #[must_use]
    pub fn off() -> Self {
        Self(None)
    }

    /// Whether it gathers.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// `from` stands in `to` as it was.
    pub fn kept(&mut self, from: impl Into<Word>, to: impl Into<Word>) {
        self.note(How::Kept, from, to, "");
    }

    /// `from` stands in `to` in another form, which says the same.
    pub fn converted(&mut self, from: impl Into<Word>, to: impl Into<Word>, why: impl Into<Word>) {
        self.note(How::Converted, from, to, why);
    }

    /// Only the beginning of `from` stands in `to`.
    pub fn cut(&mut self, from: impl Into<Word>, to: impl Into<Word>, why: impl Into<Word>) {
        self.note(How::Cut, from, to, why);
    }

    /// `from`, which says `text`, stands in `to` on one line of at most `most` characters.
    pub fn on_one_line(
        &mut self,
        from: impl Into<Word>,
        to: impl Into<Word>,
        text: &str,
        most: usize,
    ) {
        // As people's text is counted where it is cut.
        if text.len() > most && text.encode_utf16().count() > most {
            self.cut(from, to, format!("more than {most} characters"));
        } else if line(text, most) == text {
            self.kept(from, to);
        } else {
            self.converted(from, to, "on one line");
        }
    }

    /// Something of our own stands in `to`, since `from` (which may be empty) has nothing for it.
    pub fn defaulted(&mut self, from: impl Into<Word>, to: impl Into<Word>, why: impl Into<Word>) {
        self.note(How::Defaulted, from, to, why);
    }

    /// `from` stands nowhere.
    pub fn dropped(&mut self, from: impl Into<Word>, why: impl Into<Word>) {
        self.note(How::Dropped, from, "", why);
    }

    /// Nothing stands in `to`, since `from` has nothing for it.
    pub fn absent(&mut self, from: impl Into<Word>, to: impl Into<Word>, why: impl Into<Word>) {
        self.note(How::Dropped, from, to, why);
    }

    /// What was gathered, in order, each once.
    #[must_use]
    pub fn into_fates(self) -> Vec<Fate> {
        let mut fates: Vec<Fate> = Vec::new();
        for fate in self.0.unwrap_or_default() {
            if !fates.contains(&fate) {
                fates.push(fate);
            }
        }
        fates
    }

    /// Only what is lost of it, wholly or in part, at most [`Fate::MOST_KEPT`]: what is kept with a ticket.
    #[must_use]
    pub fn into_losses(self) -> Vec<Fate> {
        let losses = self.into_fates().into_iter().filter(Fate::is_loss);
        losses.take(Fate::MOST_KEPT).collect()
    }

    fn note(&mut self, how: How, from: impl Into<Word>, to: impl Into<Word>, why: impl Into<Word>) {
        if let Some(fates) = &mut self.0 {
            fates.push(Fate {
                from: from.into(),
                to: to.into(),
                how,
                why: why.into(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_twice_is_told_once_and_nothing_is_told_where_nobody_asked() {
        let mut tally = Tally::new();
        tally.kept("content", "text");
        tally.dropped("provider", "no place for it");
        tally.kept("content", "text");
        let fates = tally.into_fates();
        let told: Vec<_> = fates
            .iter()
            .map(|fate| (fate.from.as_ref(), fate.how))
            .collect();
        assert_eq!(told, [("content", How::Kept), ("provider", How::Dropped)]);
        assert_eq!(fates.iter().filter(|fate| fate.is_loss()).count(), 1);
        let mut off = Tally::off();
        off.cut("content", "text", "too long");
        assert!(off.into_fates().is_empty());
    }
}
