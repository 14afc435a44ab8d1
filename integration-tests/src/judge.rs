//! Judges that are not ours: poppler's pdfsig, openssl, qpdf, pyHanko. `None` where one is not installed.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a program said; `None` where it is not installed.
///
/// # Panics
/// When it is there and cannot be run.
#[must_use]
pub fn run<S: AsRef<OsStr>>(program: &str, args: impl IntoIterator<Item = S>) -> Option<Output> {
    match Command::new(program).args(args).output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => panic!("{program} cannot be run: {error}"),
    }
}

/// What pdfsig says of one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pdfsig {
    /// The name in the certificate.
    pub signer: String,
    /// “Signature is Valid.”
    pub valid: bool,
    /// The whole file is signed.
    pub total: bool,
}

/// Asks pdfsig, without looking at certificates.
#[must_use]
pub fn pdfsig(file: &Path) -> Option<Vec<Pdfsig>> {
    let output = run("pdfsig", [OsStr::new("-nocert"), file.as_os_str()])?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut found: Vec<Pdfsig> = Vec::new();
    for line in text.lines().map(|line| line.trim_start_matches([' ', '-'])) {
        if line.starts_with("Signature #") {
            found.push(Pdfsig { signer: String::new(), valid: false, total: false });
        }
        let Some(last) = found.last_mut() else { continue };
        if let Some(name) = line.strip_prefix("Signer Certificate Common Name:") {
            name.trim().clone_into(&mut last.signer);
        }
        last.valid |= line.starts_with("Signature Validation: Signature is Valid");
        last.total |= line.starts_with("Total document signed");
    }
    Some(found)
}

/// Asks `openssl cms -verify` of every signature of a file; gives how many it calls good.
///
/// # Panics
/// When the file has a signature dictionary that cannot be taken apart.
#[must_use]
pub fn openssl(file: &[u8], root: &Path, scratch: &Path) -> Option<Vec<bool>> {
    let mut verdicts = Vec::new();
    for range in byte_ranges(file) {
        let [a, b, c, d] = range;
        let hole = file.get(a + b..c).expect("the range lies in the file");
        let hex: Vec<u8> = hole.iter().copied().filter(u8::is_ascii_hexdigit).collect();
        let mut der: Vec<u8> = hex
            .chunks_exact(2)
            .map(|pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16).expect("hex digits"))
            .collect();
        der.truncate(der_length(&der));
        let covered =
            [file.get(a..a + b), file.get(c..c + d)].map(|part| part.expect("the range lies in the file"));
        let (content, signature) = (scratch.join("content"), scratch.join("signature.der"));
        std::fs::write(&content, covered.concat()).expect("scratch can be written");
        std::fs::write(&signature, der).expect("scratch can be written");
        let args = [
            OsStr::new("cms"),
            OsStr::new("-verify"),
            OsStr::new("-binary"),
            OsStr::new("-inform"),
            OsStr::new("DER"),
            OsStr::new("-in"),
            signature.as_os_str(),
            OsStr::new("-content"),
            content.as_os_str(),
            OsStr::new("-CAfile"),
            root.as_os_str(),
            OsStr::new("-purpose"),
            OsStr::new("any"),
            OsStr::new("-out"),
            OsStr::new("/dev/null"),
        ];
        verdicts.push(run("openssl", args)?.status.success());
    }
    Some(verdicts)
}

/// Every `/ByteRange` of a file, in its order; found by looking at the bytes, not by a reader of ours.
fn byte_ranges(file: &[u8]) -> Vec<[usize; 4]> {
    const MARK: &[u8] = b"/ByteRange";
    let mut found = Vec::new();
    for at in 0..file.len().saturating_sub(MARK.len()) {
        if !file[at..].starts_with(MARK) {
            continue;
        }
        let rest = &file[at + MARK.len()..file.len().min(at + 120)];
        let text: String = rest.iter().take_while(|b| **b != b']').map(|b| char::from(*b)).collect();
        let numbers: Vec<usize> =
            text.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
        if let Ok(range) = <[usize; 4]>::try_from(numbers) {
            found.push(range);
        }
    }
    found
}

/// Length of the DER value at the front: the hole is filled up with zeros.
fn der_length(der: &[u8]) -> usize {
    match der {
        [_, short, ..] if *short < 0x80 => 2 + usize::from(*short),
        [_, long, rest @ ..] => {
            let count = usize::from(*long & 0x7f);
            let length = rest.iter().take(count).fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
            2 + count + length
        }
        _ => der.len(),
    }
}

/// Asks `qpdf --check`.
#[must_use]
pub fn qpdf(file: &Path) -> Option<Result<(), String>> {
    let output = run("qpdf", [OsStr::new("--check"), file.as_os_str()])?;
    let said = [output.stdout, output.stderr].concat();
    Some(if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&said).into_owned()) })
}

/// What pyHanko says of one signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pyhanko {
    /// The field.
    pub field: String,
    /// The bytes are what was signed, by a certificate of the root.
    pub good: bool,
    /// `NONE`, `LTA_UPDATES`, `FORM_FILLING`, `ANNOTATIONS`, `OTHER`.
    pub changes: String,
    /// What changed was permitted.
    pub permitted: bool,
    /// `ENTIRE_FILE`, `ENTIRE_REVISION` …
    pub coverage: String,
}

/// Asks pyHanko of a file.
///
/// # Panics
/// When pyHanko is there and cannot judge the file.
#[must_use]
pub fn pyhanko(file: &Path, root: &Path) -> Option<Vec<Pyhanko>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../signer/tests/pyhanko_verdict.py");
    let args: [PathBuf; 4] = [script, root.to_path_buf(), file.to_path_buf(), file.to_path_buf()];
    let output = run("python3", args)?;
    let error = String::from_utf8_lossy(&output.stderr);
    if error.contains("ModuleNotFoundError") {
        return None;
    }
    assert!(output.status.success(), "pyHanko: {error}");
    let listing = String::from_utf8(output.stdout).expect("pyHanko speaks UTF-8");
    let lines = listing.lines().map(|line| {
        let parts: Vec<&str> = line.split('\t').collect();
        let [_, field, intact, valid, changes, permitted, coverage] = parts.as_slice() else {
            panic!("pyHanko cannot judge the file: {line}");
        };
        Pyhanko {
            field: (*field).to_owned(),
            good: *intact == "true" && *valid == "true",
            changes: (*changes).to_owned(),
            permitted: *permitted == "true",
            coverage: (*coverage).to_owned(),
        }
    });
    Some(lines.collect())
}
