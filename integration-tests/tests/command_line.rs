//! `vanthu sign` and `vanthu verify`, as a person or a script meets them: exit codes, JSON, and nothing half-written.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use integration_tests::authority::{Authority, KeyKind};
use integration_tests::binary;
use integration_tests::paper::{ink, one_page};
use integration_tests::skip::corpus;
use serde_json::Value;

const PASSWORD: &str = "mat khau cua khoa";

/// A folder with a key, its password, its authority and a PDF.
struct Bench {
    dir: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let (dir, authority) = (tempfile::tempdir().unwrap(), Authority::make());
        let holder = authority.issue("Nguyễn Văn An", KeyKind::P256);
        let write = |name: &str, bytes: &[u8]| std::fs::write(dir.path().join(name), bytes).unwrap();
        write("key.p12", &authority.pkcs12(&holder, PASSWORD));
        write("password", format!("{PASSWORD}\nsecond line\n").as_bytes());
        write("ca.pem", &authority.pem());
        write("in.pdf", &one_page("Hop dong"));
        write("ink.png", &ink([0, 0, 128]));
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs `vanthu` in the folder.
    fn run(&self, args: &[&str]) -> Output {
        Command::new(binary::vanthu()).args(args).current_dir(self.dir.path()).output().unwrap()
    }

    fn sign(&self, input: &str, output: &str, more: &[&str]) -> Output {
        let args =
            [&["sign", input, output, "--key", "key.p12", "--password-file", "password"], more].concat();
        self.run(&args)
    }

    /// Exit code and JSON of `verify`.
    fn verify(&self, file: &str, more: &[&str]) -> (i32, Value) {
        let output = self.run(&[&["verify", file, "--json"], more].concat());
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(
            said.lines().count(),
            1,
            "one JSON object: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        (output.status.code().unwrap(), serde_json::from_str(&said).unwrap())
    }

    /// Names of all files, to see that none came or went.
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.dir.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_file_is_signed_and_every_verdict_has_its_code() {
    let bench = Bench::new();
    assert_eq!(bench.verify("in.pdf", &[]).0, 3, "no signature");
    let output = bench.sign("in.pdf", "out.pdf", &["--reason", "Đồng ý"]);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    let (before, after) =
        (std::fs::read(bench.path("in.pdf")).unwrap(), std::fs::read(bench.path("out.pdf")).unwrap());
    assert!(after.starts_with(&before) && after.len() > before.len());

    let (code, json) = bench.verify("out.pdf", &["--trust", "ca.pem"]);
    assert_eq!((code, &json["verdict"]), (0, &"valid".into()));
    let (code, json) = bench.verify("out.pdf", &[]);
    assert_eq!((code, &json["verdict"]), (2, &"indeterminate".into()), "nobody vouches for the authority");
    let (code, json) = bench.verify("out.pdf", &["--trust", "ca.pem", "--require-revocation"]);
    assert_eq!((code, &json["verdict"]), (2, &"indeterminate".into()), "nobody could be asked");
    // Without the wish it is a warning.
    let (_, json) = bench.verify("out.pdf", &["--trust", "ca.pem"]);
    let warnings = json["signatures"][0]["warnings"].as_array().unwrap();
    assert!(
        warnings.iter().any(|w| w.as_str().unwrap().starts_with("revocation_not_checked")),
        "{warnings:?}"
    );
    // A folder of roots is as good as one.
    std::fs::create_dir(bench.path("roots")).unwrap();
    std::fs::copy(bench.path("ca.pem"), bench.path("roots/ca.pem")).unwrap();
    assert_eq!(bench.verify("out.pdf", &["--trust", "roots"]).0, 0);

    let mut changed = after.clone();
    let at = changed.windows(8).position(|w| w == b"Hop dong").unwrap();
    changed[at] ^= 1;
    std::fs::write(bench.path("changed.pdf"), &changed).unwrap();
    for trust in [&[][..], &["--trust", "ca.pem"]] {
        let (code, json) = bench.verify("changed.pdf", trust);
        assert_eq!((code, &json["verdict"]), (1, &"invalid".into()), "invalid beats indeterminate");
        assert!(!json["signatures"][0]["reasons"].as_array().unwrap().is_empty());
    }
    for (name, bytes) in
        [("empty.pdf", &b""[..]), ("text.pdf", b"hello"), ("broken.pdf", b"%PDF-1.7\ntrailer\n<<>>")]
    {
        std::fs::write(bench.path(name), bytes).unwrap();
        let (code, json) = bench.verify(name, &[]);
        assert_eq!((code, &json["verdict"]), (4, &"unreadable".into()), "{name}");
    }
    // What is not there cannot be read either, in a folder as by its name.
    let output = bench.run(&["verify", "nowhere.pdf"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stdout).contains("nowhere.pdf"));
    // Nothing that was not judged looks like a verdict: neither an empty folder nor a wrong word.
    std::fs::create_dir(bench.path("nothing")).unwrap();
    let output = bench.run(&["verify", "nothing"]);
    assert_eq!(output.status.code(), Some(6), "{}", complaint(&output));
    assert_eq!(bench.run(&["verify", "--trusst", "ca.pem", "in.pdf"]).status.code(), Some(6));
    assert_eq!(bench.run(&["verify", "--help"]).status.code(), Some(0));
}

#[test]
fn the_json_has_the_shape_that_was_promised() {
    let bench = Bench::new();
    assert!(bench.sign("in.pdf", "once.pdf", &[]).status.success());
    assert!(bench.sign("once.pdf", "twice.pdf", &[]).status.success());
    let (code, json) = bench.verify("twice.pdf", &["--trust", "ca.pem"]);
    assert_eq!(code, 0, "{json}");
    let keys = |value: &Value| {
        let mut keys: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    let promised = |value: &Value, names: &[&str]| {
        let there = keys(value);
        names.iter().all(|name| there.iter().any(|key| key == name))
    };
    assert!(promised(&json, &["signatures", "verdict"]), "{json}");
    let signatures = json["signatures"].as_array().unwrap();
    assert_eq!(signatures.len(), 2);
    for one in signatures {
        let expected = [
            "kind",
            "field",
            "verdict",
            "signer",
            "issuer",
            "signed_at",
            "signed_at_is",
            "revocation",
            "covers",
            "changes_after",
            "reasons",
            "warnings",
        ];
        assert!(promised(one, &expected), "{one}");
        assert_eq!(
            (
                &one["kind"],
                &one["verdict"],
                &one["signer"],
                &one["issuer"],
                &one["signed_at_is"],
                &one["revocation"]
            ),
            (
                &"signature".into(),
                &"valid".into(),
                &"Nguyễn Văn An".into(),
                &"CA thử".into(),
                &"claimed".into(),
                &"not_checked".into()
            )
        );
        assert!(one["signed_at"].as_str().unwrap().ends_with('Z'));
        assert!(one["reasons"].as_array().unwrap().is_empty());
    }
    assert_eq!(
        (&signatures[0]["covers"], &signatures[0]["changes_after"]),
        (&"revision".into(), &"permitted".into())
    );
    assert_eq!(
        (&signatures[1]["covers"], &signatures[1]["changes_after"]),
        (&"whole_file".into(), &"none".into())
    );
    let words = bench.run(&["verify", "twice.pdf", "--trust", "ca.pem"]);
    assert!(String::from_utf8(words.stdout).unwrap().starts_with("valid\n"));
}

#[test]
fn a_visible_signature_lies_in_its_box() {
    let bench = Bench::new();
    let box_ = ["--box", "1,100,150,180,60", "--image", "ink.png"];
    let output = bench.sign("in.pdf", "out.pdf", &box_);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    let document = signer::pdf::Document::open(std::fs::read(bench.path("out.pdf")).unwrap()).unwrap();
    let view = document.latest();
    let field = view.fields().unwrap().pop().unwrap();
    let signer::pdf::Object::Array(rect) = view.value(&field.dict, b"Rect").unwrap() else {
        panic!("no place")
    };
    let at: Vec<f64> = rect.iter().filter_map(signer::pdf::Object::as_number).collect();
    assert_eq!(at, [100.0, 150.0, 280.0, 210.0]);
    assert_eq!(bench.verify("out.pdf", &["--trust", "ca.pem"]).0, 0);
}

#[test]
fn what_is_refused_leaves_nothing_behind() {
    let bench = Bench::new();
    std::fs::write(bench.path("text.pdf"), b"hello").unwrap();
    std::fs::write(bench.path("there.pdf"), b"was there").unwrap();
    let before = bench.files();
    // Exit 5 and a typed reason: the file is refused.
    for (input, more, reason) in [
        ("text.pdf", &[][..], "not_a_pdf"),
        ("in.pdf", &["--box", "2,0,0,10,10"][..], "page_unknown"),
        ("in.pdf", &["--box", "1,500,800,300,300"][..], "box_outside_page"),
        ("in.pdf", &["--box", "1,10,10,0,10"][..], "box_outside_page"),
    ] {
        let output = bench.sign(input, "new.pdf", more);
        assert_eq!(output.status.code(), Some(5), "{input} {more:?}: {}", complaint(&output));
        assert!(
            complaint(&output).starts_with(&format!("vanthu: {reason}: ")),
            "{input} {more:?}: {}",
            complaint(&output)
        );
        assert!(output.stdout.is_empty());
        assert_eq!(bench.files(), before, "{input} {more:?}");
    }
    // Any other trouble is another code, and leaves as little.
    std::fs::write(bench.path("wrong"), b"sai mat khau\n").unwrap();
    let before = bench.files();
    let mut troubles: Vec<(&str, Output)> = vec![
        ("no input", bench.sign("nowhere.pdf", "new.pdf", &[])),
        ("an output that is there", bench.sign("in.pdf", "there.pdf", &[])),
        ("an output in no folder", bench.sign("in.pdf", "nowhere/new.pdf", &[])),
        ("a box that is none", bench.sign("in.pdf", "new.pdf", &["--box", "1,2,3"])),
        (
            "an image that is none",
            bench.sign("in.pdf", "new.pdf", &["--box", "1,10,10,50,50", "--image", "in.pdf"]),
        ),
    ];
    let wrong = ["sign", "in.pdf", "new.pdf", "--key", "key.p12", "--password-file", "wrong"];
    troubles.push(("a wrong password", bench.run(&wrong)));
    let no_key = ["sign", "in.pdf", "new.pdf", "--key", "in.pdf", "--password-file", "password"];
    troubles.push(("a key that is none", bench.run(&no_key)));
    for (what, output) in troubles {
        let code = output.status.code().unwrap();
        assert!(code != 0 && !complaint(&output).is_empty(), "{what}");
        assert!(!complaint(&output).contains("panicked"), "{what}: {}", complaint(&output));
        assert!(!complaint(&output).contains(PASSWORD), "{what}: a password is never printed");
        assert_eq!(bench.files(), before, "{what}");
    }
    assert_eq!(std::fs::read(bench.path("there.pdf")).unwrap(), b"was there");
}

/// What the manifest of the corpus says of a signed file.
fn expected(folder: &Path) -> Vec<(String, String)> {
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let mut lines = manifest.lines();
    let head: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let column = |wanted: &[&str]| head.iter().position(|name| wanted.contains(name));
    let (file, verdict) =
        (column(&["file", "name"]).unwrap_or(0), column(&["expected", "verdict", "expect"]));
    let Some(verdict) = verdict else { panic!("the manifest has no verdict: {head:?}") };
    lines
        .map(|line| {
            let parts: Vec<&str> = line.split('\t').collect();
            (parts[file].to_owned(), parts[verdict].to_owned())
        })
        .collect()
}

#[test]
fn files_of_the_world_are_judged_by_the_code() {
    let Some(folder) = corpus("files_of_the_world_are_judged_by_the_code", "signed") else { return };
    let bench = Bench::new();
    let mut judged = 0;
    for (name, verdict) in expected(&folder) {
        // Our own recipe's files, whose root is at hand: a few of each verdict; the signer's tests do all of them.
        if !name.starts_with("own__") {
            continue;
        }
        let file = folder.join(&name).display().to_string();
        let root = folder.join("own_root.pem").display().to_string();
        let (code, json) = bench.verify(&file, &["--trust", &root]);
        match verdict.as_str() {
            "VALID" => assert_eq!(code, 0, "{name}: {json}"),
            "INVALID" => assert_eq!(code, 1, "{name}: {json}"),
            _ => assert!((0..=4).contains(&code), "{name}: {json}"),
        }
        judged += 1;
    }
    assert!(judged > 10, "only {judged} files were judged");
}

#[test]
fn files_of_the_world_are_signed_or_refused_whole() {
    let Some(folder) = corpus("files_of_the_world_are_signed_or_refused_whole", "pdfs") else { return };
    let bench = Bench::new();
    let (mut signed, mut valid, mut refused) = (0, 0, 0);
    let before = bench.files();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "pdf") {
            continue;
        }
        let name = path.display().to_string();
        let output = bench.sign(&name, "new.pdf", &[]);
        match output.status.code() {
            Some(0) => {
                signed += 1;
                let (whole, new) =
                    (std::fs::read(&path).unwrap(), std::fs::read(bench.path("new.pdf")).unwrap());
                assert!(new.starts_with(&whole), "{name}");
                let (code, json) = bench.verify("new.pdf", &["--trust", "ca.pem"]);
                // Some bear signatures of strangers besides; ours is the last.
                let own = json["signatures"].as_array().unwrap().last().unwrap();
                assert_ne!(own["verdict"], "invalid", "{name}: {code} {json}");
                valid += u32::from(own["verdict"] == "valid");
                std::fs::remove_file(bench.path("new.pdf")).unwrap();
            }
            Some(5) => {
                refused += 1;
                let complaint = complaint(&output);
                let code = complaint.trim_start_matches("vanthu: ").split(':').next().unwrap();
                assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}: {complaint}");
            }
            code => panic!("{name}: {code:?} {}", complaint(&output)),
        }
        assert_eq!(bench.files(), before, "{name}");
    }
    // Where the file itself was odd before it is said so; never is a signature of ours wrong.
    assert!(
        signed > 20 && valid > signed * 3 / 4 && refused > 0,
        "{signed} signed, {valid} valid, {refused} refused"
    );
}

/// JSON lines of standard output.
fn lines(output: &Output) -> Vec<Value> {
    let said = String::from_utf8(output.stdout.clone()).unwrap();
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_folder_gives_a_line_a_file_and_the_code_of_its_worst() {
    let bench = Bench::new();
    let folder = |name: &str| std::fs::create_dir(bench.path(name)).unwrap();
    folder("in");
    assert_eq!(bench.sign("in", "out", &[]).status.code(), Some(6), "nothing is there to be signed");
    std::fs::copy(bench.path("in.pdf"), bench.path("in/a.pdf")).unwrap();
    std::fs::copy(bench.path("in.pdf"), bench.path("in/c.PDF")).unwrap();
    std::fs::write(bench.path("in/note.txt"), b"no PDF").unwrap();
    let output = bench.sign("in", "out", &[]);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    let signed = |file: &str| serde_json::json!({ "file": file, "outcome": "signed", "reason": null });
    assert_eq!(lines(&output), [signed("a.pdf"), signed("c.PDF")]);

    let output = bench.run(&["verify", "out", "--trust", "ca.pem"]);
    assert_eq!(output.status.code(), Some(0));
    let verdicts = |output: &Output| -> Vec<(String, String)> {
        let word = |value: &Value| value.as_str().unwrap().to_owned();
        lines(output).iter().map(|line| (word(&line["file"]), word(&line["verdict"]))).collect()
    };
    let pair = |file: &str, verdict: &str| (file.to_owned(), verdict.to_owned());
    assert_eq!(verdicts(&output), [pair("a.pdf", "valid"), pair("c.PDF", "valid")]);

    // One that is none: the others are signed all the same, those that are signed already stay as they are.
    std::fs::write(bench.path("in/b.pdf"), b"hello").unwrap();
    let kept = std::fs::read(bench.path("out/a.pdf")).unwrap();
    let output = bench.sign("in", "out", &[]);
    assert_eq!(output.status.code(), Some(5), "{}", complaint(&output));
    let reasons = |output: &Output| -> Vec<Value> {
        lines(output).into_iter().map(|mut line| line["reason"].take()).collect()
    };
    assert_eq!(reasons(&output), ["signed_before", "not_a_pdf", "signed_before"]);
    assert_eq!(std::fs::read(bench.path("out/a.pdf")).unwrap(), kept);
    let output = bench.sign("in", "new", &[]);
    assert_eq!(output.status.code(), Some(5), "{}", complaint(&output));
    assert_eq!(std::fs::read_dir(bench.path("new")).unwrap().count(), 2);

    // A run that was killed is taken up by the same command. What is there and is no such output is not replaced.
    std::fs::remove_file(bench.path("in/b.pdf")).unwrap();
    std::fs::remove_file(bench.path("out/c.PDF")).unwrap();
    std::fs::write(bench.path("out/c.PDF.part"), &kept[..kept.len() / 2]).unwrap();
    let output = bench.sign("in", "out", &[]);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    assert_eq!(reasons(&output), [Value::from("signed_before"), Value::Null]);
    assert_eq!(std::fs::read_dir(bench.path("out")).unwrap().count(), 2);
    let mut other = kept.clone();
    *other.last_mut().unwrap() ^= 1;
    other[20] ^= 1;
    for not_ours in [std::fs::read(bench.path("in/a.pdf")).unwrap(), other, b"hello".to_vec()] {
        std::fs::write(bench.path("out/a.pdf"), &not_ours).unwrap();
        let output = bench.sign("in", "out", &[]);
        assert_eq!(output.status.code(), Some(5), "{}", complaint(&output));
        assert_eq!(reasons(&output), ["output_exists", "signed_before"]);
        assert_eq!(std::fs::read(bench.path("out/a.pdf")).unwrap(), not_ours);
    }
    // A disk that cannot be written is worse than a file that is refused.
    std::fs::write(bench.path("file"), b"is no folder").unwrap();
    assert_eq!(bench.sign("in", "file/out", &[]).status.code(), Some(6));
    std::fs::write(bench.path("out/a.pdf"), &kept).unwrap();

    // The worst of several verdicts is what the folder is.
    for (more, bytes, code) in [
        ("d.pdf", std::fs::read(bench.path("in.pdf")).unwrap(), 3),
        ("e.pdf", b"hello".to_vec(), 4),
        (
            "f.pdf",
            {
                let mut changed = kept.clone();
                let at = changed.windows(8).position(|w| w == b"Hop dong").unwrap();
                changed[at] ^= 1;
                changed
            },
            1,
        ),
    ] {
        std::fs::write(bench.path("new").join(more), bytes).unwrap();
        let output = bench.run(&["verify", "new", "--trust", "ca.pem", "--offline"]);
        assert_eq!(output.status.code(), Some(code), "{more}");
    }
    assert_eq!(bench.run(&["verify", "out"]).status.code(), Some(2), "nobody vouches for the authority");
}

#[test]
fn a_file_with_a_password_is_signed_and_judged_with_it() {
    let bench = Bench::new();
    let path = |name: &str| bench.path(name).display().to_string();
    let made = Command::new("qpdf")
        .args(["--encrypt", "mo", "chu", "256", "--", &path("in.pdf"), &path("locked.pdf")])
        .status();
    assert!(made.unwrap().success(), "qpdf encrypts");
    for (name, password) in [("user", "mo"), ("owner", "chu"), ("other", "khac")] {
        std::fs::write(bench.path(name), password).unwrap();
    }
    for more in [&[][..], &["--document-password-file", "other"]] {
        let output = bench.sign("locked.pdf", "out.pdf", more);
        assert_eq!(output.status.code(), Some(5));
        assert!(complaint(&output).contains("password_needed"), "{}", complaint(&output));
    }
    for name in ["user", "owner"] {
        let out = format!("{name}.pdf");
        let output = bench.sign("locked.pdf", &out, &["--document-password-file", name]);
        assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
        let (code, json) = bench.verify(&out, &["--trust", "ca.pem", "--document-password-file", "user"]);
        assert_eq!((code, &json["verdict"]), (0, &"valid".into()), "{json}");
    }
}

#[test]
fn a_time_of_judging_can_be_given() {
    let bench = Bench::new();
    assert!(bench.sign("in.pdf", "out.pdf", &[]).status.success());
    let (code, _) = bench.verify("out.pdf", &["--trust", "ca.pem", "--at", "2001-01-01T00:00:00+07:00"]);
    assert_eq!(code, 2, "the certificate was not valid yet");
    let output = bench.run(&["verify", "out.pdf", "--at", "yesterday"]);
    assert!(!output.status.success() && complaint(&output).contains("--at"));
}

#[test]
fn what_is_certified_or_locked_stays_so() {
    let bench = Bench::new();
    for (level, code) in [("1", Some(5)), ("2", Some(0)), ("3", Some(0))] {
        let (once, twice) = (format!("{level}.pdf"), format!("{level}-twice.pdf"));
        assert!(bench.sign("in.pdf", &once, &["--certify", level]).status.success());
        let (_, json) = bench.verify(&once, &["--trust", "ca.pem"]);
        assert_eq!(json["signatures"][0]["certifies"].to_string(), level, "{json}");
        let output = bench.sign(&once, &twice, &[]);
        assert_eq!(output.status.code(), code, "{level}: {}", complaint(&output));
        assert_eq!(complaint(&output).contains("certified_no_changes"), level == "1");
    }
    assert!(!bench.sign("in.pdf", "4.pdf", &["--certify", "4"]).status.success());
    let output = bench.sign("in.pdf", "locked.pdf", &["--lock", "Nowhere"]);
    assert!(complaint(&output).contains("field_unknown"), "{}", complaint(&output));
    assert!(bench.sign("in.pdf", "locked.pdf", &["--lock", "all"]).status.success());
    let output = bench.sign("locked.pdf", "again.pdf", &[]);
    assert_eq!(output.status.code(), Some(5));
    assert!(complaint(&output).contains("locked_by_earlier_signature"), "{}", complaint(&output));
}

#[test]
fn a_level_needs_its_service() {
    let bench = Bench::new();
    let before = bench.files();
    for (more, reason) in [
        (&["--level", "b-t"][..], "no_timestamp_service"),
        (&["--level", "b-lta", "--tsa", "http://127.0.0.1:1/"], "service_unreachable"),
    ] {
        let output = bench.sign("in.pdf", "out.pdf", more);
        assert_eq!(output.status.code(), Some(5), "{}", complaint(&output));
        assert!(complaint(&output).contains(reason), "{}", complaint(&output));
        assert_eq!(bench.files(), before);
    }
    assert!(!bench.sign("in.pdf", "out.pdf", &["--level", "b-x"]).status.success());
}

#[test]
fn an_empty_field_is_signed_by_its_name() {
    let bench = Bench::new();
    let output = bench.sign("in.pdf", "out.pdf", &["--field", "Nowhere"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(complaint(&output).contains("field_unknown"), "{}", complaint(&output));
    let Some(folder) = corpus("an_empty_field_is_signed_by_its_name", "pdfs") else { return };
    let file = folder.join("pyhanko__minimal-two-fields-tagged.pdf");
    let view = signer::pdf::Document::open(std::fs::read(&file).unwrap()).unwrap();
    let name = view.latest().fields().unwrap().into_iter().find(|field| field.value.is_null()).unwrap().name;
    let output = bench.sign(&file.display().to_string(), "out.pdf", &["--field", &name]);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    let (_, json) = bench.verify("out.pdf", &["--trust", "ca.pem"]);
    assert_eq!((&json["verdict"], &json["signatures"][0]["field"]), (&"valid".into(), &name.into()));
}
