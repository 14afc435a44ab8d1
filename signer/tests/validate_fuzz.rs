//! The targets of the fuzzers, a minute each over mutated files of the world: what a long run of
//! libFuzzer (`fuzz/soak`) does with coverage, here without. `VANTHU_FUZZ_SECONDS` sets the time.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may panic, and says what it skips")]

#[path = "../fuzz/src/targets.rs"]
mod targets;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Time for each target.
const SECONDS: u64 = 60;
/// Nothing so small may take longer, on a machine shared with others.
const TIME_MAX: Duration = Duration::from_secs(20);
/// Larger files make the rounds slow without adding structure.
const SEED_BYTES_MAX: u64 = 60_000;
/// What syntax is made of.
const TOKENS: [&[u8]; 24] = [
    b"<<",
    b">>",
    b"[",
    b"]",
    b"(",
    b")",
    b"<",
    b">",
    b" 0 R",
    b" obj\n",
    b"endobj",
    b"stream\n",
    b"endstream",
    b"%%EOF\n",
    b"startxref\n",
    b"trailer",
    b"xref\n",
    b"/Kids",
    b"/Prev 0",
    b"/XRefStm",
    b"/Length",
    b"null",
    b"4294967295",
    b"-1",
];

/// Numbers that are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        // Xorshift64*.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let wide = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(wide).unwrap() % sides.max(1)
    }
}

fn mutate(dice: &mut Dice, input: &mut Vec<u8>, other: &[u8]) {
    for _ in 0..=dice.roll(6) {
        if input.is_empty() {
            return;
        }
        let at = dice.roll(input.len());
        let most = 1 << dice.roll(11);
        let len = (1 + dice.roll(most)).min(input.len() - at);
        match dice.roll(9) {
            0 => input[at] ^= 1 << dice.roll(8),
            1 => input[at] = dice.roll(256).try_into().unwrap(),
            2 => drop(input.drain(at..at + len)),
            3 => {
                let part = input[at..at + len].to_vec();
                let to = dice.roll(input.len());
                input.splice(to..to, part);
            }
            4 => drop(input.splice(at..at, TOKENS[dice.roll(TOKENS.len())].iter().copied())),
            5 => {
                if let Some(found) = input[at..].iter().position(u8::is_ascii_digit) {
                    input[at + found] = b'0' + u8::try_from(dice.roll(10)).unwrap();
                }
            }
            6 => input.truncate(at + 1),
            7 if !other.is_empty() => {
                let from = dice.roll(other.len());
                let part = &other[from..(from + len).min(other.len())];
                input.splice(at..at, part.iter().copied());
            }
            _ => {
                let to = dice.roll(input.len());
                input.swap(at, to);
            }
        }
    }
}

fn seeds(messages: bool) -> Option<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if std::fs::metadata(&folder).is_err() {
        println!("skipped: validate_fuzz: {} is absent", folder.display());
        return None;
    }
    let mut found = Vec::new();
    let mut paths: Vec<_> = ["pdfs", "signed"]
        .iter()
        .flat_map(|name| std::fs::read_dir(folder.join(name)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "pdf"))
        .collect();
    paths.sort();
    for path in paths {
        if messages {
            found.extend(messages_in(&std::fs::read(path).unwrap()));
        } else if std::fs::metadata(&path).unwrap().len() <= SEED_BYTES_MAX {
            found.push(std::fs::read(path).unwrap());
        }
    }
    assert!(found.len() >= 30, "{} seeds", found.len());
    Some(found)
}

/// The messages of the signatures of a file.
fn messages_in(file: &[u8]) -> Vec<Vec<u8>> {
    let mark = b"/Contents<30";
    let spaced = b"/Contents <30";
    let starts =
        (0..file.len()).filter(|at| file[*at..].starts_with(mark) || file[*at..].starts_with(spaced));
    let messages = starts.map(|at| {
        let digits = file[at..].iter().skip_while(|byte| **byte != b'<').skip(1);
        let digits: Vec<u8> = digits.take_while(|byte| byte.is_ascii_hexdigit()).copied().collect();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        let mut message: Vec<u8> = digits.chunks_exact(2).map(byte).collect();
        message.truncate(message.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
        message
    });
    messages.filter(|message| message.len() < 60_000).collect()
}

/// Runs one target; what it was given last is kept where it can be found when it panics.
fn run(name: &str, target: fn(&[u8]), messages: bool) {
    static SEED: AtomicU64 = AtomicU64::new(0);
    let Some(seeds) = seeds(messages) else { return };
    let number = |key: &str| std::env::var(key).ok().and_then(|text| text.parse::<u64>().ok());
    let seconds = number("VANTHU_FUZZ_SECONDS").unwrap_or(SECONDS);
    let seed = number("VANTHU_SEED").unwrap_or(0x5eed) + SEED.fetch_add(1, Ordering::Relaxed);
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let began = Instant::now();
    let mut rounds = 0;
    for one in &seeds {
        target(one);
    }
    while began.elapsed() < Duration::from_secs(seconds) {
        let mut input = seeds[dice.roll(seeds.len())].clone();
        let other = dice.roll(seeds.len());
        mutate(&mut dice, &mut input, &seeds[other]);
        let started = Instant::now();
        let survived = std::panic::catch_unwind(|| target(&input)).is_ok();
        if !survived || started.elapsed() > TIME_MAX {
            let path = std::env::temp_dir().join(format!("fuzz-{name}-{}", openssl_hex(&input)));
            std::fs::write(&path, &input).unwrap();
            panic!("{name}: {:?}, panicked {}: {}", started.elapsed(), !survived, path.display());
        }
        rounds += 1;
    }
    println!("{name}: {rounds} inputs from {} seeds in {seconds} s, seed {seed}", seeds.len());
}

fn openssl_hex(input: &[u8]) -> String {
    openssl::sha::sha256(input).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_reader_survives_mutated_files() {
    run("reader", targets::reader, false);
}

#[test]
fn the_messages_survive_mutation() {
    run("message", targets::message, true);
}

#[test]
fn the_validator_survives_mutated_files() {
    run("validator", targets::validator, false);
}
