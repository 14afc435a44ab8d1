//! The arrows and the absences that ARCHITECTURE.md draws, held by a test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the workspace").to_path_buf()
}

/// Direct normal dependencies of every workspace member, by package name.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    metadata["packages"]
        .as_array()
        .expect("packages")
        .iter()
        .map(|package| {
            let names = package["dependencies"]
                .as_array()
                .expect("dependencies")
                .iter()
                .filter(|d| d["kind"].is_null())
                .filter_map(|d| d["name"].as_str())
                .map(str::to_owned)
                .collect();
            (package["name"].as_str().expect("name").to_owned(), names)
        })
        .collect()
}

/// What each crate of the house may import of the house.
const ARROWS: [(&str, &[&str]); 11] = [
    ("proto", &[]),
    ("domain", &["proto"]),
    ("storage", &["proto"]),
    ("signer", &["proto"]),
    ("forms", &["proto"]),
    ("directory", &["proto", "domain"]),
    ("intake", &["proto", "domain"]),
    ("routing", &["proto", "domain"]),
    ("web", &["proto", "domain"]),
    ("archive", &["proto", "domain", "storage"]),
    (
        "vanthu",
        &[
            "proto",
            "domain",
            "storage",
            "signer",
            "forms",
            "directory",
            "intake",
            "routing",
            "web",
            "archive",
        ],
    ),
];

#[test]
fn crates_import_only_along_the_arrows() {
    let all = dependencies();
    let house: BTreeSet<&str> = all.keys().map(String::as_str).collect();
    for (name, allowed) in ARROWS {
        let of_the_house: Vec<_> = all[name].iter().filter(|d| house.contains(d.as_str())).collect();
        for import in of_the_house {
            assert!(
                allowed.contains(&import.as_str()),
                "{name} imports {import}; the arrows allow {allowed:?}"
            );
        }
    }
    let drawn: BTreeSet<&str> = ARROWS.iter().map(|(n, _)| *n).chain(["integration-tests"]).collect();
    assert_eq!(house, drawn, "a crate of the workspace is missing from the arrows");
}

#[test]
fn what_only_one_crate_may_name_is_named_by_it_alone() {
    let all = dependencies();
    let only = |dependency: &str, owner: &str| {
        for (name, imports) in &all {
            if name != owner {
                assert!(!imports.contains(dependency), "{name} names {dependency}; only {owner} may");
            }
        }
    };
    only("sled", "storage");
    only("tantivy", "storage");
    only("typst", "forms");
    only("typst-pdf", "forms");
    only("axum", "web");
    only("argon2", "directory");
    only("pdf-writer", "signer");
    only("cms", "signer");
}

#[test]
fn the_rules_know_nothing_of_the_outside_world() {
    for banned in ["tokio", "tonic", "sled", "tracing", "openssl", "getrandom", "rand"] {
        assert!(!dependencies()["domain"].contains(banned), "domain depends on {banned}");
    }
    // A module of tests reads its reviewed snapshots.
    let rules = sources(&root().join("services/domain/src"));
    for (path, text) in rules.into_iter().filter(|(path, _)| !path.ends_with("tests.rs")) {
        for banned in
            ["std::fs", "SystemTime", "std::net", "std::thread", "async fn", "std::process", "std::env"]
        {
            assert!(!text.contains(banned), "{} says {banned}", path.display());
        }
    }
}

#[test]
fn the_top_level_is_what_it_was_agreed_to_be() {
    let tracked = Command::new("git").args(["ls-files", "-z"]).current_dir(root()).output();
    let Ok(tracked) = tracked else {
        eprintln!("skipped: the_top_level_is_what_it_was_agreed_to_be: git is not installed");
        return;
    };
    let text = String::from_utf8(tracked.stdout).expect("paths are UTF-8");
    let top: BTreeSet<&str> =
        text.split('\0').filter_map(|p| p.split('/').next()).filter(|p| !p.is_empty()).collect();
    let agreed: BTreeSet<&str> = [
        ".ci",
        ".gitignore",
        "ARCHITECTURE.md",
        "Cargo.lock",
        "Cargo.toml",
        "Makefile",
        "README.md",
        "clippy.toml",
        "integration-tests",
        "proto",
        "rust-toolchain.toml",
        "rustfmt.toml",
        "services",
        "signer",
        "storage",
    ]
    .into();
    let surplus: Vec<_> = top.difference(&agreed).collect();
    assert!(surplus.is_empty(), "not agreed at the top level: {surplus:?}");
}

#[test]
fn no_folder_or_file_is_named_for_nothing() {
    for name in ["common", "utils", "util", "helpers", "misc"] {
        for (path, _) in sources(&root()) {
            let stems: Vec<_> = path.iter().filter_map(|p| Path::new(p).file_stem()?.to_str()).collect();
            assert!(!stems.contains(&name), "{} is named {name}: say what it is for", path.display());
        }
    }
}

fn sources(dir: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![dir.to_path_buf()];
    while let Some(dir) = open.pop() {
        for entry in std::fs::read_dir(&dir).expect("folder is readable") {
            let path = entry.expect("entry is readable").path();
            let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | "node_modules" | ".git" | "data") {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("source is UTF-8");
                found.push((path, text));
            }
        }
    }
    found
}
