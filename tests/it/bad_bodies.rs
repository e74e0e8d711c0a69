//! Requests as no client should send them, from outside, to the real daemon: each is refused or cut off, never a fault
//! of ours, and whoever is well-behaved notices nothing.

mod content;
mod entrance;
mod framing;
mod headers;
mod slow;
mod target;
mod wire;
