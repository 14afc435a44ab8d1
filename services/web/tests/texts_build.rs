//! What the build says of texts that do not agree: its file and its key.

#[path = "../build/texts.rs"]
mod texts;

use std::fs;

/// What the build makes of one file in both languages.
fn built(vi: &str, en: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("folder");
    for (language, text) in [("vi", vi), ("en", en)] {
        fs::create_dir(folder.path().join(language)).expect("folder");
        fs::write(folder.path().join(language).join("work.ftl"), text).expect("file");
    }
    texts::code(folder.path()).map_err(|e| e.to_string())
}

#[test]
fn a_text_missing_in_a_language_fails_the_build_with_its_file_and_key() {
    let told = built("late = Muộn\ndone = Xong\n", "late = Late\n").expect_err("must fail");
    assert_eq!(told, "services/web/texts/en/work.ftl has no text `done`");
    let told = built("late = Muộn\n", "late = Late\nmore = More\n").expect_err("must fail");
    assert_eq!(told, "services/web/texts/vi/work.ftl has no text `more`");
}

#[test]
fn other_variables_in_a_language_fail_the_build() {
    let told = built("late = Quá { $days } ngày\n", "late = { $n } days late\n").expect_err("must fail");
    assert!(told.contains("`late`") && told.contains("days") && told.contains("\"n\""), "{told}");
}

#[test]
fn what_would_never_be_shown_fails_the_build() {
    for (en, why) in [
        ("late = { $n ->\n    [two] two\n   *[other] many\n}\n", "no such plural"),
        ("late = { -brand } { $n }\n", "only { $variable }"),
        ("late = { $n }\nlate = again { $n }\n", "stands twice"),
        ("late = { $n }\n    .title = x\n", "attributes"),
        ("late = { $n }\nLate = x\n", "work.ftl"),
        ("late\n", "line 1"),
    ] {
        let told = built("late = { $n }\n", en).expect_err(en);
        assert!(told.contains(why), "{en}: {told}");
    }
}

#[test]
fn a_text_is_a_function_of_its_variables() {
    let code = built(
        "done = Xong\ngiven = { $who } giao { $part }\nlate = Quá { $days } ngày\n",
        "done = Done\ngiven = given as { $part } by { $who }\nlate = { $days ->\n    [one] { $days } day late\n   *[other] { $days } days late\n}\n",
    )
    .expect("agrees");
    assert!(code.contains("pub(crate) mod work {"));
    assert!(code.contains("fn done() -> &'static str") && code.contains("super::pick([\"Xong\", \"Done\"])"));
    assert!(code.contains("fn given(part: impl std::fmt::Display, who: impl std::fmt::Display) -> String"));
    assert!(
        code.contains("fn late(days: impl super::Count) -> String"),
        "counted in one language is counted"
    );
}
