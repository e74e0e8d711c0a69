//! The bytes of a call, header for header as Ruby's `Net::HTTP` writes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::form_urlencoded::Serializer;

use super::response_url::ResponseUrl;
use super::{Era, NotStored, Ticket, Variation, World, inspect};

/// What every request has first.
const FIRST: &str = "Accept-Encoding: gzip;q=1.0,deflate;q=0.6,identity;q=0.3\r\n\
    Accept: */*\r\n\
    User-Agent: Ruby\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// A call that is ready to be made.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: bool,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl World {
    /// The call that carries a reply to this ticket.
    pub(crate) fn reply_call(&self, ticket: &Ticket, text: &str) -> Result<Call, NotStored> {
        let url = ResponseUrl::parse(&ticket.response_url).map_err(NotStored::BadUrl)?;
        let mut form = Serializer::new(String::new());
        form.append_pair("response_text", text);
        form.append_pair("parent_id", &ticket.external_uid);
        if self.era != Era::B {
            return self.call(&url, "POST", form.finish());
        }
        // Whoever wrote what is replied to, not the agent.
        let (uid, name) = (&ticket.author.external_uid, &ticket.author.username);
        let author = inspect::author(uid, name, self.varies(Variation::Ruby34));
        form.append_pair("author", &author);
        Ok(post_form(&url, form.finish()))
    }

    /// The call that tells of a ticket's deletion.
    pub(crate) fn delete_call(&self, ticket: &Ticket) -> Result<Call, NotStored> {
        if self.era == Era::B {
            return Err(NotStored::NotInThisEra);
        }
        let url = ResponseUrl::parse(&ticket.response_url).map_err(NotStored::BadUrl)?;
        self.call(&url, "DELETE", String::new())
    }

    /// A call by the path alone, on a connection of its own that speaks TLS whatever the scheme.
    fn call(&self, url: &ResponseUrl, method: &str, body: String) -> Result<Call, NotStored> {
        if url.path.is_empty() {
            return Err(NotStored::BadUrl("HTTP request path is empty".to_owned()));
        }
        let tls = url.is_https || !self.varies(Variation::PlainHttp);
        let host = url.host_header(if tls { 443 } else { 80 });
        let mut head = format!("{method} {} HTTP/1.1\r\n{FIRST}", url.path);
        if method == "POST" {
            head.push_str(FORM);
        }
        head.push_str(&format!("Connection: close\r\nHost: {host}\r\n"));
        if method == "POST" {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("\r\n");
        Ok(Call {
            host: url.host.clone(),
            port: url.port,
            tls,
            head,
            body,
        })
    }
}

/// What `Net::HTTP.post_form` makes of a URL and a form.
fn post_form(url: &ResponseUrl, body: String) -> Call {
    let path = match url.path.as_str() {
        "" => "/",
        path => path,
    };
    let target = match &url.query {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let host = url.host_header(if url.is_https { 443 } else { 80 });
    let mut head = format!("POST {target} HTTP/1.1\r\n{FIRST}Host: {host}\r\n{FORM}");
    if let Some(userinfo) = &url.userinfo {
        let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
        let encoded = STANDARD.encode(format!("{user}:{password}"));
        head.push_str(&format!("Authorization: Basic {encoded}\r\n"));
    }
    head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    Call {
        host: url.host.clone(),
        port: url.port,
        tls: url.is_https,
        head,
        body,
    }
}
