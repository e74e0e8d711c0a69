//! Tickets at a Qminder: the real daemon between Zapier's end and a strict simulated front desk.

mod alerts;
mod back;
mod chaos;
mod explained;
mod lost;
mod mirrored;
mod quiet;
mod stage;
mod trouble;
