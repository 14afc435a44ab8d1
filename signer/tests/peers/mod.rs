//! Programs of others that are asked what they think of a file: qpdf, poppler.

use std::path::Path;
use std::process::Command;

/// Exit code and all that was printed; none where the program cannot be run.
pub(crate) fn run(program: &str, arguments: &[&str]) -> Option<(i32, String)> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            let text = [output.stdout, output.stderr].concat();
            Some((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned()))
        }
        Err(error) => {
            println!("skipped: {}: {program} cannot be run: {error}", env!("CARGO_CRATE_NAME"));
            None
        }
    }
}

/// What `qpdf --check` ends with (0 flawless, 1 warnings, 2 errors) and how often it warns; lower is better, as tuples
/// compare.
pub(crate) fn qpdf(path: &Path, password: &str) -> Option<(i32, usize)> {
    let password = format!("--password={password}");
    let (code, text) = run("qpdf", &["--check", &password, path.to_str().unwrap()])?;
    // 3 is "warnings", 2 is "errors".
    let rank = match code {
        0 => 0,
        3 => 1,
        _ => 2,
    };
    Some((rank, text.lines().filter(|line| line.starts_with("WARNING")).count()))
}

/// How many signatures poppler finds, and how many of them it calls valid.
pub(crate) fn pdfsig(path: &Path, password: &str) -> Option<(usize, usize)> {
    let (_, text) = run("pdfsig", &["-nocert", "-upw", password, path.to_str().unwrap()])?;
    Some((text.matches("Signature #").count(), text.matches("Signature is Valid.").count()))
}
