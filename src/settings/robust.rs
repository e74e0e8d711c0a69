//! Tests over whole configurations: nothing makes loading panic, and no secret comes out of it.

use proptest::prelude::*;

use super::shipped::uncommented;
use super::trial::Trial;
use super::{Problems, Secret, Sha256Digest};

/// What every secret of the installation below holds.
const NEEDLE: &str = "hunter2hunter2";

fn installation() -> Trial {
    let brand_token = format!(
        "[[brands]]\nid = \"b\"\nsigning_key_files = [\"signing\"]\ntokens = [{{ name = \"n\", sha256 = \"{}\" }}]\n",
        hex::encode(Sha256Digest::of(NEEDLE).0)
    );
    let systems = r#"
        [[systems]]
        id = "q"
        kind = "qminder"
        api_key_file = "key"
        line = "1"
        webhook = { url = "https://b.example.com/webhooks/qminder/q", secret_file = "key" }
        [[systems]]
        id = "d"
        kind = "deskhive"
        base_url = "https://d.example.com"
        external_key_file = "key"
        internal_key_file = "key"
        [[systems]]
        id = "r"
        kind = "respondo"
        base_url = "https://r.example.com"
        remote_brand = 1
        token_name = "t"
        token_file = "key"
        [alerts]
        url = "https://u:hunter2hunter2@a.example.com/hunter2hunter2?hunter2hunter2"
    "#;
    // 36 bytes of base64 that spell the needle.
    let signing = format!("whsec_{NEEDLE}{NEEDLE}{NEEDLE}hunter");
    Trial::new(&format!("{brand_token}{systems}"))
        .with("key", NEEDLE)
        .with("signing", signing)
        .open_files()
}

#[test]
fn no_secret_is_shown_when_all_is_well() {
    let loaded = installation().load().unwrap();
    let shown = format!(
        "{:?} {:#?} {}",
        loaded,
        loaded.settings,
        serde_json::to_string(&loaded.effective).unwrap()
    );
    assert!(!shown.contains(NEEDLE), "{shown}");
    let key = loaded.settings.brands["b"].signing_keys[0].reveal();
    assert!(!shown.contains(&format!("{key:?}")), "{shown}");
    assert_eq!(loaded.settings.systems.len(), 3);
}

#[test]
fn no_secret_is_shown_when_something_is_wrong() {
    for (name, content) in [
        ("key", "hunter2hunter2\n\nhunter2hunter2"),
        ("key", " hunter2hunter2"),
        ("signing", "hunter2hunter2"),
        ("signing", "whsec_hunter2hunter2"),
        ("conf.d/a.toml", "[alerts]\nurl = \"hunter2hunter2"),
        ("conf.d/a.toml", "[alerts]\nurl = \"hunter2hunter2\""),
        ("conf.d/a.toml", "[alerts]\nurls = \"hunter2hunter2\""),
        (
            "conf.d/a.toml",
            "[admin]\ntoken_sha256 = \"hunter2hunter2\"",
        ),
        (
            "conf.d/a.toml",
            "[[agents]]\nid = 1\nname = \"A\"\napi_keys = [\"hunter2hunter2\"]",
        ),
        (
            "conf.d/a.toml",
            "[outbound]\nproxy = \"http://u:hunter2hunter2@p.example.com\"",
        ),
        (
            "conf.d/a.toml",
            "[server]\npublic_url = \"http://hunter2hunter2@p.example.com\"",
        ),
    ] {
        let problems = installation()
            .with(name, content)
            .load()
            .map(|_| ())
            .unwrap_err();
        let shown = format!("{problems} {problems:?}");
        assert!(!shown.contains(NEEDLE), "{shown}");
    }
    let readable = installation().mode("key", 0o644).load().map(|_| ());
    assert!(!format!("{readable:?}").contains(NEEDLE));
}

#[test]
fn a_secret_is_the_same_as_itself() {
    assert_eq!(Secret::new(NEEDLE), Secret::new(NEEDLE));
    assert_ne!(Secret::new(NEEDLE), Secret::new(""));
}

#[test]
fn one_odd_value_anywhere_never_makes_loading_panic() {
    let text = uncommented();
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let Some((key, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) else {
            continue;
        };
        for value in [
            "0",
            "-1",
            "9223372036854775807",
            "nan",
            "\"\"",
            "\"\\u0000\"",
            "true",
            "[[]]",
            "[{}]",
            "{ id = {} }",
            "1979-05-27",
            "\"/\"",
            "\"99999999999999999y\"",
            "\"é/..:0\"",
        ] {
            let odd = format!("{key} = {value}");
            let mut lines = lines.clone();
            lines[index] = &odd;
            if let Err(Problems(problems)) = Trial::new(&lines.join("\n")).load() {
                assert!(!problems.is_empty(), "{odd}");
                let one_line = |text: &str| !text.contains(char::is_control);
                assert!(problems.iter().all(|p| one_line(&p.to_string())), "{odd}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_bytes_make_loading_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(problems) = Trial::without_file().with("config.toml", bytes).load() {
            prop_assert!(!problems.0.is_empty());
        }
    }

    #[test]
    fn no_cut_or_changed_character_makes_loading_panic(at in any::<prop::sample::Index>(), c in any::<char>(), cut in any::<bool>()) {
        let text: Vec<char> = uncommented().chars().collect();
        let at = at.index(text.len());
        let mut changed: String = text[..at].iter().collect();
        if !cut {
            changed.push(c);
            changed.extend(&text[at + 1..]);
        }
        if let Err(problems) = Trial::new(&changed).load() {
            prop_assert!(!problems.0.is_empty());
        }
    }

    #[test]
    fn no_file_of_agents_makes_loading_panic(
        front in "(|\\+\\+\\+\r?\n)(id = [0-9]{0,20}\n|[a-z]{0,6} = [\"'{\\[0-9]{0,3}\n){0,4}(|\\+\\+\\+\n?)",
        rest in any::<String>(),
        bytes in prop::collection::vec(any::<u8>(), 0..50),
    ) {
        let text = format!("{front}{rest}");
        for (article, canned) in [(text.as_bytes(), &bytes[..]), (&bytes[..], text.as_bytes())] {
            let trial = Trial::new("[agent_api]\nknowledge_base = \"kb\"\ncanned_responses = \"c\"")
                .with("kb/a.md", article)
                .with("c", canned)
                .open_files();
            if let Err(problems) = trial.load() {
                prop_assert!(!problems.0.is_empty());
            }
        }
    }

    #[test]
    fn no_variable_makes_loading_panic(name in "[A-Z_]{0,24}", value in any::<String>()) {
        let trial = Trial::new("").env(&format!("TICKETBRIDGE__{name}"), &value);
        if let Err(problems) = trial.load() {
            prop_assert!(!problems.0.is_empty());
        }
    }
}
