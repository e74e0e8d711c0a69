//! What may be removed, and what is known of what was.

use crate::model::{DeliveryId, MessageId, NoticeLeaf, Remembered, TicketId, Time};
use crate::store::read::{Absence, Page, people, removal, tickets};
use crate::store::{ReadError, Store};

impl Store {
    /// A page of the tickets from `from` on that are closed and at rest since `until` or longer. Tickets that arrived
    /// later are not looked at, however many there are.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn resting_tickets(
        &self,
        from: TicketId,
        until: Time,
    ) -> Result<Page<TicketId>, ReadError> {
        self.ask(move |rows| removal::resting_tickets(rows, from, until))
            .await
    }

    /// The same of deliveries that ended.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn resting_deliveries(
        &self,
        from: DeliveryId,
        until: Time,
    ) -> Result<Page<DeliveryId>, ReadError> {
        self.ask(move |rows| removal::resting_deliveries(rows, from, until))
            .await
    }

    /// The first removed tickets of which something is left.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn unswept(&self) -> Result<Vec<TicketId>, ReadError> {
        self.ask(removal::unswept).await
    }

    /// The first of what is remembered since `until` or longer, oldest first.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn lapsed(&self, until: Time) -> Result<Vec<Remembered>, ReadError> {
        self.ask(move |rows| removal::lapsed(rows, until)).await
    }

    /// Notices of tickets that are not there any more, and where to look on; with `until`, only among those of up to
    /// then.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn stale_notices(
        &self,
        from: Option<Vec<u8>>,
        until: Option<Time>,
    ) -> Result<(Vec<NoticeLeaf>, Option<Vec<u8>>), ReadError> {
        self.ask(move |rows| removal::stale_notices(rows, from, until))
            .await
    }

    /// Why there is no ticket of this number.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn absence(&self, id: TicketId) -> Result<Absence, ReadError> {
        self.ask(move |rows| removal::absence(rows, id)).await
    }

    /// The tickets in which something went by `uid` before it was removed, in any brand that has tickets or in `more`.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn departed(
        &self,
        uid: String,
        more: Vec<String>,
    ) -> Result<Vec<TicketId>, ReadError> {
        self.ask(move |rows| {
            let mut brands = tickets::brands(rows)?;
            brands.extend(more);
            removal::departed(rows, &brands, &uid)
        })
        .await
    }

    /// A page of the tickets that a person opened, in `brand` or anywhere.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn tickets_by(
        &self,
        author: String,
        brand: Option<String>,
        from: TicketId,
    ) -> Result<Page<TicketId>, ReadError> {
        self.ask(move |rows| people::tickets_by(rows, &author, brand.as_deref(), from))
            .await
    }

    /// A page of the messages that a person sent, in any brand, whosever tickets they stand in.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn messages_by(
        &self,
        author: String,
        from: (TicketId, MessageId),
    ) -> Result<Page<(TicketId, MessageId)>, ReadError> {
        self.ask(move |rows| people::messages_by(rows, &author, from))
            .await
    }

    /// The brands in which somebody is known as an author.
    ///
    /// # Errors
    ///
    /// See [`ReadError`].
    pub async fn brands_of(&self, author: String) -> Result<Vec<String>, ReadError> {
        self.ask(move |rows| people::brands_of(rows, &author)).await
    }

    /// Writes one row behind everybody's back, for tests of what is damaged.
    #[cfg(test)]
    pub(crate) fn plant(&self, key: Vec<u8>, value: &[u8]) {
        let batch = [(key, Some(value.to_vec()))].into();
        self.0.rows.apply(batch).expect("rows in memory");
    }

    /// Everything that every row says, for tests that look for what must not be there.
    #[cfg(test)]
    pub(crate) fn readable_rows(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        use crate::store::rows::{Read as _, Scan};
        let all = Scan {
            from: Vec::new(),
            to: vec![u8::MAX; 8],
            backwards: false,
            limit: usize::MAX,
        };
        self.0.rows.scan(&all).unwrap_or_default()
    }
}
