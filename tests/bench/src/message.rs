//! The requests that are sent: tickets and replies, made from templates so that making them costs next to nothing.

use std::net::SocketAddr;

/// What the daemon is configured with.
pub(crate) const TOKEN: &str = "test-token";
/// SHA-256 of [`TOKEN`].
pub(crate) const TOKEN_SHA256: &str =
    "4c5dc9b7708905f77f5e5d16316b5dfb425e68cb326dcd55a860e90a7707031e";
/// The agent's key.
pub(crate) const KEY: &str = "test-agent-key";
/// SHA-256 of [`KEY`].
pub(crate) const KEY_SHA256: &str =
    "4d25b7920b389a66f0c2f265b145519aa821b431e96eaa7d2927b8e9ef275cdb";

/// Some 200 bytes, as a customer would write.
const TEXT: &str = "Hello, since the update of yesterday evening the app closes as soon as I open my order \
history. I have restarted the phone and installed it anew, and it still happens. What can I do about it?";

/// One author in so many.
const AUTHORS: u64 = 10_000;

/// A ticket's JSON. Every ticket of a run is as long as every other.
pub(crate) fn ticket_body(run: u64, number: u64, response_url: &str) -> String {
    let author = number % AUTHORS;
    format!(
        "{{\"external_uid\":\"run-{run:06}-ticket-{number:010}\",\"content\":\"{TEXT}\",\
         \"response_url\":\"{response_url}\",\
         \"author\":{{\"external_uid\":\"author-{author:06}\",\"username\":\"customer {author:06}\"}},\
         \"created_at\":\"2026-04-04 23:35:27.632879 UTC\",\
         \"personal_access_token\":{{\"name\":\"zapier\",\"token\":\"{TOKEN}\"}}}}"
    )
}

/// A response URL that no benchmark calls.
pub(crate) fn idle_url(number: u64) -> String {
    format!("https://hooks.example.com/hooks/catch/1234567/{number:010}/")
}

/// Writes the request that brings a ticket.
pub(crate) fn ticket_request(address: SocketAddr, body: &str, into: &mut Vec<u8>) {
    request(address, "/brands/acme/external_tickets", "", body, into);
}

/// Writes the request by which the agent replies.
pub(crate) fn reply_request(address: SocketAddr, ticket: u64, mark: u64, into: &mut Vec<u8>) {
    let path = format!("/api/v1/external/tickets/{ticket}/messages");
    let body = format!("{{\"content\":\"{}\"}}", reply_text(mark));
    request(
        address,
        &path,
        &format!("x-api-key: {KEY}\r\n"),
        &body,
        into,
    );
}

/// Writes the request by which the agent closes a ticket.
pub(crate) fn close_request(address: SocketAddr, ticket: u64, into: &mut Vec<u8>) {
    let path = format!("/api/v1/external/tickets/{ticket}/close");
    request(address, &path, &format!("x-api-key: {KEY}\r\n"), "", into);
}

/// Writes the request by which the agent reads what stands at `path`, below the agent API.
pub(crate) fn agent_question(address: SocketAddr, path: &str, into: &mut Vec<u8>) {
    let head = format!(
        "GET /api/v1/external/{path} HTTP/1.1\r\nhost: {address}\r\nuser-agent: ticketbridge-bench\r\n\
         accept: application/json\r\nx-api-key: {KEY}\r\n\r\n"
    );
    into.extend_from_slice(head.as_bytes());
}

/// What stands before a reply's mark.
pub(crate) const MARK: &str = "Reply number ";

/// A reply that can be told from all others.
pub(crate) fn reply_text(mark: u64) -> String {
    format!(
        "{MARK}{mark:010}: thank you for writing to us. Please open the settings, choose the account, and sign in \
         once more; the order history is there again after that."
    )
}

/// The JSON that a response URL gets for such a reply.
pub(crate) fn reply_out(mark: u64) -> String {
    format!(
        "{{\"response_text\":\"{}\",\"author\":{{\"external_uid\":\"3\",\"username\":\"Agent Smith\"}},\
         \"parent_id\":\"run-000000-ticket-{mark:010}\"}}",
        reply_text(mark)
    )
}

fn request(address: SocketAddr, path: &str, more: &str, body: &str, into: &mut Vec<u8>) {
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nuser-agent: ticketbridge-bench\r\naccept: */*\r\n\
         content-type: application/json\r\n{more}content-length: {}\r\n\r\n",
        body.len()
    );
    into.extend_from_slice(head.as_bytes());
    into.extend_from_slice(body.as_bytes());
}
