//! Which operation a method and a path name, whom it is for, and what it takes.

mod table;

use table::{EXTERNAL, INTERNAL, OPEN, UNPLAYED};

use super::Refusal;

/// An operation of the API; without a word, of the External API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are those of the documents")]
pub enum Operation {
    HealthCheck,
    ConnectionCheck,
    Dashboard,
    ListTickets,
    GetTicket,
    UpdateTicket,
    ListMessages,
    Reply,
    CloseTicket,
    ToggleLike,
    ListCannedResponses,
    SearchKnowledgeBase,
    GetProfile,
    UpdateProfile,
    ListNotifications,
    UnreadCount,
    MarkRead,
    InternalConnectionCheck,
    ListCustomers,
    CreateCustomer,
    GetCustomer,
    UpdateCustomer,
    InternalListTickets,
    InternalCreateTicket,
    InternalGetTicket,
    InternalUpdateTicket,
    InternalDeleteTicket,
    InternalListMessages,
    InternalPostMessage,
    ListDepartments,
    ListCategories,
    ListLabels,
    ListProducts,
    ListAgents,
    GetSettings,
}

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// Anybody, without a key.
    Open,
    /// An agent with an external key.
    External,
    /// An internal key with this scope.
    Internal(&'static str),
}

/// An operation as the documents describe it.
#[derive(Debug)]
pub(crate) struct Route {
    method: &'static str,
    path: &'static str,
    pub(crate) operation: Operation,
    pub(crate) door: Door,
    pub(crate) query: &'static [&'static str],
    pub(crate) fields: &'static [&'static str],
}

/// The operation at a method and a path, with what stands in the path's gaps; 404 or 405 in Laravel's words if none.
pub(crate) fn find<'p>(
    method: &str,
    path: &'p str,
) -> Result<(&'static Route, Vec<&'p str>), Refusal> {
    let bare = path.trim_matches('/');
    let below = bare.strip_prefix("api/v1/");
    let here: Vec<_> = OPEN
        .iter()
        .chain(EXTERNAL)
        .chain(INTERNAL)
        .filter_map(|route| Some((route, gaps(route.path, below?)?)))
        .collect();
    let unplayed = below.is_some_and(|below| UNPLAYED.iter().any(|each| below.starts_with(each)));
    if here.is_empty() {
        return Err(if unplayed {
            not_played(method, bare)
        } else {
            unknown(bare)
        });
    }
    let serves =
        |route: &Route| route.method == method || (route.method, method) == ("GET", "HEAD");
    let methods: Vec<&str> = here
        .iter()
        .flat_map(|(route, _)| match route.method {
            "GET" => vec!["GET", "HEAD"],
            other => vec![other],
        })
        .collect();
    let found = here.into_iter().find(|(route, _)| serves(route));
    found.ok_or_else(|| match unplayed {
        true => not_played(method, bare),
        false => not_allowed(method, bare, &methods.join(", ")),
    })
}

fn gaps<'p>(pattern: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let mut gaps = Vec::new();
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(gaps),
            (Some("{}"), Some(gap)) if !gap.is_empty() => gaps.push(gap),
            (Some(each), Some(part)) if each == part => {}
            _ => return None,
        }
    }
}

/// Something documented of which this peer has no part.
fn not_played(method: &str, path: &str) -> Refusal {
    let message = format!("{method} {path} may be documented, and is no part of this peer");
    Refusal::own(501, &message).complained_of()
}

fn unknown(path: &str) -> Refusal {
    Refusal::thrown(404, format!("The route {path} could not be found.")).complained_of()
}

fn not_allowed(method: &str, path: &str, methods: &str) -> Refusal {
    let message = format!(
        "The {method} method is not supported for route {path}. Supported methods: {methods}."
    );
    let mut refusal = Refusal::thrown(405, message).complained_of();
    refusal.headers = vec![("Allow", methods.to_owned())];
    refusal
}

#[cfg(test)]
mod tests {
    use super::Operation as O;
    use super::*;

    #[test]
    fn a_path_leads_to_one_operation_and_its_gaps() {
        for (method, path, operation, gaps) in [
            ("GET", "/api/v1/health-check", O::HealthCheck, &[][..]),
            ("HEAD", "/api/v1/external/tickets/7", O::GetTicket, &["7"]),
            (
                "POST",
                "/api/v1/external/tickets/7/messages/9/like",
                O::ToggleLike,
                &["7", "9"],
            ),
            (
                "GET",
                "/api/v1/external/notifications/unread-count",
                O::UnreadCount,
                &[],
            ),
        ] {
            let (route, found) = find(method, path).unwrap();
            assert_eq!((route.operation, found.as_slice()), (operation, gaps));
        }
    }

    #[test]
    fn what_leads_nowhere_is_said_in_laravels_words() {
        let nowhere = find("GET", "/api/v1/x").unwrap_err();
        assert_eq!(
            (nowhere.status, nowhere.reason.as_str()),
            (404, "The route api/v1/x could not be found.")
        );
        let patch = find("PATCH", "/api/v1/external/tickets/7").unwrap_err();
        assert_eq!(
            (patch.status, patch.headers),
            (405, vec![("Allow", "GET, HEAD, PUT".to_owned())])
        );
        assert_eq!(
            find("GET", "/api/v1/external/tickets//")
                .unwrap()
                .0
                .operation,
            O::ListTickets
        );
    }
}
