//! What a field becomes in another system: the operator's tables and templates, and an honest word about what is lost.
//!
//! Pure: no clock, no chance, no I/O. Planning and the adapters ask here for every word that the bridge writes by itself.

mod tally;

pub use tally::Tally;
