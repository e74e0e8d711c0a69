//! Threads for calls alone.
//!
//! What a receiver sends is read and parsed for as long as more of it is there: an endless row of informational
//! answers, for one, keeps a thread busy until the time for the call is up. Looking a name up waits in a thread, and
//! so does reading a parcel from the disk. None of them may take a thread from intake, from other questions to the
//! store, or from the dispatcher.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// More than there are processors, so that the system shares them out where a receiver keeps some of them busy.
const THREADS: usize = 16;

/// There until it is dropped. Calls that are under way then end, and nobody waits for them.
pub struct CallThreads(Option<Runtime>);

impl CallThreads {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("calls")
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Where calls are begun.
    pub fn handle(&self) -> Handle {
        let runtime = self.0.as_ref().expect("it is there until the drop");
        runtime.handle().clone()
    }
}

impl Drop for CallThreads {
    fn drop(&mut self) {
        // Waiting for what is left is not possible on a thread of a runtime.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_call_that_keeps_its_thread_busy_leaves_the_others_to_the_daemon() {
        let threads = CallThreads::start().unwrap();
        let (began, begun) = std::sync::mpsc::channel();
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let call = threads.handle().spawn(async move {
            began.send(thread::current().id()).unwrap();
            // As a parser that finds more and more to parse.
            ended.recv().unwrap();
        });
        // This test has one thread, which is free although the call is not over.
        let there = begun.recv_timeout(Duration::from_secs(30)).unwrap();
        assert_ne!(there, thread::current().id());
        end.send(()).unwrap();
        call.await.unwrap();
    }

    #[tokio::test]
    async fn what_is_under_way_ends_with_the_threads() {
        let threads = CallThreads::start().unwrap();
        let (began, begun) = oneshot::channel();
        let (held, gone) = oneshot::channel::<()>();
        threads.handle().spawn(async move {
            let _held = held;
            began.send(()).unwrap();
            std::future::pending::<()>().await;
        });
        begun.await.unwrap();
        drop(threads);
        assert!(gone.await.is_err(), "what the call held is gone with it");
    }
}
