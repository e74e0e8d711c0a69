//! `test-mappings`: what is kept as files, and what an update may write.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use super::{run_in, shipped, ticket};

#[test]
fn a_change_of_the_configuration_shows_as_a_difference_until_it_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    fs::copy(shipped().join("config.toml"), &config).unwrap();
    let none = run_in(&config, &["test-mappings"], None);
    assert_eq!(none.status.code(), Some(0));
    let said = String::from_utf8(none.stdout).unwrap();
    assert!(
        said.contains("mapping-tests") && said.contains("no mapping tests"),
        "{said}"
    );
    let named = run_in(&config, &["test-mappings", "/nowhere"], None);
    assert_eq!(named.status.code(), Some(1));

    let case = folder
        .path()
        .join("mapping-tests/respondo-to-qminder/printer");
    fs::create_dir_all(&case).unwrap();
    fs::write(case.join("input.json"), ticket().to_string()).unwrap();
    let missing = run_in(&config, &["test-mappings"], None);
    assert_eq!(missing.status.code(), Some(1));
    let written = run_in(&config, &["test-mappings", "--update"], None);
    assert_eq!(written.status.code(), Some(0));
    assert_eq!(
        run_in(&config, &["test-mappings"], None).status.code(),
        Some(0)
    );

    let text = fs::read_to_string(&config).unwrap();
    let text = text.replace("line = \"12345\"", "line = \"777\"");
    fs::write(&config, text).unwrap();
    let differs = run_in(&config, &["test-mappings"], None);
    assert_eq!(differs.status.code(), Some(1));
    let said = String::from_utf8(differs.stdout).unwrap();
    assert!(
        said.contains("FAILED  respondo-to-qminder/printer"),
        "{said}"
    );
    let changed = |sign: char, line: &str| {
        let mut lines = said.lines().map(str::trim_start);
        lines.any(|said| said.starts_with(sign) && said.contains(line))
    };
    let line = |line: &str| format!("\"lineId\": \"{line}\"");
    assert!(
        changed('-', &line("12345")) && changed('+', &line("777")),
        "{said}"
    );
}

/// A configuration with one mapping test; its folder.
fn with_one_case(folder: &Path) -> (PathBuf, PathBuf) {
    let config = folder.join("config.toml");
    fs::copy(shipped().join("config.toml"), &config).unwrap();
    let case = folder.join("mapping-tests/respondo-to-qminder/printer");
    fs::create_dir_all(&case).unwrap();
    fs::write(case.join("input.json"), ticket().to_string()).unwrap();
    (config, case)
}

/// The exit code, and all that was said.
fn tested(config: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = run_in(config, &[&["test-mappings"], arguments].concat(), None);
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

#[test]
fn an_update_writes_nothing_but_what_is_expected_and_nothing_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let (config, case) = with_one_case(folder.path());
    let elsewhere = tempfile::tempdir().unwrap();
    let kept = elsewhere.path().join("kept.json");
    fs::write(&kept, "{}").unwrap();
    fs::write(elsewhere.path().join("input.json"), ticket().to_string()).unwrap();
    let link = case.with_file_name("linked");
    symlink(elsewhere.path(), &link).unwrap();
    symlink(&kept, case.join("expected.json")).unwrap();
    fs::write(case.join("notes.txt"), "by hand").unwrap();

    let (code, said) = tested(&config, &["--update"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("wrote   respondo-to-qminder/printer"),
        "{said}"
    );
    assert!(
        said.contains("FAILED  respondo-to-qminder/linked"),
        "{said}"
    );
    assert!(said.contains("a link to a place outside"), "{said}");
    assert!(!elsewhere.path().join("expected.json").exists());
    assert_eq!(fs::read_to_string(&kept).unwrap(), "{}");
    fs::remove_file(&link).unwrap();
    assert_eq!(tested(&config, &[]).0, Some(0));
    let mut left: Vec<_> = fs::read_dir(&case)
        .unwrap()
        .map(|one| one.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["expected.json", "input.json", "notes.txt"]);
    assert_eq!(
        fs::read_to_string(case.join("notes.txt")).unwrap(),
        "by hand"
    );
    let mode = |name: &str| fs::metadata(case.join(name)).unwrap().permissions().mode();
    assert_eq!(mode("expected.json"), mode("input.json"));
}

#[test]
fn an_update_does_not_take_what_is_no_sample_any_more_for_the_new_expectation() {
    let folder = tempfile::tempdir().unwrap();
    let (config, case) = with_one_case(folder.path());
    assert_eq!(tested(&config, &["--update"]).0, Some(0));
    let expected = fs::read(case.join("expected.json")).unwrap();
    fs::write(case.join("input.json"), "{ \"external_uid\": ").unwrap();
    let (code, said) = tested(&config, &["--update"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("stays as it is: it is not JSON"), "{said}");
    assert_eq!(fs::read(case.join("expected.json")).unwrap(), expected);
    // Nor does it guess what somebody wrote there.
    fs::write(case.join("input.json"), ticket().to_string()).unwrap();
    fs::write(case.join("expected.json"), "<<<<<<< ours").unwrap();
    let (code, said) = tested(&config, &["--update"]);
    assert_eq!(
        (code, said.contains("expected.json is not JSON")),
        (Some(1), true),
        "{said}"
    );
    // Where there was none, a sample that is refused is one.
    fs::remove_file(case.join("expected.json")).unwrap();
    fs::write(case.join("input.json"), "{").unwrap();
    assert_eq!(tested(&config, &["--update"]).0, Some(0));
    assert_eq!(tested(&config, &[]).0, Some(0));
}

#[test]
fn a_sample_in_the_wrong_place_is_not_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let (config, case) = with_one_case(folder.path());
    assert_eq!(tested(&config, &["--update"]).0, Some(0));
    let beside = case.with_file_name("input.json");
    fs::write(&beside, ticket().to_string()).unwrap();
    let (code, said) = tested(&config, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("a folder of its own"), "{said}");
    fs::remove_file(&beside).unwrap();
    fs::rename(case.join("input.json"), case.join("Input.json")).unwrap();
    let (code, said) = tested(&config, &[]);
    assert_eq!(
        (code, said.contains("cannot read input.json")),
        (Some(1), true),
        "{said}"
    );
    // What is no mapping test is nobody's business.
    fs::rename(case.join("Input.json"), case.join("input.json")).unwrap();
    let tests = folder.path().join("mapping-tests");
    fs::create_dir_all(tests.join("pictures/of-printers")).unwrap();
    fs::create_dir_all(tests.join(".git/objects")).unwrap();
    assert_eq!(tested(&config, &[]).0, Some(0));
}
