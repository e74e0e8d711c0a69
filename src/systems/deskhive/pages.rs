//! Lists that are cut by offset, page by page.

use deskhive_client::{Paging, Place};

/// How many items a page is to have.
pub(super) const PAGE: u64 = 100;

/// The pages of one list, from the first.
#[derive(Debug)]
pub(super) struct Pages {
    next: Option<u64>,
    /// No page after this one is asked for.
    most: u64,
    is_cut: bool,
}

impl Pages {
    pub(super) fn up_to(most: u64) -> Self {
        Self {
            next: Some(1),
            most,
            is_cut: false,
        }
    }

    /// What to ask for next.
    pub(super) fn next(&self) -> Option<Paging> {
        self.next.map(|page| Paging::new(page, PAGE))
    }

    /// `count` entries came, with any `news` among them. Where a list says nothing of pages, another is asked for after
    /// a full one.
    pub(super) fn turn(&mut self, place: &Place, count: usize, has_news: bool) {
        let Some(page) = self.next.take() else {
            return;
        };
        let is_full = u64::try_from(count).unwrap_or(u64::MAX) >= PAGE;
        let goes_on = match (place.last_page, place.has_next) {
            (Some(last), _) => page < last,
            (None, Some(has_next)) => has_next && has_news,
            (None, None) => is_full && has_news,
        };
        if goes_on && page < self.most {
            self.next = Some(page + 1);
        }
        self.is_cut = goes_on && page >= self.most;
    }

    /// Whether there is more than was asked for.
    pub(super) fn is_cut(&self) -> bool {
        self.is_cut
    }
}
