//! The search in the knowledge base: which articles hold all words of a query, in any case and inside of other words.
//!
//! What is looked through is each different word once, not the articles: ten thousand of these have hardly more words
//! than one thousand.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::fmt;

use memchr::memmem;

use crate::settings::Article;

/// Words of a query that count; who asks for more has pasted a text.
const MOST_WORDS: usize = 32;

const CONTENT: u8 = 1;
const EXCERPT: u8 = 2;
const TITLE: u8 = 4;

/// The words of all published articles.
pub struct Knowledge {
    /// Each different word once, one a line.
    words: String,
    /// Where each word begins.
    starts: Vec<usize>,
    /// Which articles each word stands in, and in which of their fields.
    places: Vec<Vec<(u32, u8)>>,
    articles: usize,
}

impl Knowledge {
    /// Gathers the words of those `articles` that are published.
    #[must_use]
    pub fn of(articles: &[Article]) -> Self {
        let mut found: HashMap<String, Vec<(u32, u8)>> = HashMap::new();
        for (number, article) in (0..).zip(articles) {
            if !article.published {
                continue;
            }
            for (text, field) in [
                (&article.title, TITLE),
                (&article.excerpt, EXCERPT),
                (&article.content, CONTENT),
            ] {
                for word in fold(text).split_whitespace() {
                    note(&mut found, word, number, field);
                }
            }
        }
        let mut words = String::new();
        let mut starts = Vec::with_capacity(found.len());
        let mut places = Vec::with_capacity(found.len());
        for (word, mut at) in found {
            starts.push(words.len());
            words.push_str(&word);
            words.push('\n');
            at.shrink_to_fit();
            places.push(at);
        }
        words.shrink_to_fit();
        Self {
            words,
            starts,
            places,
            articles: articles.len(),
        }
    }

    /// The places of at most `most` of the articles that this was made of. Those with more of the words in their title
    /// come first, then those with more in their excerpt, then by place.
    #[must_use]
    pub fn search(&self, query: &str, most: usize) -> Vec<usize> {
        let query = fold(query);
        let words: BTreeSet<&str> = query.split_whitespace().take(MOST_WORDS).collect();
        if words.is_empty() {
            return Vec::new();
        }
        // Of each article that held every word so far: how many its title has, and its excerpt.
        let mut hits: Vec<Option<(u32, u32)>> = vec![Some((0, 0)); self.articles];
        for word in words {
            let fields = self.fields_with(word);
            for (hits, fields) in hits.iter_mut().zip(fields) {
                *hits = match hits {
                    Some((title, excerpt)) if fields > 0 => Some((
                        *title + u32::from(fields & TITLE > 0),
                        *excerpt + u32::from(fields & EXCERPT > 0),
                    )),
                    Some(_) | None => None,
                };
            }
        }
        let mut found: Vec<_> = (0..)
            .zip(hits)
            .filter_map(|(place, hits)| Some((Reverse(hits?), place)))
            .collect();
        found.sort_unstable();
        found.truncate(most);
        found.into_iter().map(|(_, place)| place).collect()
    }

    /// For each article the fields that hold `word`, which may be a part of theirs.
    fn fields_with(&self, word: &str) -> Vec<u8> {
        let mut fields = vec![0; self.articles];
        let mut next = 0;
        for at in memmem::find_iter(self.words.as_bytes(), word) {
            // A word that holds it twice is found twice.
            if self.starts.get(next).is_none_or(|start| at < *start) && next > 0 {
                continue;
            }
            next += self.starts[next..].partition_point(|start| *start <= at);
            for (article, field) in &self.places[next - 1] {
                fields[*article as usize] |= field;
            }
        }
        fields
    }
}

fn note(found: &mut HashMap<String, Vec<(u32, u8)>>, word: &str, article: u32, field: u8) {
    let Some(places) = found.get_mut(word) else {
        found.insert(word.to_owned(), vec![(article, field)]);
        return;
    };
    match places.last_mut() {
        Some((last, fields)) if *last == article => *fields |= field,
        _ => places.push((article, field)),
    }
}

/// Text without the difference between upper and lower case, in every script; `ß` is `ss`.
#[must_use]
pub fn fold(text: &str) -> String {
    // Upper case first, since it has one letter where lower case has several, such as the two of sigma.
    let upper = text.chars().flat_map(char::to_uppercase);
    upper.flat_map(char::to_lowercase).collect()
}

impl fmt::Debug for Knowledge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Knowledge")
            .field("articles", &self.articles)
            .field("words", &self.starts.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    fn article(title: &str, excerpt: &str, content: &str) -> Article {
        Article {
            id: 1,
            title: title.to_owned(),
            slug: String::new(),
            excerpt: excerpt.to_owned(),
            content: content.to_owned(),
            category: None,
            views: 0,
            published: true,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn title_goes_before_excerpt_and_that_before_content() {
        let knowledge = Knowledge::of(&[
            article("Billing", "", "how to reset a password"),
            article("Passwords", "", "how to reset them"),
            article("Login", "reset a password", ""),
            article("Reset your password", "", ""),
            article("Reset", "", ""),
        ]);
        assert_eq!(knowledge.search("reset password", 20), [3, 1, 2, 0]);
        assert_eq!(knowledge.search("PASSWORD  reset password", 2), [3, 1]);
        assert_eq!(knowledge.search("reset nothing", 20), [0; 0]);
        assert_eq!(knowledge.search(" ", 20), [0; 0]);
    }

    #[test]
    fn case_does_not_count_in_any_script() {
        for (text, query) in [
            ("Zażółć GĘŚLĄ jaźń", "gęślą ZAŻÓŁĆ"),
            ("ΟΔΟΣ", "οδος"),
            ("Straße", "STRASSE"),
            ("STRASSE", "straße"),
            ("ПАРОЛЬ", "пароль"),
            ("ﬁnd", "FIND"),
            ("パスワードを変更", "スワード"),
        ] {
            let knowledge = Knowledge::of(&[article("", "", text)]);
            assert_eq!(knowledge.search(query, 20), [0], "{text}: {query}");
        }
    }

    #[test]
    fn drafts_are_not_found() {
        let mut draft = article("Draft", "", "");
        draft.published = false;
        let knowledge = Knowledge::of(&[draft, article("Drafty", "", "")]);
        assert_eq!(knowledge.search("draft", 20), [1]);
        assert_eq!(Knowledge::of(&[]).search("draft", 20), [0; 0]);
    }

    proptest! {
        /// The same as looking through every article.
        #[test]
        fn whatever_holds_all_words_is_found(
            texts in prop::collection::vec("[abAB é\n]{0,12}", 0..6),
            query in "[abA é]{0,4}",
        ) {
            let articles: Vec<_> = texts.iter().map(|text| article("", "", text)).collect();
            let found: BTreeSet<_> = Knowledge::of(&articles).search(&query, 20).into_iter().collect();
            let query = fold(&query);
            let holds = |text: &String| query.split_whitespace().all(|word| fold(text).contains(word));
            let expected: BTreeSet<_> = (0..texts.len())
                .filter(|place| query.split_whitespace().next().is_some() && holds(&texts[*place]))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
