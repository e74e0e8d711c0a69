//! A daemon between all the systems that it knows: each of them hears of everything that is for it, once and in order.

mod back_and_forth;
mod bridges;
mod caught_up;
mod chaos;
mod dry_run;
mod mirrored;
mod remapped;
mod stage;
mod traced;
