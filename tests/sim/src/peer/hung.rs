//! Requests that nothing is done about until a test releases them.

use tokio::sync::oneshot;

use super::{Play, Request};

#[derive(Debug, Default)]
pub(crate) struct Hung(Vec<oneshot::Sender<()>>);

impl Hung {
    pub(crate) fn hang(&mut self, place: usize, request: Request) -> Play {
        let (release, released) = oneshot::channel();
        self.0.push(release);
        Play::Hang(released, place, request)
    }

    /// Lets the requests that hang be answered, and says how many there were.
    pub(crate) fn release(&mut self) -> usize {
        let hung = self.0.drain(..);
        hung.filter_map(|each| each.send(()).ok()).count()
    }
}
