//! Everything that can be wrong with a body, and how it is named.

use super::*;

#[test]
fn each_breach_is_named_by_its_pointer() {
    let time = "is not a time such as";
    for (value, pointer, detail) in [
        (
            with(|t| t["external_uid"] = json!(7)),
            "/external_uid",
            "must be a string, not a number",
        ),
        (
            with(|t| t["external_uid"] = json!(null)),
            "/external_uid",
            "must be a string, not null",
        ),
        (
            with(|t| t["external_uid"] = json!("")),
            "/external_uid",
            "must not be blank",
        ),
        (
            with(|t| t["content"] = json!(" \t\n\u{3000}")),
            "/content",
            "must not be blank",
        ),
        (
            with(|t| t["content"] = json!(true)),
            "/content",
            "must be a string, not a boolean",
        ),
        (
            with(|t| t["content"] = json!(["a"])),
            "/content",
            "must be a string, not an array",
        ),
        (
            with(|t| t["response_url"] = json!(null)),
            "/response_url",
            "must be a string, not null",
        ),
        (
            with(|t| t["response_url"] = json!({})),
            "/response_url",
            "must be a string, not an object",
        ),
        (
            with(|t| t["custom_provider"] = json!(null)),
            "/custom_provider",
            "must be a string, not null",
        ),
        (
            with(|t| t["parent_uid"] = json!(1.5)),
            "/parent_uid",
            "must be a string, not a number",
        ),
        (
            with(|t| t["author"] = json!("Jo")),
            "/author",
            "must be an object, not a string",
        ),
        (
            with(|t| t["author"] = json!(null)),
            "/author",
            "must be an object, not null",
        ),
        (
            with(|t| t["author"]["username"] = json!(1)),
            "/author/username",
            "must be a string, not a number",
        ),
        (
            with(|t| t["author"]["username"] = json!(" ")),
            "/author/username",
            "must not be blank",
        ),
        (
            with(|t| t["author"]["external_uid"] = json!("")),
            "/author/external_uid",
            "must not be blank",
        ),
        (
            with(|t| t["author"] = json!({"username": "Jo"})),
            "/author/external_uid",
            "is missing",
        ),
        (
            with(|t| t["created_at"] = json!("soon")),
            "/created_at",
            time,
        ),
        (with(|t| t["created_at"] = json!("")), "/created_at", time),
        (
            with(|t| t["created_at"] = json!(0)),
            "/created_at",
            "must be a string, not a number",
        ),
        (
            with(|t| t["personal_access_token"] = json!("x")),
            "/personal_access_token",
            "must be an object, not a string",
        ),
        (
            with(|t| t["personal_access_token"] = json!(null)),
            "/personal_access_token",
            "must be an object, not null",
        ),
        (
            with(|t| t["personal_access_token"] = json!({"token": "x"})),
            "/personal_access_token/name",
            "is missing",
        ),
        (
            with(|t| t["token"] = json!(null)),
            "/token",
            "must be an object, not null",
        ),
        (
            with(|t| t["token"] = json!({"name": "shop"})),
            "/token/token",
            "is missing",
        ),
        (
            with(|t| t["token"] = json!({"name": "shop", "token": 1})),
            "/token/token",
            "must be a string, not a number",
        ),
        (
            with(|t| t["token"] = json!({"name": "shop", "token": "x"})),
            "/token",
            "differs from personal_access_token",
        ),
        (
            with(|t| t["extra"] = json!(null)),
            "/extra",
            "is not a property of a ticket",
        ),
        (
            with(|t| t["a/b~c"] = json!(1)),
            "/a~1b~0c",
            "is not a property of a ticket",
        ),
        (
            with(|t| t[""] = json!(1)),
            "/",
            "is not a property of a ticket",
        ),
        (
            with(|t| t["author[username]"] = json!("x")),
            "/author[username]",
            "is not a property of a ticket",
        ),
    ] {
        let found = violations(JSON, &value.to_string());
        assert_eq!(found.len(), 1, "{value}: {found:?}");
        assert_eq!(found[0].0, pointer, "{value}");
        assert!(found[0].1.starts_with(detail), "{value}: {found:?}");
    }
}

#[test]
fn a_bad_time_names_the_spellings_that_work() {
    let found = violations(JSON, &with(|t| t["created_at"] = json!("soon")).to_string());
    for spelling in [
        "2020-04-04 23:35:27.632879 UTC",
        "2020-04-04T23:35:27Z",
        "+02:00",
        "+0200",
    ] {
        assert!(found[0].1.contains(spelling), "{found:?}");
    }
}

#[test]
fn a_missing_property_is_named_by_its_own_pointer() {
    assert_eq!(
        pointers(JSON, "{}"),
        ["/external_uid", "/content", "/author", "/created_at"]
    );
    assert_eq!(pointers(FORM, ""), pointers(JSON, "{}"));
    let without_author = with(|t| t["author"] = json!({}));
    assert_eq!(
        pointers(JSON, &without_author.to_string()),
        ["/author/external_uid", "/author/username"]
    );
}

#[test]
fn all_violations_come_at_once_and_the_credentials_with_them() {
    let body = r#"{"zebra":1,"external_uid":"","author":{"username":null},"created_at":"x",
        "response_url":5,"token":{"name":1,"token":"s3cret"},"ape":2,"zebra":3}"#;
    assert_eq!(
        pointers(JSON, body),
        [
            "/external_uid",
            "/content",
            "/response_url",
            "/author/external_uid",
            "/author/username",
            "/created_at",
            "/token/name",
            "/zebra",
            "/ape",
        ]
    );
    assert_eq!(
        parse(JSON, body.as_bytes()).unwrap().credentials,
        Some(Credentials {
            name: None,
            token: "s3cret".to_owned(),
        })
    );
}

#[test]
fn the_bounds_are_inclusive_and_count_bytes() {
    for (pointer, bound) in [
        ("/external_uid", MAX_UID_BYTES),
        ("/parent_uid", MAX_UID_BYTES),
        ("/author/external_uid", MAX_UID_BYTES),
        ("/author/username", MAX_UID_BYTES),
        ("/custom_provider", MAX_PROVIDER_BYTES),
        ("/response_url", MAX_RESPONSE_URL_BYTES),
    ] {
        for (text, fits) in [
            ("x".repeat(bound), true),
            ("x".repeat(bound + 1), false),
            ("é".repeat(bound / 2), true),
            ("é".repeat(bound / 2 + 1), false),
        ] {
            let body = with(|t| *t.pointer_mut(pointer).unwrap() = json!(text)).to_string();
            if fits {
                ticket(JSON, &body);
            } else {
                let found = violations(JSON, &body);
                assert_eq!(found[0].0, pointer);
                assert!(found[0].1.contains(&bound.to_string()), "{found:?}");
            }
        }
    }
}

#[test]
fn repeated_keys_are_found_at_the_top_and_in_both_objects() {
    let body = whole().to_string();
    for (once, twice, pointer) in [
        (
            r#""content""#,
            r#""content":"It is broken.\n","content""#,
            "/content",
        ),
        (
            r#""username""#,
            r#""username":"Jo","username""#,
            "/author/username",
        ),
        (
            r#""token":"s"#,
            r#""token":"x","token":"s"#,
            "/personal_access_token/token",
        ),
        (r#""author":"#, r#""author":{},"author":"#, "/author"),
        // A spelling of the same key counts too.
        (
            r#""content""#,
            r#""c\u006fntent":"x","content""#,
            "/content",
        ),
        // Extra keys of an author are allowed, but not twice.
        (
            r#""username""#,
            r#""x":1,"x":2,"x":3,"username""#,
            "/author/x",
        ),
    ] {
        assert!(body.contains(once), "{once}");
        let body = body.replacen(once, twice, 1);
        let found = violations(JSON, &body);
        assert_eq!(
            found,
            [(pointer.to_owned(), "is there more than once".to_owned())],
            "{body}"
        );
    }
}

#[test]
fn nested_objects_allow_extra_keys() {
    let body = with(|t| {
        t["author"]["email"] = json!("jo@example.com");
        t["personal_access_token"]["scope"] = json!(null);
    });
    ticket(JSON, &body.to_string());
}

#[test]
fn both_names_of_the_credentials_may_say_the_same() {
    let parsed = read(&with(|t| t["token"] = t["personal_access_token"].clone()));
    assert!(parsed.ticket.is_ok());
    let only_one_has_a_token = read(&with(|t| {
        t["token"] = t["personal_access_token"].clone();
        t["personal_access_token"] = json!({"name": "other"});
    }));
    assert_eq!(only_one_has_a_token.credentials.unwrap().token, "s3cret");
    assert!(only_one_has_a_token.ticket.is_err());
}

#[test]
fn form_data_breaks_the_schema_in_the_same_words() {
    let good = "external_uid=1&content=x&author[external_uid]=2&author[username]=3\
                &created_at=2020-04-04T23:35:27Z";
    for (more, pointer) in [
        ("content=y", "/content"),
        ("author.username=3", "/author/username"),
        ("author=Jo", "/author"),
        ("token[name]=x", "/token/token"),
        ("token=x", "/token"),
        ("extra=", "/extra"),
        ("author[a][b]=c", "/author[a][b]"),
        ("content[]=c", "/content[]"),
        ("=c", "/"),
    ] {
        let body = format!("{good}&{more}");
        let found = pointers(FORM, &body);
        assert!(
            found.iter().all(|found| found == pointer),
            "{more}: {found:?}"
        );
    }
    assert_eq!(
        pointers(FORM, "external_uid=&content=+&author.username=&created_at="),
        [
            "/external_uid",
            "/content",
            "/author/external_uid",
            "/author/username",
            "/created_at",
        ]
    );
}

#[test]
fn what_is_no_object_breaks_the_schema_as_a_whole() {
    for (body, kind) in [
        ("null", "null"),
        ("true", "a boolean"),
        ("-1", "a number"),
        ("\"x\"", "a string"),
        ("[{}]", "an array"),
    ] {
        assert_eq!(
            violations(JSON, body),
            [(String::new(), format!("must be an object, not {kind}"))]
        );
    }
}

#[test]
fn what_is_no_json_is_malformed_and_says_where() {
    let deep = format!("{{\"extra\":{}1{}}}", "[".repeat(200), "]".repeat(200));
    for body in [
        &b""[..],
        b"{",
        b"external_uid=1",
        b"{\"content\":\"\xff\"}",
        b"{\"content\":\"\\ud800\"}",
        b"{\"content\":\"a\nb\"}",
        b"{} {}",
        b"{'content':1}",
        deep.as_bytes(),
    ] {
        let Err(InboundError::Malformed { detail }) = parse(JSON, body) else {
            panic!("{body:?} was read");
        };
        assert!(detail.contains(" at line "), "{detail}");
        assert!(detail.contains(" column "), "{detail}");
    }
}

#[test]
fn no_content_type_is_unsupported() {
    assert_eq!(
        parse(None, b"{}").unwrap_err().to_string(),
        "the content type (none) is not one of application/json and application/x-www-form-urlencoded"
    );
}

#[test]
fn more_violations_than_anybody_reads_are_counted() {
    let keys: Vec<_> = (0..MAX_VIOLATIONS + 5)
        .map(|number| format!("k{number}="))
        .collect();
    let found = violations(FORM, &keys.join("&"));
    assert_eq!(found.len(), MAX_VIOLATIONS + 1);
    assert_eq!(
        found.last().unwrap(),
        &(String::new(), "has 9 more violations".to_owned())
    );
}
