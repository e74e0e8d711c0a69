//! What the settings of a Respondo server come to.

use std::time::Duration;

use respondo_client::Path;
use respondo_client::push::{AccessToken, Client, InvalidBase, InvalidToken};
use url::Url;

use crate::outbound;
use crate::settings::{Mode, Respondo, RespondoPath, System};

/// One Respondo server as it is configured.
#[derive(Debug)]
pub struct HubWays {
    pub(super) is_live: bool,
    pub(super) client: Client,
    pub(super) path: Path,
    pub(super) remote_brand: u64,
    pub(super) token: AccessToken,
    /// How the outside reaches us, for the addresses given with tickets.
    pub(super) public_url: Url,
}

/// A setting that a Respondo server cannot be called with.
#[derive(Debug, thiserror::Error)]
pub enum HubFault {
    /// The token.
    #[error("`token_file` of the system holds no token")]
    Token(#[source] InvalidToken),
    /// The address.
    #[error("`base_url` of the system is no server's address")]
    Base(#[source] InvalidBase),
}

impl HubWays {
    /// Calls through `http`, each for at most `timeout`; answers come to `public_url`.
    ///
    /// # Errors
    ///
    /// See [`HubFault`].
    pub fn new(
        system: &System,
        respondo: &Respondo,
        http: outbound::Client,
        timeout: Duration,
        public_url: &Url,
    ) -> Result<Self, HubFault> {
        let token = AccessToken::new(&respondo.token_name, respondo.token.reveal());
        let client = Client::new(http, &system.base_url).map_err(HubFault::Base)?;
        Ok(Self {
            is_live: system.mode == Mode::Live,
            client: client.with_timeout(timeout),
            path: path(respondo.path),
            remote_brand: respondo.remote_brand,
            token: token.map_err(HubFault::Token)?,
            public_url: public_url.clone(),
        })
    }
}

/// The connector's word for the path of a server.
pub fn path(path: RespondoPath) -> Path {
    match path {
        RespondoPath::Brands => Path::Brands,
        RespondoPath::Organizations => Path::Organizations,
    }
}

/// The address at which answers come that name this unguessable part.
pub fn address(public_url: &Url, token: &str) -> String {
    let base = public_url.as_str().trim_end_matches('/');
    format!("{base}/replies/{token}")
}
