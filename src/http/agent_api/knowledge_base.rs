//! The search in the knowledge base.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::Extension;
use axum::http::Uri;
use deskhive_client::{ApiError, Article, Envelope, Named, wire_time};

use super::fault::Fault;
use super::gate::Caller;
use super::query::Query;
use crate::settings;

/// In an answer.
const MOST: usize = 20;
/// In a query, in characters.
pub(super) const SHORTEST: usize = 2;

/// The published articles that hold all words of `q`, the fittest first.
pub(super) async fn search(
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Json<Envelope<Vec<Article>>>, Fault> {
    let query = Query::of(&uri);
    let q = match query.get("q") {
        None => return Err(unusable("The q field is required.")),
        Some(q) if q.chars().count() < SHORTEST => {
            return Err(unusable("The q field must be at least 2 characters."));
        }
        Some(q) => q,
    };
    let articles = &caller.live.settings.agent_api.knowledge_base;
    let found = caller.live.knowledge.search(q, MOST);
    let found = found.into_iter().filter_map(|place| articles.get(place));
    Ok(Json(Envelope::new(found.map(to_wire).collect())))
}

fn unusable(sentence: &str) -> Fault {
    let errors = BTreeMap::from([("q".to_owned(), vec![sentence.to_owned()])]);
    Fault::invalid(ApiError::validation(errors))
}

fn to_wire(article: &settings::Article) -> Article {
    let category = article.category.as_ref();
    let status = if article.published {
        "published"
    } else {
        "draft"
    };
    Article {
        id: article.id,
        title: article.title.clone(),
        slug: article.slug.clone(),
        excerpt: article.excerpt.clone(),
        content: article.content.clone(),
        category: category.map(|(id, name)| Named {
            id: *id,
            name: name.clone(),
        }),
        views: article.views,
        status: status.to_owned(),
        created_at: wire_time(article.created_at),
    }
}
