//! `vanthu`: the one binary.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use proto::fault::Fault;
use proto::rpc::Clock;
use vanthu::cli::{Cli, Command, Journal, View};
use vanthu::{agent, backup, demo, maintenance, pdf, prepare, raise, serve};

/// Exit code of a fault that has none of its own.
const FAILED: u8 = 6;
/// How long what still waits for somebody elsewhere is waited for at the end.
const LEFT_AFTER: std::time::Duration = std::time::Duration::from_secs(3);

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            // Help is no failure; a wrong word is none of the verdicts that exit codes tell.
            let code = if told.use_stderr() { ExitCode::from(FAILED) } else { ExitCode::SUCCESS };
            // Nobody may be listening; the exit code tells it too.
            let _ = told.print();
            return code;
        }
    };
    if matches!(cli.command, Command::Worker) {
        return worker();
    }
    // Who tries the demo waits for an address and a table of log-ins; a thousand lines of its making would hide them.
    let level = if matches!(cli.command, Command::Demo(_)) { "warn" } else { "info" };
    let filter = tracing_subscriber::EnvFilter::try_from_env("VANTHU_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let clock = system_clock();
    let code = match cli.command {
        Command::Sign(args) => match pdf::sign(&args, &clock) {
            Ok(code) => Ok(code),
            Err(pdf::SignError::Fault(fault)) => Err(fault),
            Err(error) => Ok(refused(error.reason(), &error)),
        },
        Command::Prepare(args) => match prepare::prepare(&args, &clock) {
            Ok(()) => Ok(0),
            Err(pdf::SignError::Fault(fault)) => Err(fault),
            Err(error) => Ok(refused(error.reason(), &error)),
        },
        Command::Complete(args) => match prepare::complete(&args, &clock) {
            Ok(()) => Ok(0),
            Err(prepare::CompleteError::Fault(fault)) => Err(fault),
            Err(error) => Ok(refused(error.reason(), &error)),
        },
        Command::Raise(args) => match raise::raise(&args, &clock) {
            Ok(code) => Ok(code),
            Err(raise::RaiseError::Fault(fault)) => Err(fault),
            Err(raise::RaiseError::Level(error)) => Ok(refused(Some(error.code()), &error)),
        },
        Command::Agent(args) => block_on(agent::agent(args, clock)),
        Command::Verify(args) => pdf::verify(&args, &clock),
        Command::Journal(Journal::Verify(args)) => maintenance::verify_journal(&args),
        Command::View(View::Verify(args)) => maintenance::verify_view(&args),
        Command::Restore(args) => backup::restore(&args).map(|()| 0),
        Command::Backup(args) => block_on(async move { backup::backup(args, &clock).await }),
        Command::Serve(args) => block_on(serve::serve(args, clock)),
        Command::Demo(args) => block_on(demo::demo(args, clock)),
        Command::Worker => Ok(FAILED),
    };
    match code {
        Ok(code) => ExitCode::from(code),
        Err(fault) => {
            complain(&fault.to_string());
            ExitCode::from(FAILED)
        }
    }
}

/// Says why a file is refused; answers the exit code.
fn refused(reason: Option<&str>, error: &dyn std::error::Error) -> u8 {
    complain(&format!("{}: {error}", reason.unwrap_or("refused")));
    pdf::REFUSED
}

fn block_on(work: impl Future<Output = Result<(), Fault>>) -> Result<u8, Fault> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Fault::broken)?;
    let done = runtime.block_on(work);
    // The office is closed. A service elsewhere that is slow to give a time stamp does not keep the process.
    runtime.shutdown_timeout(LEFT_AFTER);
    done.map(|()| 0)
}

/// The real clock: the only one in the house.
#[expect(clippy::disallowed_methods, reason = "main makes the clock that everybody else is given")]
fn system_clock() -> Clock {
    Arc::new(|| {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// What went wrong, for the person at the terminal.
fn complain(text: &str) {
    use std::io::Write as _;
    // Nobody may be listening; the exit code tells it too.
    let _ = writeln!(std::io::stderr(), "vanthu: {text}");
}

/// The child process in which strangers' files are opened.
fn worker() -> ExitCode {
    match signer::worker::serve(&mut std::io::stdin().lock(), &mut std::io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::from(FAILED)
        }
    }
}
