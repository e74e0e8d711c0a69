//! Clients that connect only to addresses the guard allows: each name is resolved for each connection, every address
//! is judged, and the connection goes to one that was.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::Url;

use super::guard::{Forbidden, Guard};

/// How a client calls.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Which addresses it may call.
    pub guard: Guard,
    /// A proxy for everything. The guard then judges names and literal addresses, before each call; what the proxy
    /// resolves is its operator's to vouch for.
    pub proxy: Option<Url>,
    /// More certificate authorities, PEM.
    pub ca_file: Option<PathBuf>,
    /// For making a connection.
    pub connect_timeout: Duration,
}

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file of certificate authorities cannot be read.
    #[error("cannot read the certificate authorities in {path}")]
    CaFile {
        /// Which.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
    /// The library refuses.
    #[error("cannot make a client for calls out")]
    Client(#[from] reqwest::Error),
}

/// A client that follows no redirect, takes no proxy from the environment, and calls only what the guard allows.
///
/// # Errors
///
/// See [`ClientError`].
pub fn guarded_client(options: &ClientOptions) -> Result<reqwest::Client, ClientError> {
    client_with(options, Arc::new(|name| Box::pin(look_up(name))))
}

/// As [`guarded_client`], with another way to find addresses.
pub(crate) fn client_with(
    options: &ClientOptions,
    lookup: Lookup,
) -> Result<reqwest::Client, ClientError> {
    let ca_files = options.ca_file.iter().map(PathBuf::as_path);
    let builder = builder(ca_files, options.connect_timeout)?;
    let builder = match &options.proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.clone())?),
        None => builder.dns_resolver(GuardedResolver {
            guard: Arc::new(options.guard.clone()),
            lookup,
        }),
    };
    Ok(builder.build()?)
}

/// A client for addresses that the operator chose, which may be any. It follows no redirect and takes no proxy from
/// the environment either.
///
/// # Errors
///
/// See [`ClientError`].
pub fn system_client<'a>(
    proxy: Option<&Url>,
    ca_files: impl IntoIterator<Item = &'a Path>,
    connect_timeout: Duration,
) -> Result<reqwest::Client, ClientError> {
    let builder = builder(ca_files, connect_timeout)?;
    let builder = match proxy {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy.clone())?),
        None => builder,
    };
    Ok(builder.build()?)
}

/// What all clients have in common.
fn builder<'a>(
    ca_files: impl IntoIterator<Item = &'a Path>,
    connect_timeout: Duration,
) -> Result<reqwest::ClientBuilder, ClientError> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("ticketbridge/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(connect_timeout)
        .pool_idle_timeout(Duration::from_secs(30))
        .no_proxy();
    for path in ca_files {
        let pem = std::fs::read(path).map_err(|source| ClientError::CaFile {
            path: path.to_owned(),
            source,
        })?;
        builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem)?);
    }
    Ok(builder)
}

/// Finds the addresses of a name; the port means nothing.
pub(crate) type Lookup = Arc<dyn Fn(String) -> Found + Send + Sync>;

/// The addresses of a name, to come.
pub(crate) type Found = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

async fn look_up(name: String) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((name, 0)).await?.collect())
}

struct GuardedResolver {
    guard: Arc<Guard>,
    lookup: Lookup,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = Arc::clone(&self.guard);
        let found = (self.lookup)(name.as_str().to_owned());
        Box::pin(async move {
            let found = found.await?;
            let known_any = !found.is_empty();
            let allowed: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| guard.allows(address.ip()))
                .collect();
            if known_any && allowed.is_empty() {
                return Err(Forbidden.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
