//! A response URL taken apart as Ruby's `URI` does, which changes nothing in it.

/// The parts of a URL that is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResponseUrl {
    pub(crate) is_https: bool,
    /// As written, before the last `@` of the authority.
    pub(crate) userinfo: Option<String>,
    /// Without brackets, if it is an IPv6 address.
    pub(crate) host: String,
    pub(crate) port: u16,
    /// As written; may be empty.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
}

impl ResponseUrl {
    /// Reads a URL, or says why Ruby would not.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let is_forbidden = |byte: u8| !byte.is_ascii_graphic() || br#""<>\^`{|}"#.contains(&byte);
        if text.bytes().any(is_forbidden) {
            return Err("bad URI(is not URI?)".to_owned());
        }
        let (scheme, rest) = text.split_once("://").ok_or("not an HTTP URI")?;
        let is_https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err("not an HTTP URI".to_owned()),
        };
        let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
        let (rest, query) = match rest.split_once('?') {
            Some((before, query)) => (before, Some(query.to_owned())),
            None => (rest, None),
        };
        let path_at = rest.find('/').unwrap_or(rest.len());
        let (authority, path) = rest.split_at(path_at);
        let (userinfo, address) = match authority.rsplit_once('@') {
            Some((userinfo, address)) => (Some(userinfo.to_owned()), address),
            None => (None, authority),
        };
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (address, ""),
        };
        let usual = if is_https { 443 } else { 80 };
        let port = match port {
            "" => usual,
            digits => digits.parse().map_err(|_| "bad URI(is not URI?)")?,
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            return Err("no host component for URI".to_owned());
        }
        Ok(Self {
            is_https,
            userinfo,
            host: host.to_owned(),
            port,
            path: path.to_owned(),
            query,
        })
    }

    /// The host as a header has it: with the port, unless that is this one.
    pub(crate) fn host_header(&self, usual_port: u16) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        match self.port {
            port if port == usual_port => host,
            port => format!("{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_changed_in_a_url() {
        let url = ResponseUrl::parse("HTTP://u:p%40@Host:81/a/../b%2f?q=1#f").unwrap();
        let expected = ResponseUrl {
            is_https: false,
            userinfo: Some("u:p%40".to_owned()),
            host: "Host".to_owned(),
            port: 81,
            path: "/a/../b%2f".to_owned(),
            query: Some("q=1".to_owned()),
        };
        assert_eq!(url, expected);
        let bare = ResponseUrl::parse("https://response_url.com").unwrap();
        assert_eq!((bare.port, bare.path.as_str()), (443, ""));
        assert_eq!(bare.host_header(443), "response_url.com");
        let six = ResponseUrl::parse("https://[::1]/").unwrap();
        assert_eq!(six.host_header(80), "[::1]:443");
        let six = ResponseUrl::parse("https://[::1]:80/").unwrap();
        assert_eq!((six.host_header(80).as_str(), six.port), ("[::1]", 80));
    }

    #[test]
    fn what_cannot_be_called_is_refused() {
        for wrong in [
            "",
            "response_url.com",
            "ftp://a/",
            "https://",
            "https:///a",
            "https://a b/",
            "https://a/é",
            "https://a:x/",
            "https://a/{id}",
        ] {
            assert!(ResponseUrl::parse(wrong).is_err(), "{wrong}");
        }
    }
}
