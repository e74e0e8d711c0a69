//! What differs between the daemon and the systems that it mirrors to: told, healed, and then not there any more.

mod desk;
mod helpdesk;
mod offline;
mod probed;
mod stage;
mod unmade;
