//! Questions that the daemon and its operator ask of the store.

pub(super) mod deliveries;
pub(super) mod desk;
pub(super) mod figures;
pub(super) mod lanes;
pub(super) mod links;
pub(super) mod people;
pub(super) mod removal;
pub(super) mod stories;
pub(super) mod tickets;

pub use deliveries::{DeliveryQuery, Unsent};
pub use desk::{DeskFigures, NoticeQuery, NoticeView};
pub use figures::SystemCounts;
pub use lanes::{Conversation, DueLanes, LaneSummary, LaneWork, Overdue, Parcel};
pub use links::{Mirrored, OpenLink};
pub use removal::{Absence, Page};
pub use stories::{DeliveryStory, Story};
pub use tickets::{MessageView, TicketQuery, TicketView};
