use proptest::prelude::*;

use super::*;

mod inspect;

use inspect::{Inspect, Keys, Printed};

fn text(value: &str) -> Node {
    Node::String(value.to_owned())
}

fn object(entries: &[(&str, Node)]) -> Node {
    let entries = entries.iter().cloned();
    Node::Object(entries.map(|(key, node)| (key.to_owned(), node)).collect())
}

#[test]
fn every_release_prints_a_hash_that_is_read() {
    let expected = object(&[("external_uid", text("a 1")), ("username", text("Jö"))]);
    for inspected in [
        // Up to 3.3: symbols, strings.
        r#"{:external_uid=>"a 1", :username=>"Jö"}"#,
        r#"{"external_uid"=>"a 1", "username"=>"Jö"}"#,
        // Since 3.4.
        r#"{external_uid: "a 1", username: "Jö"}"#,
        r#"{"external_uid" => "a 1", "username" => "Jö"}"#,
        // Symbols that need quotes, before and since.
        r#"{:"external_uid"=>"a 1", :"username"=>"Jö"}"#,
        r#"{"external_uid": "a 1", "username": "Jö"}"#,
        " {:external_uid=>\"a 1\",:username => \"Jö\" }\n",
    ] {
        assert_eq!(read(inspected).as_ref(), Some(&expected), "{inspected}");
    }
}

#[test]
fn values_of_every_kind_are_read() {
    for (inspected, expected) in [
        ("nil", Node::Null),
        ("true", Node::Boolean),
        ("false", Node::Boolean),
        ("123456", Node::Number(123_456.into())),
        ("-1", Node::Number((-1).into())),
        (":external", text("external")),
        (r#":"a b""#, text("a b")),
        (":empty?", text("empty?")),
        ("[]", Node::Array),
        (r#"[1, "]", [nil], {:a=>"}"}]"#, Node::Array),
        ("{}", object(&[])),
        (
            r#"{:a=>nil, "b c"=>{"d": 7}, é: [], save!: true}"#,
            object(&[
                ("a", Node::Null),
                ("b c", object(&[("d", Node::Number(7.into()))])),
                ("é", Node::Array),
                ("save!", Node::Boolean),
            ]),
        ),
    ] {
        assert_eq!(read(inspected).as_ref(), Some(&expected), "{inspected}");
    }
    let float = Node::Number(Number::from_f64(1.5).unwrap());
    assert_eq!(read("1.5"), Some(float));
}

#[test]
fn every_escape_is_read() {
    for (inspected, expected) in [
        (r#""""#, ""),
        (r#""\"\\""#, "\"\\"),
        (r#""\n\r\t\a\b\v\f\e""#, "\n\r\t\u{7}\u{8}\u{b}\u{c}\u{1b}"),
        (r##""\#{x} \#$x \#@x # #x""##, "#{x} #$x #@x # #x"),
        (r#""\u00e9\u00E9\u0000""#, "éé\0"),
        (r#""\u{1F600}\u{e9}\u{10FFFF}""#, "😀é\u{10ffff}"),
        (r#""\x7F\x41\xC3\xA9""#, "\u{7f}Aé"),
        // Beside each other and beside plain text.
        (r#""\\n\\\"é\u00e9x""#, "\\n\\\"ééx"),
    ] {
        assert_eq!(read(inspected), Some(text(expected)), "{inspected}");
    }
}

#[test]
fn anything_else_is_not_read() {
    for inspected in [
        "",
        " ",
        "Jo",
        "nile",
        "#<Author id: 1>",
        "{",
        "}",
        "{:a}",
        "{:a=>}",
        "{:a=>1,}",
        "{,}",
        "{:a=>1 :b=>2}",
        "{:a=>1}}",
        "{:a=>1} {:b=>2}",
        "{a=>1}",
        "{a : 1}",
        "{:a: 1}",
        "{1=>2}",
        "{nil=>1}",
        "{1a: 2}",
        "[1",
        "[1,]",
        ":",
        ":+",
        "-",
        "1.2.3",
        "NaN",
        "Infinity",
        "'a'",
        "\"a",
        r#""\"#,
        r#""a\""#,
        r#""a"b"#,
        r#""\0""#,
        r#""\101""#,
        r#""\s""#,
        r#""\C-a""#,
        r#""\xZZ""#,
        r#""\x4""#,
        r#""\x{8140}""#,
        r#""\u00e""#,
        r#""\u+0e9""#,
        r#""\u{}""#,
        r#""\u{110000}""#,
        r#""\u{0000041}""#,
        r#""\u{41 42}""#,
        r#""\ud83d\ude00""#,
        // Bytes that make no UTF-8.
        r#""\xFF""#,
        r#""\xC3x\xA9""#,
        "\"\\x\u{1f600}\"",
    ] {
        assert_eq!(read(inspected), None, "{inspected}");
    }
}

#[test]
fn depth_is_bounded() {
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(read(&deep(MAX_DEPTH)), Some(Node::Array));
    assert_eq!(read(&deep(MAX_DEPTH + 1)), None);
    assert_eq!(read(&"{:a=>".repeat(1_000_000)), None);
}

fn value() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        Just(Node::Null),
        any::<i64>().prop_map(|number| Node::Number(number.into())),
        any::<u64>().prop_map(|number| Node::Number(number.into())),
        any::<String>().prop_map(Node::String),
        r##"[a-c"\\#{$@\n\x00-\x1f\x7fé😀]{0,12}"##.prop_map(Node::String),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        let key = prop_oneof!["[a-z_]{1,8}[?!]?", any::<String>()];
        proptest::collection::vec((key, inner), 0..5).prop_map(Node::Object)
    })
}

proptest! {
    #[test]
    fn whatever_ruby_prints_is_read_back(
        value in value(),
        keys in prop_oneof![Just(Keys::Symbols), Just(Keys::Strings)],
        is_3_4 in any::<bool>(),
        printed in prop_oneof![Just(Printed::Most), Just(Printed::Ascii), Just(Printed::Bytes)],
    ) {
        let inspected = Inspect { keys, is_3_4, printed }.value(&value);
        prop_assert_eq!(read(&inspected), Some(value), "{}", inspected);
    }

    #[test]
    fn no_text_is_a_panic(
        any in any::<String>(),
        close in r##"[{}\[\]:=>, "\\unxe0-9a-f#]{0,60}"##,
    ) {
        // Whatever comes out is fine, as long as it comes out.
        let _ = (read(&any), read(&close));
    }
}
