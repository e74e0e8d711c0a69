//! ticketbridge carries support tickets and their replies between ticket systems and loses none.

pub mod settings;
