//! Validates a query as GraphQL demands it: every field known, every argument known and given, every variable declared.

use std::collections::HashSet;

use graphql_parser::Pos;
use graphql_parser::query::{Definition, Selection, Value as Literal};
use graphql_parser::schema::Type;
use serde_json::{Map, Value};

use super::{Declared, Fault, Query, Selections, schema};

/// Finds everything that is wrong with a query.
pub(crate) fn check(
    query: &Query,
    selections: &Selections,
    declared: Declared<'_>,
    given: &Map<String, Value>,
) -> Result<(), Vec<Fault>> {
    let mut checker = Checker {
        query,
        declared,
        used: HashSet::new(),
        faults: Vec::new(),
    };
    checker.selections(selections, "Query", &mut Vec::new());
    for variable in declared {
        if !checker.used.contains(&variable.name) {
            let message = format!("Unused variable {}", variable.name);
            checker.fault("UnusedVariable", message, &[], variable.position);
        }
        let needed = matches!(variable.var_type, Type::NonNullType(_));
        let missing = given.get(&variable.name).is_none_or(Value::is_null);
        if needed && missing && variable.default_value.is_none() {
            let message = format!("Variable '{}' has an invalid value: null", variable.name);
            checker.fault(
                "NullValueForNonNullArgument",
                message,
                &[],
                variable.position,
            );
        }
    }
    if checker.faults.is_empty() {
        Ok(())
    } else {
        Err(checker.faults)
    }
}

struct Checker<'q> {
    query: &'q Query,
    declared: Declared<'q>,
    used: HashSet<String>,
    faults: Vec<Fault>,
}

impl Checker<'_> {
    fn fault(&mut self, kind: &'static str, message: String, path: &[String], at: Pos) {
        self.faults.push(Fault::new(kind, message, path, at));
    }

    fn selections(&mut self, selections: &Selections, owner: &str, path: &mut Vec<String>) {
        for selection in &selections.items {
            match selection {
                Selection::Field(field) => {
                    path.push(field.name.clone());
                    self.field(field, owner, path);
                    path.pop();
                }
                Selection::InlineFragment(fragment) => {
                    self.selections(&fragment.selection_set, owner, path);
                }
                Selection::FragmentSpread(spread) => {
                    let query = self.query;
                    match fragment(query, &spread.fragment_name) {
                        // A fragment that reaches itself would never end.
                        Some(_) if path.len() > 32 => {
                            let message = "Fragment cycles found".to_owned();
                            self.fault("FragmentCycle", message, path, spread.position);
                        }
                        Some(found) => {
                            path.push(spread.fragment_name.clone());
                            self.selections(found, owner, path);
                            path.pop();
                        }
                        None => {
                            let message = format!("Undefined fragment {}", spread.fragment_name);
                            self.fault("UndefinedFragment", message, path, spread.position);
                        }
                    }
                }
            }
        }
    }

    fn field(
        &mut self,
        field: &graphql_parser::query::Field<'static, String>,
        owner: &str,
        path: &mut Vec<String>,
    ) {
        if field.name == "__typename" {
            return;
        }
        let Some(known) = schema::field(owner, &field.name) else {
            let message = format!("Field '{}' in type '{owner}' is undefined", field.name);
            return self.fault("FieldUndefined", message, path, field.position);
        };
        for (name, literal) in &field.arguments {
            match known.arguments.iter().find(|each| each.name == *name) {
                Some(argument) => {
                    self.value(literal, &argument.value_type, path, field.position);
                }
                None => {
                    let message = format!("Unknown field argument {name}");
                    self.fault("UnknownArgument", message, path, field.position);
                }
            }
        }
        for argument in &known.arguments {
            let given = field
                .arguments
                .iter()
                .any(|(name, _)| *name == argument.name);
            if matches!(argument.value_type, Type::NonNullType(_)) && !given {
                let message = format!("Missing field argument {}", argument.name);
                self.fault("MissingFieldArgument", message, path, field.position);
            }
        }
        let of = schema::named(&known.field_type);
        let leaf = field.selection_set.items.is_empty();
        if schema::is_object(of) && leaf {
            let message = format!(
                "Sub selection required for type {of} of field {}",
                field.name
            );
            self.fault("SubSelectionRequired", message, path, field.position);
        } else if !schema::is_object(of) && !leaf {
            let message = format!(
                "Sub selection not allowed on leaf type {of} of field {}",
                field.name
            );
            self.fault("SubSelectionNotAllowed", message, path, field.position);
        } else {
            self.selections(&field.selection_set, of, path);
        }
    }

    fn value(
        &mut self,
        literal: &Literal<'static, String>,
        wanted: &schema::Written,
        path: &[String],
        at: Pos,
    ) {
        let wanted_name = schema::named(wanted);
        if let Literal::Variable(name) = literal {
            self.used.insert(name.clone());
            match self.declared.iter().find(|each| each.name == *name) {
                None => {
                    let message = format!("Undefined variable {name}");
                    self.fault("UndefinedVariable", message, path, at);
                }
                Some(declared) if schema::named(&declared.var_type) != wanted_name => {
                    let message = format!("Variable type doesn't match: {wanted_name} is expected");
                    self.fault("VariableTypeMismatch", message, path, at);
                }
                Some(_) => {}
            }
            return;
        }
        let fits = match wanted_name {
            "ID" => matches!(literal, Literal::String(_) | Literal::Int(_)),
            "Boolean" => matches!(literal, Literal::Boolean(_)),
            "InteractionsFilter" => matches!(literal, Literal::Object(_)),
            _ => true,
        };
        if !fits {
            let message = format!("argument is not a valid {wanted_name}");
            self.fault("WrongType", message, path, at);
        }
    }
}

/// The selections of a named fragment.
pub(crate) fn fragment<'q>(query: &'q Query, name: &str) -> Option<&'q Selections> {
    query.definitions.iter().find_map(|each| match each {
        Definition::Fragment(fragment) if fragment.name == name => Some(&fragment.selection_set),
        _ => None,
    })
}
