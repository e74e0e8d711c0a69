//! Personal access tokens, which come in the body and nowhere else.

use serde_json::{Map, Value};

use super::World;
use super::refusal::Refusal;

/// A personal access token of a user.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) value: String,
    /// The brand of its user, if they are in one.
    pub(crate) brand: Option<u64>,
}

impl World {
    /// Whether the parameters hold a token of a user of this brand.
    ///
    /// Nothing else about the request has been judged by then, and a brand that does not exist is noticed only here.
    pub(crate) fn authorize(
        &self,
        parameters: &Map<String, Value>,
        brand: u64,
    ) -> Result<(), Refusal> {
        let found = parameters
            .get("personal_access_token")
            .filter(|found| !is_blank(found))
            .ok_or_else(|| Refusal::page(400, "personal_access_token is missing or empty"))?;
        let found = found
            .as_object()
            .ok_or_else(|| Refusal::page(500, "personal_access_token is not an object"))?;
        let text = |name: &str| found.get(name).and_then(Value::as_str);
        let token = text("name")
            .and_then(|name| self.tokens.get(name))
            .ok_or_else(|| Refusal::not_authorized("no token has this name"))?;
        if text("token") != Some(token.value.as_str()) {
            return Err(Refusal::not_authorized("the token has another value"));
        }
        if !self.brands.contains_key(&brand) {
            return Err(no_brand(brand));
        }
        if token.brand != Some(brand) {
            return Err(Refusal::not_authorized(
                "the token's user is not in this brand",
            ));
        }
        Ok(())
    }
}

pub(crate) fn no_brand(brand: u64) -> Refusal {
    Refusal::page(404, format!("there is no brand {brand}"))
}

/// What Rails takes for not there; false is there, and no object.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
