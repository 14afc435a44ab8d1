//! Words stand in `texts/`, in both languages: nothing Vietnamese is left in templates, modules and scripts.

use std::path::{Path, PathBuf};

/// What is no text of a page: the file, and what stands in the line.
const ALLOWED: &[(&str, &str)] = &[
    // The name of the product.
    ("templates/", "Văn Thư"),
    // Letters that are looked for.
    ("assets/direct.js", "/đ/gi"),
    ("src/screens/search", "'đ'"),
    // How a subject may begin, whatever is spoken.
    ("src/view/document.rs", "\"về việc\""),
    // What a document or the record says, whatever is spoken.
    ("src/screens/outgoing/act.rs", "\"Đã xem đủ 9 thành phần thể thức.\""),
    ("src/screens/outgoing/letter.rs", "(\"trả lời\", kind), (\"số\", number), (\"ngày\", day), (\"của\""),
    ("src/screens/outgoing/letter.rs", "\"tỉnh \", \"thành phố \""),
    // How a range of days is written in an announcement.
    ("src/screens/admin/holidays.rs", "\"đến\""),
    // A language's name in itself.
    ("src/texts/language.rs", "Tiếng Việt"),
];

const VIETNAMESE: &str = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";

fn is_vietnamese(text: &str) -> bool {
    text.to_lowercase().chars().any(|c| VIETNAMESE.contains(c))
}

#[test]
fn nothing_vietnamese_stands_outside_of_the_texts() {
    let mut found = Vec::new();
    let mut needless: Vec<_> = ALLOWED.to_vec();
    for (path, file) in files() {
        let text = without_comments(&path, &std::fs::read_to_string(file).expect("file"));
        for (i, line) in text.lines().enumerate() {
            let mut rest = line.to_owned();
            for allowed in ALLOWED.iter().filter(|(p, words)| path.starts_with(p) && line.contains(words)) {
                rest = rest.replace(allowed.1, "");
                needless.retain(|n| n != allowed);
            }
            if is_vietnamese(&rest) {
                found.push(format!("{path}:{}: {}", i + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "words that belong into texts/*.ftl:\n{}", found.join("\n"));
    assert!(needless.is_empty(), "allowed and nowhere to be found: {needless:?}");
}

#[test]
fn comments_and_tests_may_speak_vietnamese() {
    let code = "let a = \"x\"; // số đến\n/* sổ */ let url = \"http://x/\"; let b = \"sổ\";\n#[cfg(test)]\nmod tests { \"sổ\" }\n";
    assert_eq!(
        without_comments("src/a.rs", code),
        "let a = \"x\"; \n let url = \"http://x/\"; let b = \"sổ\";\n"
    );
    assert_eq!(without_comments("templates/a.html", "{# sổ\nsổ #}<p>a<!-- sổ --></p>"), "\n<p>a</p>");
}

/// Every template, module and script, by its path below the crate.
fn files() -> Vec<(String, PathBuf)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut folders = vec![root.join("templates"), root.join("src"), root.join("assets")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("folder") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "html" || e == "rs" || e == "js") {
                let name =
                    path.strip_prefix(root).expect("below the crate").to_str().expect("name").to_owned();
                found.push((name, path));
            }
        }
    }
    found.sort();
    found
}

/// The text without its comments (their line ends stay); of a module, without its tests too.
fn without_comments(path: &str, text: &str) -> String {
    let (pairs, line_comments): (&[(&str, &str)], bool) = if path.ends_with(".html") {
        (&[("{#", "#}"), ("<!--", "-->")], false)
    } else {
        (&[("/*", "*/")], true)
    };
    let mut rest = text;
    if path.ends_with(".rs") {
        rest = rest.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    }
    let mut out = String::new();
    let mut quoted = false;
    while let Some(c) = rest.chars().next() {
        if !quoted && let Some((open, close)) = pairs.iter().find(|(open, _)| rest.starts_with(open)) {
            let after = &rest[open.len()..];
            let end = after.find(close).map_or(after.len(), |i| i + close.len());
            out.extend(after[..end].chars().filter(|c| *c == '\n'));
            rest = &after[end..];
            continue;
        }
        if line_comments && !quoted && rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
            continue;
        }
        if line_comments {
            match c {
                '\\' if quoted => {
                    // What is escaped ends nothing.
                    let end = rest.char_indices().nth(2).map_or(rest.len(), |(i, _)| i);
                    out.push_str(&rest[..end]);
                    rest = &rest[end..];
                    continue;
                }
                '\'' if !quoted && rest.starts_with("'\"'") => {
                    out.push_str("'\"'");
                    rest = &rest[3..];
                    continue;
                }
                '"' => quoted = !quoted,
                _ => {}
            }
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}
