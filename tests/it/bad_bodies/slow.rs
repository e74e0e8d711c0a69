//! Those who take their time, those who go away, and those who come in hundreds.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use super::entrance::{Entrance, good};
use super::target::Target;
use super::wire::{Answer, answers, connect, read_all};

const JSON: &str = "content-type: application/json\r\n";
const READ_TIMEOUT: Duration = Duration::from_secs(2);
/// What a loaded machine may add.
const PATIENCE: Duration = Duration::from_secs(20);

/// Sends `at_once`, then one byte at a time until nobody listens any more; what came back, and after how long.
async fn drip(target: &Target, at_once: Vec<u8>, then: Vec<u8>) -> (Vec<Answer>, Duration) {
    let began = Instant::now();
    let mut stream = connect(target.address()).await;
    stream.write_all(&at_once).await.unwrap();
    let (mut from, mut to) = stream.into_split();
    let mut held = Vec::new();
    let dripping = async {
        for byte in then {
            if to.write_all(&[byte]).await.is_err() {
                break;
            }
            // Slowness is what is tested.
            sleep(Duration::from_millis(250)).await;
        }
        // Still there, and silent.
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = read_all(&mut from, &mut held) => {}
        () = dripping => {}
        () = sleep(PATIENCE) => panic!("a connection is held by dripping"),
    }
    (answers(&held), began.elapsed())
}

#[tokio::test]
async fn nobody_holds_a_connection_by_dripping() {
    let target = Target::start("2s").await;
    let body = good("dripping");
    let mut drops = Vec::new();
    for entrance in Entrance::READING {
        let more = format!("{JSON}content-length: {}\r\n\r\n", body.len());
        let head = entrance.head(&more).into_bytes();
        drops.push((Some(entrance), drip(&target, head.clone(), body.clone())));
        drops.push((None, drip(&target, Vec::new(), head)));
    }
    drops.push((
        None,
        drip(
            &target,
            Vec::new(),
            Entrance::Metrics.head("\r\n").into_bytes(),
        ),
    ));
    let (whose, dripping): (Vec<_>, Vec<_>) = drops.into_iter().unzip();
    let ended = futures_util::future::join_all(dripping).await;
    for (entrance, (answers, after)) in whose.into_iter().zip(ended) {
        assert!(
            after >= READ_TIMEOUT,
            "{entrance:?} was cut off after {after:?}"
        );
        assert!(answers.len() <= 1, "{answers:?}");
        if let Some(entrance) = entrance {
            assert_eq!(answers[0].status, 408, "{entrance:?}: {answers:?}");
            answers[0].assert_is_refusal("dripping");
        }
    }
    target.survived(0).await;
}

#[tokio::test]
async fn hundreds_of_idle_connections_keep_nobody_out() {
    let target = Target::start("1m").await;
    let body = good("loris");
    let length = format!("{JSON}content-length: {}\r\n\r\n", body.len());
    let beginnings = [
        Vec::new(),
        b"POST /brands/acme/ext".to_vec(),
        Entrance::Intake.head("").into_bytes(),
        [Entrance::Intake.head(&length).as_bytes(), &body[..9]].concat(),
    ];
    let mut idle = JoinSet::new();
    for beginning in beginnings.iter().cycle().take(600) {
        let mut stream = connect(target.address()).await;
        stream.write_all(beginning).await.unwrap();
        idle.spawn(async move {
            read_all(&mut stream, &mut Vec::new()).await;
        });
    }
    target.serves_on(20).await;
    assert!(
        idle.try_join_next().is_none(),
        "they are not there any more"
    );
    idle.shutdown().await;
    target.survived(0).await;
}

#[tokio::test]
async fn who_resets_the_connection_in_the_middle_leaves_nothing_behind() {
    let target = Target::start("15s").await;
    let body = good("reset");
    for entrance in Entrance::READING {
        let more = format!("{JSON}content-length: {}\r\n\r\n", body.len());
        let whole = [entrance.head(&more).as_bytes(), &body].concat();
        // Anywhere but at its end, where it is a whole request.
        for cut in (0..whole.len()).step_by(17) {
            let mut stream = connect(target.address()).await;
            stream.write_all(&whole[..cut]).await.unwrap();
            reset(stream);
        }
    }
    target.survived(0).await;
}

fn reset(stream: TcpStream) {
    stream.set_zero_linger().unwrap();
    drop(stream);
}

#[tokio::test]
async fn who_has_said_all_and_closes_their_half_is_answered() {
    let target = Target::start("15s").await;
    for number in 1..=50 {
        let body = good(&format!("half-closed-{number}"));
        let more = format!("{JSON}content-length: {}\r\n\r\n", body.len());
        let request = [Entrance::Intake.head(&more).as_bytes(), &body].concat();
        let mut stream = connect(target.address()).await;
        stream.write_all(&request).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut held = Vec::new();
        timeout(PATIENCE, read_all(&mut stream, &mut held))
            .await
            .unwrap();
        let answers = answers(&held);
        assert_eq!(answers.len(), 1, "number {number}");
        assert_eq!(answers[0].status, 201, "{answers:?}");
    }
    target.survived(50).await;
}

#[tokio::test]
async fn who_asks_much_and_reads_nothing_is_given_up() {
    let target = Target::start("2s").await;
    let mut stream = connect(target.address()).await;
    let requests = "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1000);
    // Until the answers fill every buffer between us, and the daemon reads no more, and then closes.
    let pushing = async { while stream.write_all(requests.as_bytes()).await.is_ok() {} };
    timeout(PATIENCE, pushing)
        .await
        .expect("a connection is held by not reading");
    target.survived(0).await;
}
