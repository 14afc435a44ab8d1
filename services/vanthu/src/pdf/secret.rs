//! Passwords and PINs: from the first line of a file, or typed at the terminal; never an argument.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use proto::fault::Fault;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};

use super::read;

/// The first line of a file.
pub(super) fn first_line(path: &Path) -> Result<String, Fault> {
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Fault::invalid(path.display().to_string(), "PASSWORD_FILE", "is not UTF-8"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// What the file says; without one the person at the terminal is asked.
pub(super) fn from_file_or_terminal(
    file: Option<&Path>,
    argument: &'static str,
    question: &str,
) -> Result<String, Fault> {
    match file {
        Some(path) => first_line(path),
        None => ask(question).map_err(|e| {
            Fault::invalid(argument, "PASSWORD", format!("is not given, and no terminal can be asked: {e}"))
        }),
    }
}

/// Asks at the terminal; what is typed is not shown.
fn ask(question: &str) -> std::io::Result<String> {
    let mut terminal = File::options().read(true).write(true).open("/dev/tty")?;
    terminal.write_all(format!("{question}: ").as_bytes())?;
    let shown = tcgetattr(&terminal)?;
    let mut hidden = shown.clone();
    hidden.local_modes -= LocalModes::ECHO;
    tcsetattr(&terminal, OptionalActions::Flush, &hidden)?;
    let mut line = String::new();
    let typed = BufReader::new(&terminal).read_line(&mut line);
    // The terminal is given back whatever happened.
    tcsetattr(&terminal, OptionalActions::Flush, &shown)?;
    terminal.write_all(b"\n")?;
    typed?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
