//! Planning, as tables of events.
