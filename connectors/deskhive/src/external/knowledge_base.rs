//! Articles.

use super::get;
use crate::request::Pairs;
use crate::{Article, Call, Invalid, Listed, listed};

/// `GET /knowledge-base/search`: at most 20 published articles with `text` in their title, content or excerpt.
///
/// # Errors
///
/// [`Invalid`] if `text` has less than 2 characters.
pub fn search_articles(text: &str) -> Result<Call<Listed<Article>>, Invalid> {
    Invalid::if_shorter("q", text, 2)?;
    let query = Pairs::default().with("q", text);
    let request = get("/knowledge-base/search").with_query(&query);
    Ok(Call::new(request, listed::read))
}
