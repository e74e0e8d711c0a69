//! The binary, with a person at its keyboard, and over TLS.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::{create, form};
use crate::by_hand::Desk;
use crate::client::Client;

/// Where it listens, once it has said so and what it has.
async fn address(desk: &mut Desk, scheme: &str) -> String {
    let address = desk.address(scheme).await;
    let second = desk.line().await;
    assert!(
        second.starts_with("key qminder-key, location 1, line 12345"),
        "{second}"
    );
    address
}

#[tokio::test]
async fn requests_are_shown_and_the_clerk_answers_them() {
    let mut desk = Desk::open("qminder", &[]);
    let address = address(&mut desk, "http").await;
    let mut client = Client::connect(address.parse().unwrap()).await;
    let made = client
        .ask(&create(r#"{"lineId":"12345","firstName":"Ada"}"#))
        .await
        .json();
    assert_eq!(desk.line().await, "POST /tickets -> 201");
    let id = made["id"].as_str().unwrap();
    let path = format!("/v1/tickets/{id}/external");
    client
        .ask(&form(&path, "provider=crm&title=Customer&data=%7B%22fields%22%3A%5B%7B%22type%22%3A%22text%22%2C%22title%22%3A%22Plan%22%2C%22value%22%3A%22Gold%22%7D%5D%7D"))
        .await;
    assert_eq!(desk.line().await, format!("POST {path} -> 200"));
    assert_eq!(desk.types(&format!("call {id}")).await, "done");
    client.ask(&create("{}")).await;
    assert_eq!(
        desk.line().await,
        "POST /tickets -> 400 refused: Line ID must not be empty"
    );
    let shown = desk.types(&format!("show {id}")).await;
    assert!(
        shown.starts_with(id) && shown.ends_with("CALLED line 12345 Ada"),
        "{shown}"
    );
    assert_eq!(desk.line().await, "== Customer (crm)");
    assert_eq!(desk.line().await, "  Plan                     Gold");
}

/// How the peer's answer begins, to a client that trusts this certificate and nothing else.
async fn first_bytes_over_tls(address: &str, pem: &str) -> [u8; 13] {
    let mut trusted = RootCertStore::empty();
    trusted
        .add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect(name, stream).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut bytes = [0; 13];
    stream.read_exact(&mut bytes).await.unwrap();
    bytes
}

#[tokio::test]
async fn over_tls_its_certificate_is_written_and_webhooks_are_shown() {
    let folder = std::env::temp_dir().join(format!("ticketbridge-sim-{}", std::process::id()));
    let file = folder.with_extension("pem");
    let mut desk = Desk::open(
        "qminder",
        &[
            "--tls",
            file.to_str().unwrap(),
            "--webhook",
            "https://bridge.example.com/hooks",
        ],
    );
    let address = address(&mut desk, "https").await;
    let pem = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert_eq!(
        first_bytes_over_tls(&address, &pem).await,
        *b"HTTP/1.1 401 "
    );
    assert!(desk.line().await.starts_with("GET / -> 401 "));
    let first = desk.types("visitor Ada").await;
    let second = desk.line().await;
    let mut both = [first, second];
    both.sort();
    assert!(both[0].starts_with("ticket "), "{both:?}");
    assert_eq!(both[1], "webhook ticket_created -> nowhere to deliver it");
}
