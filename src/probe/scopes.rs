//! What the installation's key of a DeskHive may do, as far as reading tells.

use deskhive_client::internal::{self, TicketFilter};
use deskhive_client::{Kind, Paging, Request};

use crate::systems::deskhive::{Helpdesk, Peek};

use super::check::Checks;
use super::deskhive::{NOBODY, failure, internal_check};

pub(super) async fn of(desk: &Helpdesk, checks: &mut Checks) {
    let paging = Paging::new(1, 1);
    let check = internal_check();
    let customers = internal::customers(paging);
    let tickets = internal::tickets(&TicketFilter::default(), paging);
    let ticket = internal::ticket(NOBODY);
    let messages = internal::messages(NOBODY, paging);
    for (scope, request) in [
        ("connection:check", check.request()),
        ("customers:list", customers.request()),
        ("tickets:list", tickets.request()),
        ("tickets:read", ticket.request()),
        ("messages:list", messages.request()),
    ] {
        scope_is_there(desk, scope, request, checks).await;
    }
    checks.note(
        "the installation's key may write, too",
        "cannot be seen without: customers:create, tickets:create, tickets:update, messages:create",
    );
}

async fn scope_is_there(desk: &Helpdesk, scope: &str, request: &Request, checks: &mut Checks) {
    let assumption = format!("the installation's key has {scope}");
    match desk.peek(request, Peek::Installation).await {
        Ok(answer) => checks.ok(assumption, answer.status),
        Err(error) => match (error.kind(), error.status()) {
            (Kind::NotFound, _) => checks.ok(assumption, failure(&error)),
            // Nothing that is sent depends on it.
            (_, Some(403)) if scope == "connection:check" => {
                checks.note(assumption, failure(&error));
            }
            (Kind::Credentials | Kind::Locked, _) => checks.wrong(
                assumption,
                format!("{}: check `internal_key_file`", failure(&error)),
            ),
            _ => checks.note(assumption, failure(&error)),
        },
    }
}
