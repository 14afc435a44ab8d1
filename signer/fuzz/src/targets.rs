//! What is fuzzed, as plain functions: no input may make them panic, hang or take more memory than
//! the limits of the reader allow. The fuzzers call them, and so does a test of the signer.

use std::cell::RefCell;
use std::fmt::{Debug, Write as _};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;

use signer::chain::TrustRoots;
use signer::cms::{
    CertificateInfo, attach_timestamp, signature_value, verify_detached, verify_timestamp,
    verify_wrapped_digest,
};
use signer::pdf::{Document, Input, Object};
use signer::validate::{Options, validate};

/// Most objects that are read of one input; the rest is like them.
const OBJECTS_MAX: usize = 2_000;
/// Most revisions that are looked at.
const REVISIONS_MAX: usize = 8;
/// The time of judging, 2026-11-22.
const AT: i64 = 1_795_305_600;

/// The reader: every revision, every object, every stream, pages and fields. From a file on disk it reads the same as
/// from memory.
pub(crate) fn reader(input: &[u8]) {
    let (password, file) = match input {
        [b'\0', length, rest @ ..] if rest.len() >= usize::from(*length) => {
            rest.split_at(usize::from(*length))
        }
        _ => (&[][..], input),
    };
    let password = String::from_utf8_lossy(password);
    let on_disk = Document::open_with_password(on_disk(file), &password);
    let document = match Document::open_with_password(file.to_vec(), &password) {
        Ok(document) => document,
        Err(error) => return assert_eq!(error, on_disk.expect_err("refused in memory, read from disk")),
    };
    let on_disk = on_disk.expect("read from memory, refused on disk");
    assert_eq!(everything(&document), everything(&on_disk));
    let _ = document.encryption();
    for revision in 0..document.revisions().len().min(REVISIONS_MAX) {
        let Some(view) = document.at_revision(revision) else { continue };
        for (id, location) in view.objects().into_iter().take(OBJECTS_MAX) {
            assert_eq!(view.locate(id), Some(location));
            let Ok(Some(indirect)) = view.load(id) else { continue };
            assert!(indirect.span.end <= indirect.buffer.len());
            if let Object::Stream(stream) = &indirect.object {
                let _ = view.decode(stream);
            }
        }
        let _ = view.page_count();
        let _ = view.page(1);
        let _ = view.fields();
    }
    let _ = document.anomalies();
}

/// The input as a file that is read where it is asked for.
fn on_disk(bytes: &[u8]) -> Input {
    thread_local!(static FILE: RefCell<Option<File>> = const { RefCell::new(None) });
    FILE.with_borrow_mut(|kept| {
        let file = kept.get_or_insert_with(|| {
            let thread = format!("{:?}", std::thread::current().id());
            let name = format!("signer-fuzz-{}-{}", std::process::id(), thread.replace(['(', ')'], "-"));
            let path = std::env::temp_dir().join(name);
            let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
            std::fs::remove_file(&path).expect("a temporary file has a name to lose");
            file.expect("a temporary file")
        });
        file.set_len(0).and_then(|()| file.write_all_at(bytes, 0)).expect("a temporary file is written");
        Input::from_file(file.try_clone().expect("a file is opened twice")).expect("it is a regular file")
    })
}

/// What a reader tells of a file, as text.
fn everything(document: &Document) -> String {
    fn put(out: &mut String, what: impl Debug) {
        writeln!(out, "{what:?}").expect("text grows");
    }
    let mut out = String::new();
    let view = document.latest();
    put(&mut out, document.revisions());
    put(&mut out, document.anomalies());
    for (id, location) in view.objects().into_iter().take(OBJECTS_MAX) {
        put(&mut out, (id, location));
        match view.load(id) {
            Ok(Some(indirect)) => {
                put(&mut out, (&indirect.span, &indirect.object));
                if let Object::Stream(stream) = &indirect.object {
                    put(&mut out, view.decode(stream));
                }
            }
            other => put(&mut out, other.map(|_| ())),
        }
    }
    put(&mut out, view.page_count());
    put(&mut out, view.fields());
    out
}

/// The reader of signature messages and time stamps.
pub(crate) fn message(input: &[u8]) {
    let content: &[&[u8]] = &[b"content"];
    let plain = verify_detached(input, content, false);
    let pades = verify_detached(input, content, true);
    // What PAdES demands besides can only make it worse.
    assert!(plain.is_intact() || !pades.is_intact());
    for certificate in &plain.certificates {
        let _ = CertificateInfo::of(certificate);
    }
    verify_wrapped_digest(input, content);
    verify_timestamp(input, content);
    let _ = signature_value(input);
    let _ = attach_timestamp(input, input);
}

/// The whole validation, with everything it reports.
pub(crate) fn validator(input: &[u8]) {
    let report = validate(input.to_vec(), &Options::new(TrustRoots::none(), AT));
    // Nobody is trusted, so nothing can be proven.
    assert_ne!(report.verdict.name(), "valid");
    for one in &report.signatures {
        assert!(one.revision.is_none_or(|revision| revision <= report.revisions));
        assert!(one.revision_end.is_none_or(|end| end <= input.len()));
    }
    assert!(report.revision_ends.windows(2).all(|pair| pair[0] <= pair[1]));
    let _ = report.to_json().to_string();
    let _ = report.to_record(AT);
}
