//! The load: requests over kept connections, each sent as soon as the one before is answered, or at fixed times.
//!
//! It must cost much less than what it drives: one thread, one write and one read per request.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep_until};

use crate::clock;
use crate::wire;

/// Writes the request of that number.
pub(crate) type Request<'a> = Rc<dyn Fn(u64, &mut Vec<u8>) + 'a>;

/// When a closed loop ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Until {
    /// After a warm-up that does not count, for so long.
    Time(Duration, Duration),
    /// After so many requests.
    Count(u64),
}

/// What a closed loop found.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// Requests that counted.
    pub(crate) count: u64,
    /// For how long they counted.
    pub(crate) seconds: f64,
    /// How long each took.
    pub(crate) took: Vec<Duration>,
    /// The first number that was not used.
    pub(crate) next: u64,
    /// What the answers named as `"id"`, by the request's number from the first one on; only with a count.
    pub(crate) ids: Vec<u64>,
}

impl Done {
    /// Requests per second.
    pub(crate) fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        let count = self.count as f64;
        count / self.seconds
    }
}

struct Shared {
    address: SocketAddr,
    request: Request<'static>,
    next: Cell<u64>,
    end: Cell<u64>,
    begins: Instant,
    ends: Option<Instant>,
    first: u64,
    took: RefCell<Vec<Duration>>,
    ids: RefCell<Vec<u64>>,
}

/// Sends requests numbered from `first` on, over so many connections. Every answer must be a 2xx.
pub(crate) async fn closed_loop(
    address: SocketAddr,
    connections: usize,
    first: u64,
    until: Until,
    request: Request<'static>,
) -> anyhow::Result<Done> {
    let now = Instant::now();
    let (begins, ends, end) = match until {
        Until::Time(warm_up, time) => (now + warm_up, Some(now + warm_up + time), u64::MAX),
        Until::Count(count) => (now, None, first + count),
    };
    let ids = match until {
        Until::Time(..) => Vec::new(),
        Until::Count(count) => vec![0; usize::try_from(count)?],
    };
    let shared = Rc::new(Shared {
        address,
        request,
        next: Cell::new(first),
        end: Cell::new(end),
        begins,
        ends,
        first,
        took: RefCell::default(),
        ids: RefCell::new(ids),
    });
    let local = LocalSet::new();
    let tasks: Vec<_> = (0..connections)
        .map(|_| local.spawn_local(one_after_the_other(Rc::clone(&shared))))
        .collect();
    local
        .run_until(async {
            for task in tasks {
                task.await??;
            }
            anyhow::Ok(())
        })
        .await?;
    let took = shared.took.take();
    Ok(Done {
        count: took.len() as u64,
        seconds: (ends.unwrap_or_else(Instant::now) - begins).as_secs_f64(),
        took,
        next: shared.next.get(),
        ids: shared.ids.take(),
    })
}

async fn one_after_the_other(shared: Rc<Shared>) -> anyhow::Result<()> {
    let mut connection = Connection::to(shared.address).await?;
    loop {
        let began = Instant::now();
        let number = shared.next.get();
        if number >= shared.end.get() || shared.ends.is_some_and(|ends| began >= ends) {
            return Ok(());
        }
        shared.next.set(number + 1);
        let id = connection
            .call(|into| (shared.request)(number, into))
            .await?;
        let ended = Instant::now();
        if ended >= shared.begins && shared.ends.is_none_or(|ends| ended < ends) {
            shared.took.borrow_mut().push(ended - began);
        }
        let place = usize::try_from(number - shared.first)?;
        if let Some(place) = shared.ids.borrow_mut().get_mut(place) {
            *place = id.context("an answer names no id")?;
        }
    }
}

/// When an open loop's request was to be sent, and when its answer was there; by the shared clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paced {
    pub(crate) number: u64,
    pub(crate) due: u64,
    pub(crate) answered: u64,
}

/// Sends `count` requests at a fixed rate, whether or not earlier ones are answered, over at most so many
/// connections. What waits for a connection is late by the clock of its own due time, so nothing is omitted.
pub(crate) async fn open_loop(
    address: SocketAddr,
    connections: usize,
    per_second: f64,
    count: u64,
    request: Request<'static>,
) -> anyhow::Result<Vec<Paced>> {
    let local = LocalSet::new();
    let next = Rc::new(Cell::new(0));
    let done = Rc::new(RefCell::new(Vec::new()));
    let (began, began_ns) = (Instant::now(), clock::now_ns());
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let (next, done, request) = (Rc::clone(&next), Rc::clone(&done), Rc::clone(&request));
            local.spawn_local(async move {
                let mut connection = Connection::to(address).await?;
                loop {
                    let number = next.get();
                    if number >= count {
                        return anyhow::Ok(());
                    }
                    next.set(number + 1);
                    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
                    let offset = Duration::from_secs_f64(number as f64 / per_second);
                    sleep_until(began + offset).await;
                    connection.call(|into| request(number, into)).await?;
                    done.borrow_mut().push(Paced {
                        number,
                        due: began_ns + u64::try_from(offset.as_nanos())?,
                        answered: clock::now_ns(),
                    });
                }
            })
        })
        .collect();
    local
        .run_until(async {
            for task in tasks {
                task.await??;
            }
            anyhow::Ok(())
        })
        .await?;
    Ok(done.take())
}

/// One kept connection.
struct Connection {
    stream: TcpStream,
    out: Vec<u8>,
    read: Vec<u8>,
}

impl Connection {
    async fn to(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await;
        let stream = stream.with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            out: Vec::with_capacity(2048),
            read: Vec::with_capacity(4096),
        })
    }

    /// Sends one request and waits for its answer; the `"id"` in it.
    async fn call(&mut self, request: impl FnOnce(&mut Vec<u8>)) -> anyhow::Result<Option<u64>> {
        self.out.clear();
        request(&mut self.out);
        self.stream.write_all(&self.out).await?;
        self.read.clear();
        let framed = wire::read_message(&mut self.stream, &mut self.read).await?;
        let framed = framed.context("the connection was closed instead of an answer")?;
        let status = wire::status(&self.read);
        let body = &self.read[framed.head..framed.whole];
        if !(200..300).contains(&status) {
            bail!("answered {status}: {}", String::from_utf8_lossy(body));
        }
        Ok(wire::number_after(body, b"\"id\":"))
    }
}

/// Asks with GET and returns the status and the body.
pub(crate) async fn get(address: SocketAddr, path: &str) -> anyhow::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    let framed = wire::read_message(&mut stream, &mut answer).await?;
    let framed = framed.context("the connection was closed instead of an answer")?;
    let body = String::from_utf8_lossy(&answer[framed.head..framed.whole]).into_owned();
    Ok((wire::status(&answer), body))
}
