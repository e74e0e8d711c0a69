//! Which page comes next.

/// The first page in every other turn, and the others in the turns between, round and round.
#[derive(Debug)]
pub(super) struct Pages {
    last: u64,
    /// Which of the others is next.
    other: u64,
    first_is_next: bool,
    all_were_read: bool,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            last: 1,
            other: 2,
            first_is_next: true,
            all_were_read: false,
        }
    }
}

impl Pages {
    /// The page to ask for.
    pub(super) fn next(&self) -> u64 {
        if self.first_is_next || self.last < 2 {
            1
        } else {
            self.other.min(self.last)
        }
    }

    /// This page was had, and `last` is the number of the last one. Whether that ends a round: every page was read
    /// since the round before.
    pub(super) fn was_read(&mut self, number: u64, last: u64) -> bool {
        self.last = last.max(1);
        let is_over = if number == 1 {
            self.first_is_next = self.last < 2;
            self.last < 2
        } else {
            self.first_is_next = true;
            number >= self.last
        };
        if is_over {
            self.other = 2;
        } else if number > 1 {
            self.other = number + 1;
        }
        self.all_were_read |= is_over;
        is_over
    }

    /// Whether any round is over.
    pub(super) fn all_were_read(&self) -> bool {
        self.all_were_read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pages of so many turns, and after which of them a round was over.
    fn turns(pages: &mut Pages, last: u64, number: usize) -> (Vec<u64>, Vec<usize>) {
        let (mut read, mut over) = (Vec::new(), Vec::new());
        for turn in 0..number {
            let page = pages.next();
            read.push(page);
            if pages.was_read(page, last) {
                over.push(turn);
            }
        }
        (read, over)
    }

    #[test]
    fn the_first_page_takes_turns_with_each_of_the_others() {
        for (last, read, over) in [
            (0, vec![1, 1, 1], vec![0, 1, 2]),
            (1, vec![1, 1, 1], vec![0, 1, 2]),
            (2, vec![1, 2, 1, 2], vec![1, 3]),
            (4, vec![1, 2, 1, 3, 1, 4, 1, 2], vec![5]),
        ] {
            let mut pages = Pages::default();
            assert!(!pages.all_were_read());
            let number = read.len();
            assert_eq!(turns(&mut pages, last, number), (read, over), "{last}");
            assert!(pages.all_were_read());
        }
    }

    #[test]
    fn a_list_that_grows_or_shrinks_is_still_read_whole() {
        let mut pages = Pages::default();
        assert_eq!(turns(&mut pages, 5, 7).0, [1, 2, 1, 3, 1, 4, 1]);
        assert!(!pages.all_were_read());
        // The fifth is not there any more; where it was known, the round is over.
        assert_eq!(pages.next(), 5);
        assert!(pages.was_read(5, 3));
        assert_eq!(turns(&mut pages, 3, 4), (vec![1, 2, 1, 3], vec![3]));
        assert_eq!(turns(&mut pages, 1, 2), (vec![1, 1], vec![0, 1]));
        assert_eq!(turns(&mut pages, 3, 4), (vec![1, 2, 1, 3], vec![3]));
    }

    #[test]
    fn a_page_that_was_not_had_is_asked_for_again() {
        let mut pages = Pages::default();
        turns(&mut pages, 3, 1);
        assert_eq!((pages.next(), pages.next()), (2, 2));
    }
}
