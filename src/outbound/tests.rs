//! Real sockets behind names that mean what a test says: a connection goes only to an address that was judged.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ticketbridge_sim::{Behaviour, Receiver};

use super::{ClientOptions, Forbidden, Guard, Lookup, client_with, guarded_client};

const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// As near as `HERE`, and not allowed.
const INSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// Of all inside addresses only `HERE` may be called.
pub(crate) fn options() -> ClientOptions {
    ClientOptions {
        guard: Guard {
            allow_http: true,
            allow_networks: vec![ipnet::IpNet::from(HERE)],
        },
        proxy: None,
        ca_file: None,
        connect_timeout: Duration::from_secs(5),
    }
}

/// Every name has the next of these answers; the last stays.
pub(crate) fn names(answers: Vec<io::Result<Vec<IpAddr>>>) -> (Lookup, Arc<AtomicUsize>) {
    let answers = Mutex::new(answers);
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let lookup: Lookup = Arc::new(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        let mut answers = answers.lock().unwrap();
        let answer = if answers.len() > 1 {
            answers.remove(0)
        } else {
            match &answers[0] {
                Ok(addresses) => Ok(addresses.clone()),
                Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
            }
        };
        let answer =
            answer.map(|found| found.into_iter().map(|ip| SocketAddr::new(ip, 0)).collect());
        Box::pin(std::future::ready(answer))
    });
    (lookup, asked)
}

/// A receiver at `HERE` and one at `INSIDE`, with the same port.
async fn receivers() -> (Receiver, Receiver, String) {
    loop {
        let here = Receiver::start().await.unwrap();
        let port = here.addr().port();
        if let Ok(inside) = Receiver::start_on(SocketAddr::new(INSIDE, port)).await {
            for receiver in [&here, &inside] {
                receiver.behave("/hook", Behaviour::Empty(200));
            }
            return (
                here,
                inside,
                format!("http://hooks.example.com:{port}/hook"),
            );
        }
    }
}

async fn call(client: &reqwest::Client, url: &str) -> Result<u16, reqwest::Error> {
    let answer = client
        .post(url)
        .header("connection", "close")
        .send()
        .await?;
    Ok(answer.status().as_u16())
}

fn is_forbidden(error: &reqwest::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<Forbidden>() {
            return true;
        }
        source = error.source();
    }
    false
}

#[tokio::test]
async fn a_name_with_inside_addresses_alone_is_forbidden_without_a_connection() {
    let (here, inside, url) = receivers().await;
    let private = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    let (lookup, _) = names(vec![Ok(vec![INSIDE, private])]);
    let client = client_with(&options(), lookup).unwrap();
    let error = call(&client, &url).await.unwrap_err();
    assert!(is_forbidden(&error), "{error:?}");
    assert_eq!((here.connections(), inside.connections()), (0, 0));
}

#[tokio::test]
async fn of_mixed_addresses_only_allowed_ones_are_called() {
    for found in [vec![INSIDE, HERE], vec![HERE, INSIDE]] {
        let (here, inside, url) = receivers().await;
        let (lookup, _) = names(vec![Ok(found)]);
        let client = client_with(&options(), lookup).unwrap();
        assert_eq!(call(&client, &url).await.unwrap(), 200);
        assert_eq!((here.connections(), inside.connections()), (1, 0));
        // The allowed one is down: the others are no way out.
        here.stop().await;
        assert!(call(&client, &url).await.unwrap_err().is_connect());
        assert_eq!(inside.connections(), 0);
    }
}

#[tokio::test]
async fn a_name_that_changes_its_address_is_judged_for_each_connection_anew() {
    let (here, inside, url) = receivers().await;
    let (lookup, asked) = names(vec![Ok(vec![HERE]), Ok(vec![INSIDE]), Ok(vec![HERE])]);
    let client = client_with(&options(), lookup).unwrap();
    assert_eq!(call(&client, &url).await.unwrap(), 200);
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "what was judged is what is called"
    );
    assert!(is_forbidden(&call(&client, &url).await.unwrap_err()));
    assert_eq!(call(&client, &url).await.unwrap(), 200);
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    assert_eq!((here.connections(), inside.connections()), (2, 0));
}

#[tokio::test]
async fn a_name_without_addresses_is_unreachable_and_not_forbidden() {
    let unknown = io::Error::new(io::ErrorKind::NotFound, "no such name");
    for found in [Ok(Vec::new()), Err(unknown)] {
        let (lookup, _) = names(vec![found]);
        let client = client_with(&options(), lookup).unwrap();
        let error = call(&client, "http://hooks.example.com/hook")
            .await
            .unwrap_err();
        assert!(error.is_connect() && !is_forbidden(&error), "{error:?}");
    }
}

#[tokio::test]
async fn the_systems_own_resolver_is_judged_as_well() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/hook", Behaviour::Empty(200));
    let url = format!("http://localhost:{}/hook", receiver.addr().port());
    let allowed = guarded_client(&options()).unwrap();
    assert_eq!(call(&allowed, &url).await.unwrap(), 200);
    let strict = ClientOptions {
        guard: Guard::default(),
        ..options()
    };
    let error = call(&guarded_client(&strict).unwrap(), &url)
        .await
        .unwrap_err();
    assert!(is_forbidden(&error), "{error:?}");
    assert_eq!(receiver.connections(), 1);
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let (here, inside, url) = receivers().await;
    let to = inside.url("/hook");
    here.behave("/hook", Behaviour::Redirect { to });
    let (lookup, _) = names(vec![Ok(vec![HERE])]);
    let client = client_with(&options(), lookup).unwrap();
    assert_eq!(call(&client, &url).await.unwrap(), 307);
    assert_eq!(inside.connections(), 0);
}
