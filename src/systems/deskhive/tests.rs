//! Deliveries to a DeskHive, and looks at it.
