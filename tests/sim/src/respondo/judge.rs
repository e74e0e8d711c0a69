//! What becomes of a request, check after check in the real order.

use serde_json::{Map, Value};

use super::create::{Draft, Unsaved};
use super::credentials::no_brand;
use super::refusal::{Refusal, in_json};
use super::request::{Format, Kind};
use super::{Era, Variation, World, routes, schema};
use crate::http::Response;
use crate::peer::Request;

impl World {
    /// Does the work of a request; the answer, and why it was refused if it was.
    pub(crate) fn judge(&mut self, request: &Request) -> (Response, Option<String>) {
        match self.attempt(request) {
            Ok(id) => {
                let made = self.tickets[&id].clone();
                self.notice(request, made.parent);
                (in_json(200, self.show(&made)), None)
            }
            Err(refusal) => {
                let answer = refusal.response(request.format(), request.accepted());
                let about = format!("{} {}", request.method, request.path);
                self.complain(&about, &refusal.reason);
                (answer, Some(refusal.reason))
            }
        }
    }

    fn attempt(&mut self, request: &Request) -> Result<u64, Refusal> {
        let brand = routes::brand_of(request, self.era)
            .map(routes::number)
            .ok_or_else(|| Refusal::page(404, "there is nothing at this address"))?;
        let parameters = parameters(request)?;
        if self.varies(Variation::OrganizationFirst) && !self.brands.contains_key(&brand) {
            return Err(no_brand(brand));
        }
        self.authorize(&parameters, brand)?;
        if request.format() == Format::Html {
            return Err(Refusal::page(
                406,
                "neither the path nor the Accept asks for JSON",
            ));
        }
        let body = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        let violations = schema::violations(&body, self.era);
        if !violations.is_empty() {
            return Err(Refusal::invalid_schema(violations.join("; ")));
        }
        self.create(draft(&body, brand, self.era))
            .map_err(|unsaved| match unsaved {
                Unsaved::Invalid(reason) => Refusal::page(422, reason),
                Unsaved::Database(reason) => Refusal::page(500, reason),
            })
    }

    /// Complains of what is taken, and is not as its sender will have meant it.
    fn notice(&mut self, request: &Request, parent: Option<u64>) {
        let about = format!("{} {}", request.method, request.path);
        let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
        if let (Some(uid), None) = (body["parent_uid"].as_str(), parent) {
            self.complain(&about, format!("there is no ticket {uid:?} to join"));
        }
        if !request.query.is_empty() {
            self.complain(&about, "a query means nothing here");
        }
    }
}

/// The parameters as Rails reads them, of which the check of the token makes use.
fn parameters(request: &Request) -> Result<Map<String, Value>, Refusal> {
    match request.kind() {
        Kind::Json if request.body.is_empty() => Ok(Map::new()),
        Kind::Json => match serde_json::from_slice(&request.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Ok(Map::new()),
            Err(error) => Err(Refusal::unreadable(format!(
                "the body is not JSON: {error}"
            ))),
        },
        Kind::Form => Ok(nested_token(&request.body)),
        Kind::Other => Ok(Map::new()),
    }
}

/// The `personal_access_token[…]` of a form.
fn nested_token(form: &[u8]) -> Map<String, Value> {
    let token: Map<String, Value> = url::form_urlencoded::parse(form)
        .filter_map(|(name, value)| {
            let name = name.strip_prefix("personal_access_token[")?;
            let name = name.strip_suffix(']')?.to_owned();
            Some((name, Value::String(value.into_owned())))
        })
        .collect();
    Map::from_iter([("personal_access_token".to_owned(), token.into())])
}

/// What the controller permits of a body that fits the schema; `created_at` is not among it.
fn draft(body: &Value, brand: u64, era: Era) -> Draft {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let moved = match era {
        Era::B | Era::C => body,
        Era::D => &body["ticketable_attributes"],
    };
    Draft {
        brand,
        external_uid: text(&body["external_uid"]).unwrap_or_default(),
        content: text(&body["content"]).unwrap_or_default(),
        author_uid: text(&body["author"]["external_uid"]).unwrap_or_default(),
        author_name: text(&body["author"]["username"]).unwrap_or_default(),
        parent_uid: text(&body["parent_uid"]),
        response_url: text(&moved["response_url"]),
        custom_provider: text(&moved["custom_provider"]),
        created_at: None,
        by_agent: false,
    }
}
