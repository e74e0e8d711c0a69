//! A person's word as one event.

use axum::Json;
use axum::http::StatusCode;

use crate::http::Bridge;
use crate::model::{Happening, OperatorOrder};
use crate::plan::Answer;
use crate::store::Rank;

use super::wire::Done;
use crate::http::problem::Problem;

/// Commits what happened; a refusal is a problem.
pub(super) async fn commit(bridge: &Bridge, what: Happening) -> Result<Answer, Problem> {
    let event = bridge.event(what);
    match bridge.store.commit(event, Rank::Agent).await? {
        Answer::Refused(refusal) => Err(refusal.into()),
        answer => Ok(answer),
    }
}

/// Commits an order that is answered in words.
pub(super) async fn order(bridge: &Bridge, order: OperatorOrder) -> Result<Json<Done>, Problem> {
    tracing::info!(order = %described(&order), "the operator orders");
    match commit(bridge, Happening::Ordered(order)).await? {
        Answer::Done(done) => Ok(Json(Done { done })),
        _ => Err(unexpected()),
    }
}

/// An order was answered as something else; a mistake of ours.
pub(super) fn unexpected() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "the order was answered in an unexpected way",
    )
}

/// Without text and URLs, which never stand in the log.
pub(super) fn described(order: &OperatorOrder) -> String {
    match order {
        OperatorOrder::Assign { ticket, agent } => {
            format!("assign ticket {ticket} to agent {agent}")
        }
        OperatorOrder::Lock {
            ticket,
            locked: true,
        } => format!("lock ticket {ticket}"),
        OperatorOrder::Lock {
            ticket,
            locked: false,
        } => format!("unlock ticket {ticket}"),
        OperatorOrder::Release { ticket } => format!("release ticket {ticket}"),
        OperatorOrder::SetResponseUrl { ticket, .. } => {
            format!("set the response URL of ticket {ticket}")
        }
        OperatorOrder::Retry { delivery } => format!("retry delivery {delivery}"),
        OperatorOrder::ReleaseRecorded { delivery, send } => match send {
            true => format!("send recorded delivery {delivery}"),
            false => format!("discard recorded delivery {delivery}"),
        },
        OperatorOrder::Cancel { delivery } => format!("cancel delivery {delivery}"),
        OperatorOrder::Edit(edited) => format!("edit delivery {}", edited.delivery),
        OperatorOrder::Mend {
            ticket,
            system,
            what,
        } => format!("mend {what} of ticket {ticket} at {system}"),
        OperatorOrder::Resume { lane } => format!("resume lane {lane}"),
        OperatorOrder::Pause { system } => format!("pause system {system}"),
        OperatorOrder::Probe { system } => format!("probe system {system}"),
        OperatorOrder::ResumeSystem { system } => format!("resume system {system}"),
    }
}
