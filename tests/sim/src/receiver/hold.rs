//! Requests whose answers wait for a test's word.

use std::collections::VecDeque;

use tokio::sync::oneshot;

/// Requests that wait for a release, the oldest first, or releases that wait for requests.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: VecDeque<oneshot::Sender<()>>,
    ahead: usize,
}

impl Queue {
    /// Joins the queue; a message says that the wait is over.
    pub(crate) fn join(&mut self) -> oneshot::Receiver<()> {
        let (release, released) = oneshot::channel();
        self.waiting.push_back(release);
        if self.ahead > 0 {
            self.ahead -= 1;
            self.release(1);
        }
        released
    }

    /// Lets the oldest go. A request whose client has gone takes no release.
    pub(crate) fn release(&mut self, count: usize) {
        for _ in 0..count {
            loop {
                match self.waiting.pop_front().map(|oldest| oldest.send(())) {
                    Some(Ok(())) => break,
                    Some(Err(())) => {}
                    None => {
                        self.ahead += 1;
                        break;
                    }
                }
            }
        }
    }

    /// How many wait whose client is still there.
    pub(crate) fn len(&self) -> usize {
        self.waiting.iter().filter(|each| !each.is_closed()).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first_and_those_who_left_take_no_release() {
        let mut queue = Queue::default();
        let mut first = queue.join();
        drop(queue.join());
        let (mut third, mut fourth) = (queue.join(), queue.join());
        assert_eq!(queue.len(), 3);
        queue.release(2);
        assert_eq!((first.try_recv(), third.try_recv()), (Ok(()), Ok(())));
        assert!(fourth.try_recv().is_err());
        assert_eq!(queue.len(), 1);
    }

    #[test]
    fn a_release_may_come_before_its_request() {
        let mut queue = Queue::default();
        queue.release(1);
        let (mut first, mut second) = (queue.join(), queue.join());
        assert_eq!(first.try_recv(), Ok(()));
        assert!(second.try_recv().is_err());
    }
}
