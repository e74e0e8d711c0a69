//! What belongs to a ticket or a location and has no id that a query could ask for.

use serde_json::json;

use super::resolve::{NULL, Node, Out, leaf, list, user};
use crate::qminder::account::InputField;
use crate::qminder::dates::with_millis;
use crate::qminder::ticket::{External, FieldValue, Interaction, Label, Message, MessageKind};

pub(crate) fn record(fields: Vec<(&'static str, Out)>) -> Out {
    Out::Object(Node::Record(fields))
}

pub(crate) fn language(code: &str) -> Out {
    let primary = leaf(code == "en");
    record(vec![("code", leaf(code)), ("primary", primary)])
}

pub(crate) fn label(label: &Label) -> Node {
    Node::Record(vec![
        ("value", leaf(label.value.clone())),
        ("color", leaf(label.color.clone())),
    ])
}

pub(crate) fn external(each: &External) -> Node {
    Node::Record(vec![
        ("created", leaf(with_millis(each.created))),
        ("provider", leaf(each.provider.clone())),
        ("title", leaf(each.title.clone())),
        ("data", leaf(each.data.clone())),
    ])
}

pub(crate) fn input_field(field: &InputField) -> Node {
    let kind = if field.options.is_empty() {
        "TEXT"
    } else {
        "SELECT"
    };
    Node::Record(vec![
        ("id", leaf(field.id.clone())),
        ("type", leaf(kind)),
        ("title", leaf(field.title.clone())),
        ("options", list(field.options.iter().map(option))),
    ])
}

fn option((id, title): &(String, String)) -> Node {
    Node::Record(vec![
        ("id", leaf(id.clone())),
        ("title", leaf(title.clone())),
    ])
}

pub(crate) fn field(known: &[InputField], value: &FieldValue) -> Node {
    let field = known.iter().find(|field| field.id == value.field);
    let chosen = field.into_iter().flat_map(|field| {
        let options = field.options.iter();
        options.filter(|(id, _)| value.options.contains(id))
    });
    Node::Record(vec![
        ("id", leaf(value.field.clone())),
        ("value", leaf(value.value.clone())),
        ("options", list(chosen.map(option))),
        (
            "inputField",
            field.map_or(NULL, |field| Out::Object(input_field(field))),
        ),
    ])
}

pub(crate) fn interaction((at, each): (usize, &Interaction)) -> Node {
    Node::Record(vec![
        ("id", leaf((at + 1).to_string())),
        ("start", leaf(with_millis(each.start))),
        ("end", leaf(each.end.map(with_millis))),
        ("line", Out::Object(Node::Line(each.line))),
        (
            "desk",
            each.desk.map_or(NULL, |id| Out::Object(Node::Desk(id))),
        ),
        ("user", user(Some(each.user))),
    ])
}

pub(crate) fn message((at, each): (usize, &Message)) -> Node {
    let kind = match each.kind {
        MessageKind::Incoming => "INCOMING",
        MessageKind::Outgoing => "OUTGOING",
        MessageKind::Automated => "OUTGOING_AUTOMATED",
    };
    Node::Record(vec![
        ("id", leaf((at + 1).to_string())),
        ("created", leaf(with_millis(each.created))),
        ("type", leaf(kind)),
        ("status", leaf(each.status.clone())),
        ("statusSetAt", leaf(with_millis(each.created))),
        ("body", leaf(each.body.clone())),
        ("user", user(each.user)),
        ("attachments", leaf(json!([]))),
        ("sentiment", leaf("UNKNOWN")),
    ])
}
