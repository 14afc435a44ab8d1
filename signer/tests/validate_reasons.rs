//! Every reason that a verdict can have is brought about by some test that names it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Reasons that no test file can bring about in passable time, and why.
const NOT_REACHED: &[(&str, &str)] = &[(
    "too_large_to_compare",
    "its case is a form that is too deep; by size alone it takes two million objects",
)];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn texts(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    found.into_iter().map(|path| (path.clone(), fs::read_to_string(&path).unwrap())).collect()
}

/// Words between quotes such as `some_reason`; what else stands between two quotes is no such word.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.split('"').filter(move |piece| !piece.is_empty() && piece.bytes().all(is_word))
}

/// The first words of findings, and what the comparison of revisions calls its changes.
fn reasons() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, text) in texts("src") {
        let code = text.split("#[cfg(test)]").next().unwrap();
        for kind in ["Finding::broken(", "Finding::undecided(", "Finding::warning("] {
            for (at, _) in code.match_indices(kind) {
                let rest = code[at + kind.len()..].trim_start();
                found.extend(
                    rest.strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned),
                );
            }
        }
        if path.components().any(|part| part.as_os_str() == "changes") {
            found.extend(words(code).filter(|word| word.contains('_')).map(str::to_owned));
        }
    }
    found
}

#[test]
fn every_reason_is_named_by_a_test_that_brings_it_about() {
    let reasons = reasons();
    assert!(reasons.len() > 130, "{} reasons are found in the source", reasons.len());
    let mut named: BTreeSet<String> = BTreeSet::new();
    for (_, text) in texts("tests").into_iter().filter(|(path, _)| !path.ends_with("validate_reasons.rs")) {
        named.extend(words(&text).map(str::to_owned));
    }
    for (_, text) in texts("src") {
        named.extend(text.split("#[cfg(test)]").skip(1).flat_map(words).map(str::to_owned));
    }
    let excused: BTreeSet<&str> = NOT_REACHED.iter().map(|(code, _)| *code).collect();
    let missing: Vec<&String> =
        reasons.iter().filter(|code| !named.contains(*code) && !excused.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "no test brings about {missing:?}");
    for (code, why) in NOT_REACHED {
        assert!(reasons.contains(*code) && !why.is_empty(), "{code} is no reason any more");
    }
}

#[test]
fn every_reason_has_a_sentence_in_both_languages() {
    for language in ["vi", "en"] {
        let path = format!("../services/web/texts/{language}/findings.ftl");
        let texts = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
        let told: BTreeSet<&str> =
            texts.lines().filter_map(|line| line.split_once(" = ").map(|(key, _)| key)).collect();
        let missing: Vec<String> =
            reasons().into_iter().filter(|code| !told.contains(code.as_str())).collect();
        assert!(missing.is_empty(), "{language} lacks {missing:?}");
    }
}
