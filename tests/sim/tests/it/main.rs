//! The peers over real sockets, seen by a client that takes nothing for granted.

#![allow(clippy::unwrap_used, reason = "everything here is a test")]

mod answers;
mod broken;
mod by_hand;
mod client;
mod collector;
mod command;
mod demo;
mod deskhive;
mod holding;
mod qminder;
mod reading;
mod recording;
mod respondo;
mod rude;
mod waiting;
mod zapier;
