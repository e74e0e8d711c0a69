//! A receiver that costs little: takes replies on every loopback address at one port, notes when each came and
//! answers at once as Zapier does, or never.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::LocalSet;

use super::Helper;
use crate::clock;
use crate::message::MARK;
use crate::wire;

/// As Zapier acknowledges.
const ACCEPTED: &str =
    r#"{"attempt":"0190f3c4-0000-7000-8000-000000000000","request_id":"r-1","status":"success"}"#;

fn accepted() -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{ACCEPTED}",
        ACCEPTED.len()
    )
    .into_bytes()
}

/// What a receiver can be told.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// Forget what came.
    Forget,
    /// Answer nobody from now on; keep the connections.
    Hang(bool),
    /// Answer this once so many came.
    Wait(usize),
    /// All that came, in order.
    Tell,
}

/// One reply that came.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Arrival {
    /// By the shared clock, in nanoseconds.
    pub(crate) at: u64,
    /// Its number.
    pub(crate) mark: u64,
    /// The address that it came to.
    pub(crate) host: u32,
}

struct Book {
    arrivals: RefCell<Vec<Arrival>>,
    count: watch::Sender<usize>,
    hangs: watch::Sender<bool>,
}

pub(super) async fn run(port: u16) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
    super::answer(&listener.local_addr()?.port())?;
    let book = Rc::new(Book {
        arrivals: RefCell::default(),
        count: watch::Sender::new(0),
        hangs: watch::Sender::new(false),
    });
    let local = LocalSet::new();
    let serving = Rc::clone(&book);
    local.spawn_local(async move {
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                let book = Rc::clone(&serving);
                // How a connection ends is the sender's affair.
                tokio::task::spawn_local(async move { drop(serve(stream, &book).await) });
            }
        }
    });
    local.run_until(obey(&book)).await
}

async fn obey(book: &Book) -> anyhow::Result<()> {
    let mut orders = super::orders();
    while let Some(line) = orders.next_line().await? {
        match serde_json::from_str(&line)? {
            Order::Forget => {
                book.arrivals.borrow_mut().clear();
                book.count.send_replace(0);
                super::answer(&0)?;
            }
            Order::Hang(hangs) => {
                book.hangs.send_replace(hangs);
                super::answer(&0)?;
            }
            Order::Wait(count) => {
                let reached = *book.count.subscribe().wait_for(|now| *now >= count).await?;
                super::answer(&reached)?;
            }
            Order::Tell => super::answer(&*book.arrivals.borrow())?,
        }
    }
    Ok(())
}

async fn serve(mut stream: TcpStream, book: &Book) -> anyhow::Result<()> {
    stream.set_nodelay(true)?;
    let host = match stream.local_addr()?.ip() {
        std::net::IpAddr::V4(address) => address.to_bits(),
        std::net::IpAddr::V6(_) => 0,
    };
    let accepted = accepted();
    let mut hangs = book.hangs.subscribe();
    let mut buffer = Vec::with_capacity(2048);
    while let Some(framed) = wire::read_message(&mut stream, &mut buffer).await? {
        let at = clock::now_ns();
        let mark = wire::number_after(&buffer[framed.head..framed.whole], MARK.as_bytes());
        hangs.wait_for(|hangs| !hangs).await?;
        let count = {
            let mut arrivals = book.arrivals.borrow_mut();
            arrivals.push(Arrival {
                at,
                mark: mark.unwrap_or(u64::MAX),
                host,
            });
            arrivals.len()
        };
        book.count.send_replace(count);
        stream.write_all(&accepted).await?;
        buffer.drain(..framed.whole);
    }
    Ok(())
}

/// A receiver in a process of its own.
pub(crate) struct Receiver {
    helper: Helper,
    pub(crate) port: u16,
}

impl Receiver {
    /// At any port.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        Self::start_at(0).await
    }

    /// At this port.
    pub(crate) async fn start_at(port: u16) -> anyhow::Result<Self> {
        let mut helper = Helper::start(&["receiver", "--port", &port.to_string()])?;
        let port = helper.hear().await?;
        Ok(Self { helper, port })
    }

    pub(crate) async fn forget(&mut self) -> anyhow::Result<()> {
        self.helper.ask::<usize>(&Order::Forget).await.map(drop)
    }

    pub(crate) async fn hang(&mut self, hangs: bool) -> anyhow::Result<()> {
        self.helper
            .ask::<usize>(&Order::Hang(hangs))
            .await
            .map(drop)
    }

    /// Returns once so many came.
    pub(crate) async fn wait_for(&mut self, count: usize) -> anyhow::Result<()> {
        self.helper
            .ask::<usize>(&Order::Wait(count))
            .await
            .map(drop)
    }

    /// What came, by time.
    pub(crate) async fn arrivals(&mut self) -> anyhow::Result<Vec<Arrival>> {
        let mut arrivals: Vec<Arrival> = self.helper.ask(&Order::Tell).await?;
        arrivals.sort_by_key(|arrival| arrival.at);
        Ok(arrivals)
    }
}

/// The arrivals of each host, by time.
pub(crate) fn by_host(arrivals: &[Arrival]) -> HashMap<u32, Vec<u64>> {
    let mut hosts: HashMap<u32, Vec<u64>> = HashMap::new();
    for arrival in arrivals {
        hosts.entry(arrival.host).or_default().push(arrival.at);
    }
    hosts
}

/// The response URL of that number at a receiver: so many hosts in turn, each with its own URLs.
pub(crate) fn url(port: u16, hosts: u64, urls: u64, number: u64) -> String {
    let lane = number % urls;
    let host = lane % hosts;
    format!(
        "http://127.1.{}.{}:{port}/hooks/catch/{:07}/",
        host / 250,
        host % 250 + 1,
        lane
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_as_long_as_it_says_so_that_connections_are_kept() {
        let answer = accepted();
        let framed = wire::frame(&answer).unwrap();
        assert_eq!(framed.whole, answer.len());
    }

    #[test]
    fn urls_take_turns_over_hosts_and_each_has_one() {
        let urls: std::collections::BTreeSet<_> = (0..300).map(|n| url(80, 10, 100, n)).collect();
        assert_eq!(urls.len(), 100);
        assert_eq!(
            url(80, 10, 100, 13),
            "http://127.1.0.4:80/hooks/catch/0000013/"
        );
    }
}
