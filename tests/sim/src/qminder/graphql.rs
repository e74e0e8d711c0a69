//! `POST /graphql`: queries alone, validated against the documented schema before they are answered.
//!
//! Whatever is wrong with a query is said with status 200 and `errors`, as the documents have it.

mod check;
mod records;
mod resolve;
mod schema;

use graphql_parser::Pos;
use graphql_parser::query::{Definition, Document, OperationDefinition, parse_query};
use serde_json::{Map, Value, json};

use super::person::{only, text};
use super::request::Call;
use super::{Refusal, World};
use crate::http::Response;

pub(crate) type Query = Document<'static, String>;
pub(crate) type Selections = graphql_parser::query::SelectionSet<'static, String>;

/// Something wrong with a query.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    error: &'static str,
    kind: Option<&'static str>,
    message: String,
    path: Vec<String>,
    at: Pos,
}

impl Fault {
    fn new(kind: &'static str, message: String, path: &[String], at: Pos) -> Self {
        Self {
            error: "ValidationError",
            kind: Some(kind),
            message,
            path: path.to_vec(),
            at,
        }
    }

    fn shown(&self) -> Value {
        let described = match self.kind {
            Some(kind) => {
                let path = self.path.join("/");
                format!("Validation error ({kind}@[{path}]) : {}", self.message)
            }
            None => self.message.clone(),
        };
        json!({
            "message": described,
            "errorType": self.error,
            "validationErrorType": self.kind,
            "queryPath": self.path,
            "locations": [{ "line": self.at.line, "column": self.at.column, "sourceName": null }],
            "path": null,
            "extensions": null,
            "description": self.message,
        })
    }
}

pub(crate) fn answer(world: &World, call: &Call) -> Result<Response, Refusal> {
    let json = &call.json;
    only(json, &["query", "variables", "operationName"])?;
    let query = text(json, "query")?.ok_or_else(|| Refusal::new(400, "query is missing"))?;
    let nothing = Map::new();
    let variables = match json.get("variables") {
        None | Some(Value::Null) => &nothing,
        Some(Value::Object(given)) => given,
        Some(_) => return Err(Refusal::new(400, "variables is not an object")),
    };
    let answer = match run(world, query, variables, call.user()?) {
        Ok(data) => json!({ "statusCode": 200, "data": data }),
        Err(faults) => {
            let shown: Vec<Value> = faults.iter().map(Fault::shown).collect();
            json!({ "statusCode": 200, "errors": shown })
        }
    };
    Ok(Response::json(200, &answer))
}

fn run(
    world: &World,
    query: &str,
    variables: &Map<String, Value>,
    me: Option<u64>,
) -> Result<Value, Vec<Fault>> {
    let query = parse_query::<String>(query)
        .map_err(|error| vec![syntax(format!("Invalid Syntax : {error}"))])?
        .into_static();
    let (selections, declared) = only_query(&query)?;
    check::check(&query, selections, declared, variables)?;
    let resolver = resolve::Resolver {
        world,
        query: &query,
        variables,
        me,
    };
    Ok(resolver.root(selections))
}

type Declared<'q> = &'q [graphql_parser::query::VariableDefinition<'static, String>];

/// The one query of a document: there are no mutations, and subscriptions are not for HTTP.
fn only_query(query: &Query) -> Result<(&Selections, Declared<'_>), Vec<Fault>> {
    let mut operations = query.definitions.iter().filter_map(|each| match each {
        Definition::Operation(operation) => Some(operation),
        Definition::Fragment(_) => None,
    });
    match (operations.next(), operations.next()) {
        (Some(OperationDefinition::SelectionSet(selections)), None) => Ok((selections, &[])),
        (Some(OperationDefinition::Query(query)), None) => {
            Ok((&query.selection_set, &query.variable_definitions))
        }
        (Some(OperationDefinition::Mutation(_)), None) => Err(vec![syntax(
            "Schema is not configured for mutations.".to_owned(),
        )]),
        (Some(OperationDefinition::Subscription(_)), None) => Err(vec![syntax(
            "subscriptions are not answered here".to_owned(),
        )]),
        _ => Err(vec![syntax("exactly one query is documented".to_owned())]),
    }
}

fn syntax(message: String) -> Fault {
    Fault {
        error: "InvalidSyntax",
        kind: None,
        message,
        path: Vec::new(),
        at: Pos::default(),
    }
}
