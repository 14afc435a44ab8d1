//! `sign` and `verify`: one file, no running service.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use proto::fault::Fault;
use proto::rpc::Clock;
use signer::chain::TrustRoots;
use signer::keys::SigningKey;
use signer::sign::{
    Appearance, Claims, Image, PageBox, Refusal, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime,
    SteerError, Target, sign_with,
};
use signer::validate::{NotRight, Options, Report, check_signed, validate};

use crate::cli::{Sign, Verify};
use crate::serve::say;

/// What `sign` exits with when it refuses a file.
pub const REFUSED: u8 = 5;
/// Largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 4 << 30;

/// Why nothing was signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The file is not signed: a typed reason.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The file was signed, looked at again, and is not given out.
    #[error(transparent)]
    NotRight(#[from] NotRight),
    /// Anything else: key, password, disk, box.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<SteerError> for SignError {
    fn from(error: SteerError) -> Self {
        match error {
            SteerError::Refused(refusal) => Self::Refused(refusal),
            SteerError::Key(error) => Fault::invalid("--key", "KEY", error.to_string()).into(),
            SteerError::Sign(error) => Fault::broken(error).into(),
        }
    }
}

impl SignError {
    /// The typed reason of a file that is refused; none for trouble of another kind.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => Some(refusal.code()),
            Self::NotRight(_) => Some("signature_not_right"),
            Self::Fault(_) => None,
        }
    }
}

/// Signs a file. Nothing is left behind when it is refused.
///
/// # Errors
/// [`SignError`].
pub fn sign(args: &Sign, clock: &Clock) -> Result<(), SignError> {
    let now_s = clock().div_euclid(1_000);
    let password = first_line(&args.password_file)?;
    let key = SigningKey::from_pkcs12(&read(&args.key)?, &password)
        .map_err(|e| Fault::invalid("--key", "KEY", e.to_string()))?;
    let file = read(&args.input)?;
    let image =
        args.image.as_deref().map(|path| Ok::<_, SignError>(Image::from_png(&read(path)?)?)).transpose()?;
    let target =
        args.place.as_deref().map_or(Ok(Target::Invisible), |text| page_box(text).map(Target::Box))?;
    let mut claims = Claims::at(SigningTime(now_s));
    claims.reason.clone_from(&args.reason);
    claims.name = Some(key.info().subject);
    let request = SigningRequest {
        target,
        appearance: image.map(Appearance::Image),
        claims,
        capacity: SIGNATURE_BYTES_DEFAULT,
    };
    let judged = |bytes: Vec<u8>| validate(bytes, &options(TrustRoots::none(), now_s, false));
    let before = judged(file.clone());
    let whole = sign_with(file, &request, &key)?.to_bytes();
    check_signed(&before, &judged(whole.clone()))?;
    write_new(&args.output, &whole)?;
    Ok(())
}

/// Judges a file; answers the exit code.
///
/// # Errors
/// [`Fault`] for a trust root or the file itself that cannot be read from the disk.
pub fn verify(args: &Verify, clock: &Clock) -> Result<u8, Fault> {
    let mut roots = TrustRoots::none();
    for path in &args.trust {
        roots.add_path(path).map_err(|e| Fault::invalid("--trust", "TRUST", e.to_string()))?;
    }
    let at = clock().div_euclid(1_000);
    let report = validate(read(&args.file)?, &options(roots, at, args.require_revocation));
    if args.json {
        say(&report.to_json().to_string());
    } else {
        tell(&report);
    }
    Ok(report.verdict.exit_code())
}

fn options(roots: TrustRoots, at: i64, require_revocation: bool) -> Options {
    Options { roots, at, require_revocation }
}

fn tell(report: &Report) {
    say(report.verdict.name());
    for one in &report.signatures {
        let certificate = one.certificate.clone().unwrap_or_default();
        say(&format!(
            "{} {}: {} by {} ({}), covers {}, changes after: {}, revocation {}",
            one.kind.name(),
            one.field,
            one.verdict.name(),
            certificate.subject,
            certificate.issuer,
            one.covers.name(),
            one.changes_after.name(),
            one.revocation.name(),
        ));
        for reason in one.reasons() {
            say(&format!("  because {reason}"));
        }
        for warning in one.warnings() {
            say(&format!("  warning {warning}"));
        }
    }
    for finding in &report.findings {
        say(&format!("file: {finding}"));
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    let failed = |e: std::io::Error| Fault::invalid(path.display().to_string(), "FILE", e.to_string());
    let size = fs::metadata(path).map_err(failed)?.len();
    if size > FILE_BYTES_MAX {
        return Err(Fault::invalid(
            path.display().to_string(),
            "FILE_TOO_LARGE",
            format!("at most {FILE_BYTES_MAX} bytes"),
        ));
    }
    fs::read(path).map_err(failed)
}

fn first_line(path: &Path) -> Result<String, Fault> {
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Fault::invalid(path.display().to_string(), "PASSWORD_FILE", "is not UTF-8"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// `PAGE,X,Y,W,H`.
fn page_box(text: &str) -> Result<PageBox, Fault> {
    let wrong = || Fault::invalid("--box", "BOX", "five numbers are needed: PAGE,X,Y,W,H");
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let [page, x, y, width, height] = parts.as_slice() else { return Err(wrong()) };
    let number = |part: &str| part.parse::<f64>().ok().filter(|n| n.is_finite()).ok_or_else(wrong);
    Ok(PageBox {
        page: page.parse().map_err(|_| wrong())?,
        x: number(x)?,
        y: number(y)?,
        width: number(width)?,
        height: number(height)?,
    })
}

/// Writes a file that was not there; a half-written one is never seen under its name.
fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    let failed = |e: std::io::Error| Fault::invalid(path.display().to_string(), "OUTPUT", e.to_string());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = || -> std::io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        // Unlike rename, a link refuses to replace what is there.
        fs::hard_link(&part, path)
    };
    let result = written();
    // The part is either linked under its name or not wanted.
    let removed = fs::remove_file(&part);
    result.and(removed).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_box_is_five_numbers() {
        let place = page_box("1, 20,30.5,100,40").unwrap();
        assert_eq!((place.page, place.y), (1, 30.5));
        for wrong in ["", "1,2,3,4", "1,2,3,4,x", "0x1,2,3,4,5", "1,2,3,4,inf", "-1,2,3,4,5"] {
            assert!(page_box(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_output_is_written_whole_or_not_at_all_and_replaces_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("out.pdf");
        write_new(&path, b"one").unwrap();
        assert!(write_new(&path, b"two").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "no part is left");
    }
}
