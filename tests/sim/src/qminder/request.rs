//! A request as it was read, and as an operation sees it.

use serde_json::{Map, Value};

use super::account::KeyKind;
use super::form::{self, Parameters};
use super::routes::{Route, Takes};
use super::{Operation, Refusal, json};
use crate::http;
use crate::peer::Request;

pub(crate) const KEY: &str = "X-Qminder-REST-API-Key";
pub(crate) const KEY_IN_QUERY: &str = "rest-api-key";
const VERSION: &str = "X-Qminder-API-Version";
const ONLY_VERSION: &str = "2020-09-01";
/// What the documents give as integers where they allow JSON in place of a form.
const INTEGERS: &[&str] = &["user", "line", "after", "assigner", "assignee"];

impl Request {
    /// The value of a header that may be there once.
    pub(crate) fn header(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = http::values(&self.headers, name);
        let first = values.next();
        if values.next().is_some() {
            return Err(Refusal::unheard_of(format!("{name} more than once")));
        }
        Ok(first)
    }
}

/// A request that fits its operation.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    /// What stands in the path's gaps.
    pub(crate) gaps: Vec<String>,
    pub(crate) parameters: Parameters,
    pub(crate) json: Map<String, Value>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) key: String,
    pub(crate) kind: KeyKind,
}

impl Call {
    pub(crate) fn read(
        request: &Request,
        route: &Route,
        gaps: &[&str],
        (key, kind): (String, KeyKind),
    ) -> Result<Self, Refusal> {
        check_version(request, route)?;
        let mut query = form::decode(&request.query)?;
        query.retain(|(name, _)| name != KEY_IN_QUERY);
        let mut parameters = Parameters::default();
        parameters.add(query, route.query)?;
        let mut json = Map::new();
        match (route.takes, kind_of_body(request)?) {
            (Takes::Nothing, Body::None) | (Takes::Form(_) | Takes::FormOrJson(_), Body::None) => {}
            (Takes::Form(known) | Takes::FormOrJson(known), Body::Form(text)) => {
                if !parameters.is_empty() && !text.is_empty() {
                    return Err(Refusal::unheard_of("a query and a form together"));
                }
                parameters.add(form::decode(text)?, known)?;
            }
            (Takes::FormOrJson(known), Body::Json(text)) => {
                let object = json::read_object(text).map_err(not_json)?;
                parameters.add(as_parameters(object)?, known)?;
            }
            (Takes::Json | Takes::JsonByAnyName, Body::Json(text))
            | (Takes::JsonByAnyName, Body::Unnamed(text)) => {
                json = json::read_object(text).map_err(not_json)?;
            }
            (takes, body) => return Err(wrong_body(takes, &body)),
        }
        Ok(Self {
            operation: route.operation,
            gaps: gaps
                .iter()
                .map(|gap| form::decode_segment(gap))
                .collect::<Result<_, _>>()?,
            parameters,
            json,
            idempotency_key: request.header("Idempotency-Key")?.map(str::to_owned),
            key,
            kind,
        })
    }

    /// The user in whose name this is done: the one that is named, or the key's own.
    pub(crate) fn user(&self) -> Result<Option<u64>, Refusal> {
        let named = self.parameters.id("user")?;
        Ok(named.or(match self.kind {
            KeyKind::User(id) => Some(id),
            KeyKind::Secret | KeyKind::Plain => None,
        }))
    }
}

enum Body<'r> {
    None,
    Form(&'r str),
    Json(&'r str),
    /// Plain text, or without a content type.
    Unnamed(&'r str),
    Other(&'r str),
}

fn kind_of_body(request: &Request) -> Result<Body<'_>, Refusal> {
    let body = std::str::from_utf8(&request.body)
        .map_err(|_| Refusal::new(400, "the body is not UTF-8"))?;
    let Some(media_type) = request.header("Content-Type")? else {
        return Ok(if body.is_empty() {
            Body::None
        } else {
            Body::Unnamed(body)
        });
    };
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    Ok(match essence.to_ascii_lowercase().as_str() {
        "application/x-www-form-urlencoded" => Body::Form(body),
        "application/json" => Body::Json(body),
        "text/plain" => Body::Unnamed(body),
        _ => Body::Other(media_type),
    })
}

fn wrong_body(takes: Takes, body: &Body<'_>) -> Refusal {
    let wanted = match takes {
        Takes::Nothing => "no body",
        Takes::Form(_) => "a form (application/x-www-form-urlencoded)",
        Takes::FormOrJson(_) => "a form or JSON",
        Takes::Json | Takes::JsonByAnyName => "JSON (application/json)",
    };
    let came = match body {
        Body::None => "nothing",
        Body::Form(_) => "a form",
        Body::Json(_) => "JSON",
        Body::Unnamed(_) => "no content type, or plain text,",
        Body::Other(what) => what,
    };
    let status = if takes == Takes::Nothing { 400 } else { 415 };
    Refusal::new(
        status,
        format!("{wanted} is documented here, and {came} came"),
    )
}

fn check_version(request: &Request, route: &Route) -> Result<(), Refusal> {
    match (route.versioned, request.header(VERSION)?) {
        (true, Some(ONLY_VERSION)) | (false, None) => Ok(()),
        (true, None) => Err(Refusal::new(400, format!("{VERSION} is required"))),
        (true, Some(other)) => Err(Refusal::new(
            400,
            format!("{VERSION} {other:?} is not {ONLY_VERSION:?}"),
        )),
        (false, Some(_)) => Err(Refusal::unheard_of(format!("{VERSION} here"))),
    }
}

fn not_json(reason: String) -> Refusal {
    Refusal::new(400, format!("the body is not a JSON object: {reason}"))
}

fn as_parameters(object: Map<String, Value>) -> Result<Vec<(String, String)>, Refusal> {
    object
        .into_iter()
        .map(|(name, value)| match value {
            Value::Number(number) if INTEGERS.contains(&name.as_str()) => {
                Ok((name, number.to_string()))
            }
            Value::String(text) if !INTEGERS.contains(&name.as_str()) => Ok((name, text)),
            _ => Err(Refusal::new(400, format!("{name} has the wrong type"))),
        })
        .collect()
}
