//! No input makes the validator panic or hang: mutated files of the corpus, mutated signature
//! messages, files built to take for ever.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it skips")]

mod validate_office;

use std::path::Path;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use signer::chain::TrustRoots;
use signer::validate::{Options, Verdict, validate};
use signer::worker::{Request, inspect};
use validate_office::{JUDGED_AT, Office};

/// Nothing so small may take longer, on a machine shared with others.
const TIME_MAX: Duration = Duration::from_secs(10);
/// Larger files make the cases slow without adding structure.
const SEED_BYTES_MAX: u64 = 70_000;

#[derive(Debug, Clone)]
enum Mutation {
    Flip(prop::sample::Index, u8),
    Truncate(prop::sample::Index),
    Cut(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    Digit(prop::sample::Index, u8),
    Insert(prop::sample::Index, &'static [u8]),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<prop::sample::Index>;
    let tokens: [&[u8]; 14] = [
        b"<<",
        b">>",
        b"[",
        b"]",
        b"(",
        b"<",
        b" 0 R ",
        b"endobj",
        b"stream\n",
        b"%%EOF",
        b"startxref 0",
        b"/Kids",
        b"xref\n",
        b" null ",
    ];
    prop_oneof![
        (at(), any::<u8>()).prop_map(|(at, mask)| Mutation::Flip(at, mask)),
        at().prop_map(Mutation::Truncate),
        (at(), 1usize..2000).prop_map(|(at, len)| Mutation::Cut(at, len)),
        (at(), 1usize..2000).prop_map(|(at, len)| Mutation::Repeat(at, len)),
        (at(), b'0'..=b'9').prop_map(|(at, digit)| Mutation::Digit(at, digit)),
        (at(), prop::sample::select(tokens.to_vec())).prop_map(|(at, token)| Mutation::Insert(at, token)),
    ]
}

fn apply(file: &mut Vec<u8>, mutation: &Mutation) {
    if file.is_empty() {
        return;
    }
    match mutation {
        Mutation::Flip(at, mask) => {
            let at = at.index(file.len());
            file[at] ^= mask;
        }
        Mutation::Truncate(at) => file.truncate(at.index(file.len())),
        Mutation::Cut(at, len) => {
            let at = at.index(file.len());
            let end = (at + len).min(file.len());
            file.drain(at..end);
        }
        Mutation::Repeat(at, len) => {
            let at = at.index(file.len());
            let part = file[at..(at + len).min(file.len())].to_vec();
            file.splice(at..at, part);
        }
        Mutation::Digit(at, digit) => {
            let start = at.index(file.len());
            if let Some(found) = file[start..].iter().position(u8::is_ascii_digit) {
                file[start + found] = *digit;
            }
        }
        Mutation::Insert(at, token) => {
            let at = at.index(file.len());
            file.splice(at..at, token.iter().copied());
        }
    }
}

fn seeds() -> &'static (Vec<Vec<u8>>, Options) {
    static SEEDS: OnceLock<(Vec<Vec<u8>>, Options)> = OnceLock::new();
    SEEDS.get_or_init(|| {
        let office = Office::new();
        let mut files = vec![office.sealed(), office.by_person()];
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/signed");
        match std::fs::read_dir(&folder) {
            Ok(entries) => {
                for entry in entries {
                    let path = entry.unwrap().path();
                    let is_pdf = path.extension().is_some_and(|ending| ending == "pdf");
                    if is_pdf && std::fs::metadata(&path).unwrap().len() <= SEED_BYTES_MAX {
                        files.push(std::fs::read(&path).unwrap());
                    }
                }
            }
            Err(_) => println!(
                "skipped: validate_mutation: {} is absent, only own seeds are mutated",
                folder.display()
            ),
        }
        (files, office.options())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_files_are_judged_without_panic_or_hang(
        seed in any::<prop::sample::Index>(),
        mutations in prop::collection::vec(mutation(), 1..6),
    ) {
        let (files, options) = seeds();
        let mut file = seed.get(files).clone();
        for mutation in &mutations {
            apply(&mut file, mutation);
        }
        let started = Instant::now();
        let report = validate(file, options);
        prop_assert!(started.elapsed() < TIME_MAX, "took {:?}", started.elapsed());
        prop_assert_eq!(report.verdict == Verdict::Unsigned, report.signatures.is_empty() && report.verdict != Verdict::Unreadable);
    }

    /// The messages alone: every byte of ours, and of strangers', in any state.
    #[test]
    fn mutated_messages_are_read_without_panic(
        mutations in prop::collection::vec(mutation(), 1..5),
        which in 0usize..2,
    ) {
        let message = &messages()[which];
        let mut changed = message.clone();
        for mutation in &mutations {
            apply(&mut changed, mutation);
        }
        let detached = signer::cms::verify_detached(&changed, &[b"content"], true);
        let stamp = signer::cms::verify_timestamp(&changed, &[b"content"]);
        prop_assert!(which == 1 || !stamp.report.is_intact());
        prop_assert!(which == 0 || !detached.is_intact());
    }
}

fn messages() -> &'static [Vec<u8>; 2] {
    static MESSAGES: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    MESSAGES.get_or_init(|| {
        let office = Office::new();
        let own = signer::cms::sign_detached(&office.leader, &openssl::sha::sha256(b"content")).unwrap();
        [own, office.stamp(b"content")]
    })
}

#[test]
fn files_built_to_take_for_ever_end() {
    let nested = |open: &str, close: &str| {
        let deep = format!("{}{}", open.repeat(200_000), close.repeat(200_000));
        format!(
            "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R/AcroForm {deep}>>\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
        )
    };
    let fields_loop = "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[3 0 R]>>>>endobj\n\
        2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n3 0 obj<</T(a)/Kids[3 0 R 4 0 R]/FT/Sig>>endobj\n\
        4 0 obj<</T(b)/Kids[3 0 R]/V 4 0 R/Parent 3 0 R>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF";
    let many_fields = {
        let references = "3 0 R ".repeat(100_000);
        format!(
            "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{references}]>>>>endobj\n\
             2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n3 0 obj<</T(a)/FT/Sig/V<</ByteRange[0 1 2 3]>>>>endobj\n\
             trailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF"
        )
    };
    // Each of 100,000 streams is searched for an end: behind the next object, at the end of the file, nowhere.
    let streams = |each: &str, end: &str, with_table: bool| {
        let mut out = String::from(
            "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n",
        );
        let mut table =
            String::from("xref\n0 100003\n0000000000 65535 f \n0000000009 00000 n \n0000000049 00000 n \n");
        for number in 3..100_003 {
            table += &format!("{:010} 00000 n \n", out.len());
            out += &format!("{number} 0 obj<</Length 9>>stream\n{each}");
        }
        out += end;
        let at = out.len();
        let table = if with_table { table } else { String::new() };
        format!("{out}\n{table}trailer<</Root 1 0 R/Size 100003>>\nstartxref\n{at}\n%%EOF")
    };
    let options = Options { roots: TrustRoots::none(), at: JUDGED_AT, require_revocation: false };
    let mut files =
        vec![nested("[", "]"), nested("<<", ">>"), nested("(", ")"), fields_loop.to_owned(), many_fields];
    for with_table in [true, false] {
        files.push(streams("endobj\n", "", with_table));
        files.push(streams("", "endobj", with_table));
        files.push(streams("", "endstream", with_table));
        files.push(streams("", "", with_table));
    }
    for file in files {
        let started = Instant::now();
        let report = validate(file.clone().into_bytes(), &options);
        assert_ne!(report.verdict, Verdict::Valid);
        assert!(started.elapsed() < TIME_MAX, "{:?} for {}", started.elapsed(), &file[..60.min(file.len())]);
        inspect(&Request::new(file.into_bytes(), &options));
    }
}
