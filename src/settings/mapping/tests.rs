//! What is refused of a mapping, where it is said to be wrong, and what systems inherit.

use crate::mapping::{DeskHiveMapping, Naming, QminderMapping, SystemMapping};
use crate::model::Status;
use crate::settings::trial::{loaded, sole_problem};

const DESK: &str =
    "[[systems]]\nid = \"front-desk\"\nkind = \"qminder\"\napi_key_file = \"k\"\nline = \"1\"\n";
const HELPDESK: &str = "[[systems]]\nid = \"support\"\nkind = \"deskhive\"\nbase_url = \"https://desk.example.com\"\nexternal_key_file = \"k\"\n";

#[test]
fn systems_go_by_the_compiled_in_mapping_where_nobody_says_otherwise() {
    let set = loaded(&format!("{DESK}{HELPDESK}")).settings.mapping;
    let usual = [
        SystemMapping::Qminder(Box::new(QminderMapping::usual().clone())),
        SystemMapping::DeskHive(Box::new(DeskHiveMapping::usual().clone())),
    ];
    assert_eq!(set.systems.into_values().collect::<Vec<_>>(), usual);
}

#[test]
fn a_system_says_what_is_different_line_by_line() {
    let text = format!(
        "{DESK}[systems.mapping]\nstatus = {{ NOSHOW = \"open\" }}\nsms_replies = true\n\
         [mapping.qminder]\nstatus = {{ CALLED = \"on_hold\" }}\nlabels = {{ other = \"\" }}"
    );
    let set = loaded(&text).settings.mapping;
    let desk = &set.systems["front-desk"];
    let meanings = ["NOSHOW", "CALLED", "NEW", "LATER"].map(|word| desk.meaning(word));
    let expected = [
        Some(Status::Open),
        Some(Status::OnHold),
        Some(Status::Open),
        None,
    ];
    assert_eq!(meanings, expected);
    let SystemMapping::Qminder(desk) = desk else {
        panic!("{desk:?}");
    };
    assert!(desk.sms_replies && desk.labels.other == Naming::Nothing);
}

#[test]
fn what_is_wrong_is_said_where_it_stands() {
    for (text, path, what) in [
        (
            "status_wins = [\"nowhere\"]",
            "mapping.status_wins[0] ",
            "nowhere",
        ),
        (
            "qminder.status.CALLED = \"busy\"",
            "mapping.qminder.status.CALLED ",
            "\"in_progress\"",
        ),
        (
            "qminder.status.CALED = \"open\"",
            "mapping.qminder.status.CALED ",
            "`CALLED`",
        ),
        (
            "qminder.status.other = 1",
            "mapping.qminder.status.other ",
            "is a whole number",
        ),
        (
            "qminder.importance.high = \"red\"",
            "mapping.qminder.importance.high ",
            "\"warning\"",
        ),
        (
            "qminder.labels.Bug = \"x\"",
            "mapping.qminder.labels.Bug ",
            "other",
        ),
        (
            "qminder.labels.other = \"A label that is longer than fifty characters altogether\"",
            "mapping.qminder.labels.other ",
            "1 to 50 characters",
        ),
        (
            "qminder.languages.et = \"estonian\"",
            "mapping.qminder.languages.et ",
            "2 to 5",
        ),
        (
            "qminder.nameless = \"X\"",
            "mapping.qminder.nameless ",
            "2 to 50",
        ),
        (
            "qminder.texts.banner = \"{{ text }}\"",
            "mapping.qminder.texts.banner ",
            "no `text`",
        ),
        (
            "qminder.texts.sms = \"{{ author }}\"",
            "mapping.qminder.texts.sms ",
            "{{ text }}",
        ),
        (
            "qminder.texts.footer = \"{% if %}\"",
            "mapping.qminder.texts.footer ",
            "line 1",
        ),
        (
            "qminder.texts.heading = \"\"",
            "mapping.qminder.texts.heading ",
            "not a known key",
        ),
        (
            "qminder.fields = [{ type = \"text\", title = \"T\", value = \"{{ author | shout }}\" }]",
            "mapping.qminder.fields[0].value ",
            "cut(n)",
        ),
        (
            "qminder.fields = [{ type = \"link\", title = \"T\", value = \"\" }]",
            "mapping.qminder.fields[0].type ",
            "phone_number",
        ),
        (
            "qminder.fields = [{ type = \"text\", title = \"A title of a field that is longer than whoever stands at a desk could ever be asked to read beside it\", value = \"\" }]",
            "mapping.qminder.fields[0].title ",
            "1 to 100 characters",
        ),
        (
            "qminder.texts.conversation = \" Said\"",
            "mapping.qminder.texts.conversation ",
            "1 to 100 characters",
        ),
        (
            "qminder.texts.sms = \"{% if role == 'agent' %}{{ text }}{% else %}Hi{% endif %}\"",
            "mapping.qminder.texts.sms ",
            "would be lost",
        ),
        (
            "deskhive.texts.title = \"{{ [title] * 100000000 }}\"",
            "mapping.deskhive.texts.title ",
            "there is no `[`",
        ),
        (
            "deskhive.texts.reply = \"{{ text }}{{ self }}\"",
            "mapping.deskhive.texts.reply ",
            "there is no `self`",
        ),
        (
            "qminder.status_replies.SERVED = \"{{ nmae }}\"",
            "mapping.qminder.status_replies.SERVED ",
            "nmae",
        ),
        (
            "deskhive.status_out.on_hold = \"waiting\"",
            "mapping.deskhive.status_out.on_hold ",
            "\"on_hold\"",
        ),
        (
            "deskhive.status_out.merged = \"open\"",
            "mapping.deskhive.status_out.merged ",
            "not a known key",
        ),
        (
            "deskhive.priority.high = \"urgent\"",
            "mapping.deskhive.priority.high ",
            "\"critical\"",
        ),
        (
            "deskhive.texts.title = \"{{ title }} {{ author }} {{ author_uid }} {{ provider }}\"",
            "mapping.deskhive.texts.title ",
            "683 characters long",
        ),
        (
            "deskhive.texts.edit = \"It was edited\"",
            "mapping.deskhive.texts.edit ",
            "would be lost",
        ),
        (
            "deskhive.labels.Fault = \"Bug\"",
            "mapping.deskhive.labels.Fault ",
            "agent_api.labels",
        ),
        (
            "response_url.status_replies.closed = \"{{ email }}\"",
            "mapping.response_url.status_replies.closed ",
            "number, title",
        ),
    ] {
        let problem = sole_problem(&format!("[mapping]\n{text}"));
        assert!(problem.starts_with(path), "{text}: {problem}");
        assert!(problem.contains(what), "{what}: {problem}");
        assert!(problem.contains("config.toml:2"), "{problem}");
    }
}

#[test]
fn what_is_too_much_is_refused_rather_than_cut() {
    let field = "{ type = \"text\", title = \"T\", value = \"{{ number }}\" }";
    let fields = |count| {
        format!(
            "[mapping.qminder]\nfields = [{}]",
            vec![field; count].join(", ")
        )
    };
    assert_eq!(sole_problem(&fields(21)).lines().count(), 1);
    let problem = sole_problem(&fields(21));
    assert!(problem.starts_with("mapping.qminder.fields "), "{problem}");
    assert!(problem.contains("at most 20"), "{problem}");
    loaded(&fields(20));
    let nameless = |length| format!("[mapping.deskhive]\nnameless = \"{}\"", "x".repeat(length));
    let problem = sole_problem(&nameless(251));
    assert!(
        problem.starts_with("mapping.deskhive.nameless "),
        "{problem}"
    );
    loaded(&nameless(250));
}

#[test]
fn a_systems_own_words_are_checked_under_its_name_and_those_of_its_kind_once() {
    let problem = sole_problem(&format!("{DESK}mapping.texts.sms = \"Hello\""));
    assert!(
        problem.starts_with("systems[front-desk].mapping.texts.sms "),
        "{problem}"
    );
    let problem = sole_problem(&format!("[mapping.qminder.texts]\nsms = \"Hello\"\n{DESK}"));
    assert!(
        problem.starts_with("mapping.qminder.texts.sms "),
        "{problem}"
    );
}
