//! What was ordered to go wrong and has not happened, in the order of ordering.

#[derive(Debug)]
struct Order<T, F> {
    /// None for everything.
    about: Option<T>,
    fault: F,
    left: usize,
}

/// Faults that were ordered and have not happened.
#[derive(Debug)]
pub(crate) struct Orders<T, F>(Vec<Order<T, F>>);

impl<T, F> Default for Orders<T, F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, F: Clone> Orders<T, F> {
    pub(crate) fn order(&mut self, about: Option<T>, fault: F, times: usize) {
        self.0.push(Order {
            about,
            fault,
            left: times,
        });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What goes wrong next with that which this holds for.
    pub(crate) fn next(&mut self, is_it: impl Fn(&T) -> bool) -> Option<F> {
        let mut orders = self.0.iter_mut().filter(|order| order.left > 0);
        let order = orders.find(|order| order.about.as_ref().is_none_or(&is_it))?;
        order.left -= 1;
        Some(order.fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_happen_in_their_order_and_as_often_as_was_said() {
        let mut faults = Orders::default();
        faults.order(None, "never", 0);
        faults.order(Some('a'), "garbage", 2);
        faults.order(None, "hang", 1);
        let mut next = |about: char| faults.next(|each| *each == about);
        assert_eq!(next('a'), Some("garbage"));
        assert_eq!(next('b'), Some("hang"));
        assert_eq!(next('b'), None);
        assert_eq!(next('a'), Some("garbage"));
        assert_eq!(next('a'), None);
        faults.order(None, "reset", 1);
        faults.clear();
        assert_eq!(faults.next(|_| true), None);
    }
}
