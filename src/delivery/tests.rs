//! Delivering on a paused clock, with a store in memory and a courier that does as told.
