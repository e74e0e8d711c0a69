//! Calls on threads of their own.
//!
//! What a receiver sends is read and parsed for as long as more of it is there: an endless row of informational
//! answers, for one, keeps a thread busy until the time for the call is up. Looking names up waits in threads as well.
//! Neither may take a thread from intake, the store's questions or the dispatcher. It must never hold work that does
//! not belong to a call.

use std::io;
use std::panic::resume_unwind;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio_util::task::AbortOnDropHandle;

use crate::model::Class;
use crate::store::Parcel;

use super::{Courier, Delivering, Report};

/// More than there are processors, so that the system shares them out where a receiver keeps some of them busy.
const THREADS: usize = 16;

/// A courier whose calls run on threads of their own, and end where nobody waits for them any more.
pub struct OwnThreads {
    courier: Arc<dyn Courier>,
    /// There until it is dropped.
    runtime: Option<Runtime>,
}

impl OwnThreads {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn start(courier: Arc<dyn Courier>) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("calls")
            .enable_all()
            .build()?;
        Ok(Self {
            courier,
            runtime: Some(runtime),
        })
    }
}

impl Courier for OwnThreads {
    fn deliver(&self, parcel: Parcel, webhook_id: String) -> Delivering<'_> {
        let courier = Arc::clone(&self.courier);
        let runtime = self.runtime.as_ref().expect("it is there until the drop");
        let call = runtime.spawn(async move { courier.deliver(parcel, webhook_id).await });
        let call = AbortOnDropHandle::new(call);
        Box::pin(async move {
            match call.await {
                Ok(report) => report,
                Err(error) => match error.try_into_panic() {
                    Ok(panic) => resume_unwind(panic),
                    Err(_) => Report::unanswered(
                        Class::Unknown,
                        "the daemon stopped while the call was under way",
                        None,
                    ),
                },
            }
        })
    }
}

impl Drop for OwnThreads {
    fn drop(&mut self) {
        // Waiting for what is left is not possible here, and nobody waits for it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use tokio::sync::mpsc;

    use super::*;
    use crate::systems::tests::parcel;

    /// Calls whatever it is given.
    struct By<F>(F);

    impl<F, C> Courier for By<F>
    where
        F: Fn() -> C + Send + Sync,
        C: Future<Output = Report> + Send + 'static,
    {
        fn deliver(&self, _: Parcel, _: String) -> Delivering<'_> {
            Box::pin((self.0)())
        }
    }

    fn ok() -> Report {
        Report::unanswered(Class::Ok, "", None)
    }

    #[tokio::test]
    async fn a_call_that_keeps_its_thread_busy_leaves_the_others_to_the_daemon() {
        let (here, (began, begun)) = (thread::current().id(), std::sync::mpsc::channel());
        let (end, ended) = std::sync::mpsc::channel::<()>();
        let ended = Arc::new(std::sync::Mutex::new(ended));
        let threads = OwnThreads::start(Arc::new(By(move || {
            let (began, ended) = (began.clone(), Arc::clone(&ended));
            async move {
                began.send(thread::current().id()).unwrap();
                // As a parser that finds more and more to parse.
                ended.lock().unwrap().recv().unwrap();
                ok()
            }
        })))
        .unwrap();
        let call = threads.deliver(parcel("http://127.0.0.1/"), "id".to_owned());
        // This test has one thread, which is free although the call is not over.
        let there = begun.recv_timeout(Duration::from_secs(30)).unwrap();
        assert_ne!(there, here);
        end.send(()).unwrap();
        assert_eq!(call.await.class, Class::Ok);
    }

    #[tokio::test]
    async fn a_call_that_nobody_waits_for_ends() {
        let (begun, mut gone) = mpsc::channel::<()>(1);
        let begun = std::sync::Mutex::new(Some(begun));
        let threads = OwnThreads::start(Arc::new(By(move || {
            let begun = begun.lock().unwrap().take().unwrap();
            async move {
                begun.send(()).await.unwrap();
                std::future::pending().await
            }
        })))
        .unwrap();
        let call = threads.deliver(parcel("http://127.0.0.1/"), "id".to_owned());
        assert!(gone.recv().await.is_some(), "it has begun");
        drop(call);
        assert!(gone.recv().await.is_none(), "its sender is gone with it");
    }

    #[tokio::test]
    #[should_panic(expected = "the adapter is broken")]
    async fn a_panic_is_the_callers_to_handle() {
        let threads =
            OwnThreads::start(Arc::new(By(|| async { panic!("the adapter is broken") }))).unwrap();
        threads
            .deliver(parcel("http://127.0.0.1/"), "id".to_owned())
            .await;
    }
}
