//! What shelves count, and what else they keep.

use crate::model::{
    AgentId, MessageId, News, Notice, NoticeId, NoticeKind, Priority, Status, Ticket, TicketId,
    Time,
};

use super::keys::number_at;
use super::shelf::Item;

/// What lists of tickets filter on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TicketTraits {
    pub(super) status: Status,
    pub(super) priority: Priority,
    pub(super) department: Option<u64>,
}

/// What decides whether an agent is told of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoticeTraits {
    pub(super) kind: NoticeKind,
    /// Whose doing it is; the doer is not told.
    pub(super) by: Option<AgentId>,
}

fn place<T: PartialEq>(all: &[T], one: &T) -> u8 {
    let place = all.iter().position(|other| other == one);
    place
        .and_then(|place| u8::try_from(place).ok())
        .unwrap_or(u8::MAX)
}

impl TicketTraits {
    pub(super) fn of(ticket: &Ticket) -> Self {
        Self {
            status: ticket.status,
            priority: ticket.priority,
            department: ticket.department,
        }
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = vec![
            place(Status::ALL, &self.status),
            place(Priority::ALL, &self.priority),
        ];
        bytes.extend_from_slice(&self.department.unwrap_or(0).to_be_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self {
            status: *Status::ALL.get(usize::from(*bytes.first()?))?,
            priority: *Priority::ALL.get(usize::from(*bytes.get(1)?))?,
            department: number_at(bytes, 2).filter(|department| *department != 0),
        })
    }
}

impl NoticeTraits {
    pub(super) fn of(notice: &Notice) -> Self {
        Self {
            kind: notice.news.kind(),
            by: notice.news.by(),
        }
    }

    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = vec![place(NoticeKind::ALL, &self.kind)];
        bytes.extend_from_slice(&self.by.map_or(0, |agent| agent.0).to_be_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self {
            kind: *NoticeKind::ALL.get(usize::from(*bytes.first()?))?,
            by: number_at(bytes, 1).filter(|agent| *agent != 0).map(AgentId),
        })
    }
}

/// As a shelf keeps it: traits; ticket, time, and the message or the status.
pub(super) fn item_of(notice: &Notice) -> Item {
    let mut rest = notice.ticket.0.to_be_bytes().to_vec();
    rest.extend_from_slice(&notice.at.as_micros().to_be_bytes());
    match notice.news {
        News::Assigned => {}
        News::Wrote { message } => rest.extend_from_slice(&message.0.to_be_bytes()),
        News::Status { now, .. } => rest.push(place(Status::ALL, &now)),
    }
    Item {
        traits: NoticeTraits::of(notice).to_bytes(),
        rest,
    }
}

pub(super) fn notice_from(number: u64, item: &[u8]) -> Option<Notice> {
    const TICKET: usize = 9;
    const MORE: usize = TICKET + 16;
    let traits = NoticeTraits::from_bytes(item)?;
    let news = match traits.kind {
        NoticeKind::Assigned => News::Assigned,
        NoticeKind::Wrote => News::Wrote {
            message: MessageId(number_at(item, MORE)?),
        },
        NoticeKind::Status => News::Status {
            now: *Status::ALL.get(usize::from(*item.get(MORE)?))?,
            by: traits.by,
        },
    };
    Some(Notice {
        id: NoticeId(number),
        ticket: TicketId(number_at(item, TICKET)?),
        at: Time::from_micros(number_at(item, TICKET + 8)?.cast_signed()),
        news,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traits_read_back() {
        for status in Status::ALL {
            for priority in Priority::ALL {
                for department in [None, Some(7)] {
                    let traits = TicketTraits {
                        status: *status,
                        priority: *priority,
                        department,
                    };
                    assert_eq!(TicketTraits::from_bytes(&traits.to_bytes()), Some(traits));
                }
            }
        }
    }

    #[test]
    fn notices_read_back() {
        let by = Some(AgentId(3));
        let (now, message) = (Status::OnHold, MessageId(u64::MAX));
        for news in [
            News::Assigned,
            News::Wrote { message },
            News::Status { now, by },
            News::Status { now, by: None },
        ] {
            let notice = Notice {
                id: NoticeId(9),
                ticket: TicketId(17),
                at: Time::from_micros(-5),
                news,
            };
            let item = item_of(&notice);
            let bytes = [item.traits, item.rest].concat();
            assert_eq!(notice_from(9, &bytes), Some(notice));
            assert_eq!(notice_from(9, &bytes[..8]), None);
        }
    }
}
