//! The store, attacked.
