//! Which operation a method and a path name, and what it takes.

use super::Refusal;

/// An operation of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the documents")]
pub enum Operation {
    CreateTicket,
    EditTicket,
    SetField,
    ClearField,
    SearchTickets,
    CountTickets,
    CallNext,
    GetTicket,
    LegacyCreate,
    LegacyEdit,
    Call,
    Recall,
    MarkServed,
    MarkNoShow,
    Cancel,
    ReturnToQueue,
    AddLabel,
    RemoveLabel,
    SetLabels,
    Assign,
    Unassign,
    Reorder,
    Forward,
    EstimatedTime,
    ListMessages,
    SendMessage,
    SetExternal,
    ListLocations,
    GetLocation,
    ListLines,
    ListDesks,
    ListUsers,
    GetLine,
    EnableLine,
    DisableLine,
    GetUser,
    CreateWebhook,
    DeleteWebhook,
    Graphql,
}

/// What an operation takes in its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    /// A form with these fields.
    Form(&'static [&'static str]),
    /// A form with these fields, or a JSON object with them.
    FormOrJson(&'static [&'static str]),
    /// A JSON object, whose members the operation knows.
    Json,
    /// The same, also without a content type or as plain text, as the official client 4.1.0 sends it.
    JsonByAnyName,
}

/// An operation as the documents describe it.
#[derive(Debug)]
pub(crate) struct Route {
    method: &'static str,
    path: &'static str,
    pub(crate) operation: Operation,
    pub(crate) query: &'static [&'static str],
    pub(crate) takes: Takes,
    /// Whether it needs the version header.
    pub(crate) versioned: bool,
}

const fn v1(
    method: &'static str,
    path: &'static str,
    operation: Operation,
    query: &'static [&'static str],
    takes: Takes,
) -> Route {
    Route {
        method,
        path,
        operation,
        query,
        takes,
        versioned: false,
    }
}

const fn v2(method: &'static str, path: &'static str, operation: Operation, takes: Takes) -> Route {
    Route {
        versioned: true,
        ..v1(method, path, operation, &[], takes)
    }
}

const FILTERS: &[&str] = &[
    "location",
    "line",
    "status",
    "caller",
    "minCreated",
    "maxCreated",
    "minCalled",
    "maxCalled",
];
const SEARCH: &[&str] = &[
    "location",
    "line",
    "status",
    "caller",
    "minCreated",
    "maxCreated",
    "minCalled",
    "maxCalled",
    "limit",
    "order",
    "responseScope",
];
const PERSON: &[&str] = &[
    "firstName",
    "lastName",
    "phoneNumber",
    "email",
    "source",
    "extra",
];
const EDIT: &[&str] = &[
    "line",
    "firstName",
    "lastName",
    "phoneNumber",
    "email",
    "extra",
    "user",
];

use Operation as O;
use Takes::{Form, FormOrJson, Json, JsonByAnyName, Nothing};

/// The paths with names in them come after those that they would shadow.
#[rustfmt::skip]
static ROUTES: &[Route] = &[
    v2("POST", "/tickets", O::CreateTicket, Json),
    v2("PATCH", "/tickets/{}", O::EditTicket, Json),
    v2("POST", "/v1/tickets/{}/fields/{}", O::SetField, Json),
    v2("DELETE", "/v1/tickets/{}/fields/{}", O::ClearField, Nothing),
    v1("GET", "/v1/tickets/search", O::SearchTickets, SEARCH, Nothing),
    v1("GET", "/v1/tickets/count", O::CountTickets, FILTERS, Nothing),
    v1("POST", "/v1/tickets/count", O::CountTickets, FILTERS, Nothing),
    v1("POST", "/v1/tickets/call", O::CallNext, &[], Form(&["lines", "user", "desk", "keepActiveTicketsOpen"])),
    v1("GET", "/v1/tickets/{}", O::GetTicket, &["responseScope"], Nothing),
    v1("POST", "/v1/lines/{}/ticket", O::LegacyCreate, &[], Form(PERSON)),
    v1("POST", "/v1/tickets/{}/edit", O::LegacyEdit, &[], Form(EDIT)),
    v1("POST", "/v1/tickets/{}/call", O::Call, &["user", "desk"], Form(&["user", "desk", "keepActiveTicketsOpen"])),
    v1("POST", "/v1/tickets/{}/recall", O::Recall, &[], Nothing),
    v1("POST", "/v1/tickets/{}/markserved", O::MarkServed, &[], Nothing),
    v1("POST", "/v1/tickets/{}/marknoshow", O::MarkNoShow, &[], Nothing),
    v1("POST", "/v1/tickets/{}/cancel", O::Cancel, &["user"], Form(&["user"])),
    v1("POST", "/v1/tickets/{}/returntoqueue", O::ReturnToQueue, &["position", "user"], Nothing),
    v1("POST", "/v1/tickets/{}/labels/add", O::AddLabel, &[], FormOrJson(&["value", "user"])),
    v1("POST", "/v1/tickets/{}/labels/remove", O::RemoveLabel, &[], FormOrJson(&["value", "user"])),
    v1("PUT", "/v1/tickets/{}/labels", O::SetLabels, &[], Json),
    v1("POST", "/v1/tickets/{}/assign", O::Assign, &[], FormOrJson(&["assigner", "assignee"])),
    v1("POST", "/v1/tickets/{}/unassign", O::Unassign, &[], FormOrJson(&["user"])),
    v1("POST", "/v1/tickets/{}/reorder", O::Reorder, &[], FormOrJson(&["after"])),
    v1("POST", "/v1/tickets/{}/forward", O::Forward, &[], FormOrJson(&["line", "user"])),
    v1("GET", "/v1/tickets/{}/estimated-time", O::EstimatedTime, &[], Nothing),
    v1("GET", "/v1/tickets/{}/messages", O::ListMessages, &[], Nothing),
    v1("POST", "/v1/tickets/{}/messages", O::SendMessage, &[], FormOrJson(&["message", "user"])),
    v1("POST", "/v1/tickets/{}/external", O::SetExternal, &[], Form(&["provider", "title", "data"])),
    v1("PUT", "/v1/tickets/{}/external", O::SetExternal, &[], Form(&["provider", "title", "data"])),
    v1("GET", "/v1/locations", O::ListLocations, &[], Nothing),
    v1("GET", "/v1/locations/", O::ListLocations, &[], Nothing),
    v1("GET", "/v1/locations/{}", O::GetLocation, &[], Nothing),
    v1("GET", "/v1/locations/{}/", O::GetLocation, &[], Nothing),
    v1("GET", "/v1/locations/{}/lines", O::ListLines, &[], Nothing),
    v1("GET", "/v1/locations/{}/desks", O::ListDesks, &[], Nothing),
    v1("GET", "/v1/locations/{}/users", O::ListUsers, &[], Nothing),
    v1("GET", "/v1/lines/{}", O::GetLine, &[], Nothing),
    v1("GET", "/v1/lines/{}/", O::GetLine, &[], Nothing),
    v1("POST", "/v1/lines/{}/enable", O::EnableLine, &[], Nothing),
    v1("POST", "/v1/lines/{}/disable", O::DisableLine, &[], Nothing),
    v1("GET", "/v1/users/{}", O::GetUser, &[], Nothing),
    v1("POST", "/v1/webhooks", O::CreateWebhook, &[], FormOrJson(&["url"])),
    v1("DELETE", "/v1/webhooks/{}", O::DeleteWebhook, &[], Nothing),
    v1("POST", "/graphql", O::Graphql, &[], JsonByAnyName),
];

/// The operation at this method and path, and what stands in the path's gaps.
pub(crate) fn find<'p>(
    method: &str,
    path: &'p str,
) -> Result<(&'static Route, Vec<&'p str>), Refusal> {
    let mut elsewhere = false;
    for route in ROUTES {
        if let Some(gaps) = gaps(route.path, path) {
            if route.method == method {
                return Ok((route, gaps));
            }
            elsewhere = true;
        }
    }
    Err(if elsewhere {
        Refusal::new(405, format!("{method} is not documented for {path}"))
    } else {
        Refusal::new(404, format!("{path} is not simulated, or not documented"))
    })
}

fn gaps<'p>(pattern: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    let mut gaps = Vec::new();
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return Some(gaps),
            (Some("{}"), Some(segment)) if !segment.is_empty() => gaps.push(segment),
            (Some(wanted), Some(segment)) if wanted == segment => {}
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_a_path_go_before_gaps() {
        let operation =
            |method, path| find(method, path).map(|(route, gaps)| (route.operation, gaps));
        assert_eq!(
            operation("GET", "/v1/tickets/search"),
            Ok((O::SearchTickets, vec![]))
        );
        assert_eq!(
            operation("GET", "/v1/tickets/7"),
            Ok((O::GetTicket, vec!["7"]))
        );
        assert_eq!(
            operation("POST", "/v1/tickets/7/fields/a"),
            Ok((O::SetField, vec!["7", "a"]))
        );
        assert_eq!(operation("DELETE", "/tickets").unwrap_err().status, 405);
        assert_eq!(operation("GET", "/v2/tickets/7").unwrap_err().status, 404);
        assert_eq!(operation("GET", "/v1/tickets/").unwrap_err().status, 404);
    }
}
