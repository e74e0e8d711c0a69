//! Stores that are filled once, through the daemon's own interfaces, and copied for each run.

use std::fs;
use std::path::Path;
use std::rc::Rc;

use tempfile::TempDir;

use crate::config;
use crate::context::Context;
use crate::daemon::Daemon;
use crate::load::{self, Until};
use crate::message;

const CONNECTIONS: usize = 64;

/// A folder with a store that no daemon holds.
pub(crate) struct Stock {
    folder: TempDir,
    /// The daemon's numbers of the tickets, in order of ours.
    pub(crate) tickets: Vec<u64>,
}

impl Stock {
    /// As many tickets as asked for, of which the first `pending` each have a reply that waits; ticket number n
    /// answers to `url_of(n)`.
    pub(crate) async fn filled(
        context: &Context,
        count: u64,
        pending: u64,
        url_of: impl Fn(u64) -> String + 'static,
    ) -> anyhow::Result<Self> {
        context.progress(&format!(
            "filling a store with {count} tickets and {pending} deliveries that wait"
        ));
        let folder = context.new_folder()?;
        let daemon = context.daemon(folder.path(), config::CLOSED).await?;
        let tickets = take_tickets(&daemon, 0, count, url_of).await?;
        reply_to(&daemon, &tickets[..usize::try_from(pending)?]).await?;
        daemon.stop().await?;
        Ok(Self { folder, tickets })
    }

    /// A copy of it, safe on the disk so that writing it out disturbs nobody later.
    pub(crate) fn copy(&self, context: &Context) -> anyhow::Result<TempDir> {
        copy(context, self.folder.path())
    }
}

/// A copy of a folder's store that no daemon holds.
pub(crate) fn copy(context: &Context, folder: &Path) -> anyhow::Result<TempDir> {
    let copy = context.new_folder()?;
    copy_folder(&folder.join("state"), &copy.path().join("state"))?;
    Ok(copy)
}

/// Brings tickets with numbers from 0 on, and returns the daemon's numbers of them, in order.
pub(crate) async fn take_tickets(
    daemon: &Daemon,
    run: u64,
    count: u64,
    url_of: impl Fn(u64) -> String + 'static,
) -> anyhow::Result<Vec<u64>> {
    let address = daemon.address;
    let request = move |number: u64, into: &mut Vec<u8>| {
        let body = message::ticket_body(run, number, &url_of(number));
        message::ticket_request(address, &body, into);
    };
    let until = Until::Count(count);
    let done = load::closed_loop(address, CONNECTIONS, 0, until, Rc::new(request)).await?;
    Ok(done.ids)
}

/// Lets the agent reply to each ticket once; the reply's mark is the ticket's place in the list.
pub(crate) async fn reply_to(daemon: &Daemon, tickets: &[u64]) -> anyhow::Result<()> {
    let until = Until::Count(tickets.len() as u64);
    let request = reply_requests(daemon, tickets);
    load::closed_loop(daemon.address, CONNECTIONS, 0, until, request).await?;
    Ok(())
}

/// Lets the agent close each ticket.
pub(crate) async fn close(daemon: &Daemon, tickets: &[u64]) -> anyhow::Result<()> {
    let (address, tickets) = (daemon.address, tickets.to_vec());
    let until = Until::Count(tickets.len() as u64);
    let request = move |number: u64, into: &mut Vec<u8>| {
        let ticket = usize::try_from(number)
            .ok()
            .and_then(|place| tickets.get(place));
        message::close_request(address, ticket.copied().unwrap_or_default(), into);
    };
    load::closed_loop(address, CONNECTIONS, 0, until, Rc::new(request)).await?;
    Ok(())
}

/// Requests that reply to each ticket in turn.
pub(crate) fn reply_requests(daemon: &Daemon, tickets: &[u64]) -> load::Request<'static> {
    let (address, tickets) = (daemon.address, tickets.to_vec());
    Rc::new(move |number, into| {
        let ticket = usize::try_from(number)
            .ok()
            .and_then(|place| tickets.get(place));
        message::reply_request(address, ticket.copied().unwrap_or_default(), number, into);
    })
}

fn copy_folder(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let into = to.join(entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_folder(&entry.path(), &into)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &into)?;
            fs::File::open(&into)?.sync_all()?;
        }
    }
    Ok(())
}
