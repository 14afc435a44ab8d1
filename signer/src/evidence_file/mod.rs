//! What authorities said of the signatures of one file, kept beside it: a ZIP of files in their own open forms.
//!
//! The file that was received is the sender's and stays as it came, so certificates, revocation data and report cannot be
//! put into it as into one's own (ETSI EN 319 142-1, DSS). TT 15/2025/TT-BKHCN wants them stored all the same: signing
//! certificate, CRL, result of the check. In the ZIP lie, none of them compressed, so that any tool finds them:
//!
//! | member | what it is |
//! |---|---|
//! | `README.txt` | what this is, and how to judge with it |
//! | `report.json` | which file was judged, for what time, when, and the report as `vanthu verify --json` prints it |
//! | `certificates/*.cer` | certificates, DER (RFC 5280) |
//! | `ocsp/*.ors` | OCSP responses, DER (RFC 6960) |
//! | `crls/*.crl` | lists of revoked certificates, DER (RFC 5280) |
//! | `timestamps/*.tst` | time-stamp tokens of the file, DER (RFC 3161) |
//!
//! Nothing of it is believed when it is read: certificates and statements bear the signatures of their makers.

mod sources;
mod zip;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::validate::Known;

pub use zip::ZipError;

/// Largest file of evidence, in bytes: the record takes no larger one.
pub const EVIDENCE_BYTES_MAX: usize = 64 << 20;
/// Most members that are read.
pub const MEMBERS_MAX: usize = 1_000;

const CERTIFICATES: (&str, &str) = ("certificates", "cer");
const RESPONSES: (&str, &str) = ("ocsp", "ors");
const LISTS: (&str, &str) = ("crls", "crl");
const STAMPS: (&str, &str) = ("timestamps", "tst");

const README: &str = "\
Bằng chứng kiểm tra chữ ký số của một tệp đã nhận (Thông tư 15/2025/TT-BKHCN).

report.json    kết quả kiểm tra: tệp nào (SHA-256), tại thời điểm nào, kiểm tra khi nào
certificates/  chứng thư số, DER (RFC 5280)
ocsp/          trả lời OCSP về tình trạng thu hồi, DER (RFC 6960)
crls/          danh sách chứng thư bị thu hồi, DER (RFC 5280)
timestamps/    dấu thời gian có trong tệp, DER (RFC 3161)

Kiểm tra lại, không cần mạng:
    vanthu verify TEP.pdf --offline --require-revocation --trust CHUNG-THU-GOC.pem --evidence BANG-CHUNG.zip --received THOI-DIEM-NHAN
hoặc từng phần bằng công cụ khác:
    openssl x509 -inform DER -in certificates/… -noout -text
    openssl ocsp -respin ocsp/… -noverify -resp_text
    openssl crl -inform DER -in crls/… -noout -text
";

/// Evidence on the signatures of one file.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// SHA-256 of the file, lower-case hex.
    pub file_sha256: String,
    /// Since when the file is known to have been there, for which it was judged, seconds since 1970.
    pub judged_at: i64,
    /// When it was judged, seconds since 1970.
    pub checked_at: i64,
    /// What `vanthu verify --json` prints of it.
    pub report: Value,
    /// Certificates and statements.
    pub known: Known,
    /// Tokens of the file's time stamps.
    pub stamps: Vec<Vec<u8>>,
}

/// Why evidence is not made, or cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EvidenceFileError {
    /// All together is larger than is kept.
    #[error("the evidence has {bytes} bytes, at most {EVIDENCE_BYTES_MAX} are kept")]
    TooLarge {
        /// Its size in bytes.
        bytes: usize,
    },
    /// File or folder cannot be read.
    #[error("{path}: {error}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is no ZIP that can be read.
    #[error(transparent)]
    Zip(#[from] ZipError),
}

impl Evidence {
    /// The ZIP.
    ///
    /// # Errors
    /// [`EvidenceFileError::TooLarge`].
    pub fn to_zip(&self) -> Result<Vec<u8>, EvidenceFileError> {
        let report = json!({
            "form": "vanthu-evidence-1",
            "file_sha256": self.file_sha256,
            "judged_at": self.judged_at,
            "checked_at": self.checked_at,
            "report": self.report,
        });
        let mut members = vec![
            ("README.txt".to_owned(), README.as_bytes().to_vec()),
            ("report.json".to_owned(), format!("{report:#}\n").into_bytes()),
        ];
        let Known { certificates, crls, ocsp, existed_at: _ } = &self.known;
        for ((folder, ending), pieces) in
            [(CERTIFICATES, certificates), (RESPONSES, ocsp), (LISTS, crls), (STAMPS, &self.stamps)]
        {
            for piece in pieces {
                let name: String =
                    openssl::sha::sha256(piece).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
                let name = format!("{folder}/{name}.{ending}");
                if members.iter().all(|(other, _)| *other != name) {
                    members.push((name, piece.clone()));
                }
            }
        }
        let bytes: usize = members.iter().map(|(name, content)| zip::bytes_of(name, content)).sum();
        if bytes > EVIDENCE_BYTES_MAX || members.len() > MEMBERS_MAX {
            return Err(EvidenceFileError::TooLarge { bytes });
        }
        Ok(zip::write(&members))
    }

    /// Who said something of revocation, as the record names it: the first fifty.
    #[must_use]
    pub fn sources(&self) -> Vec<proto::record::v1::EvidenceSource> {
        sources::of(&self.known)
    }
}

/// What is known by a file of evidence, or by the folder that one was unpacked to. Members are told by how their names
/// end; others are left out.
///
/// # Errors
/// [`EvidenceFileError`].
pub fn read(path: &Path) -> Result<Known, EvidenceFileError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| EvidenceFileError::Read { path, error }
    };
    let mut known = Known::default();
    if !path.is_dir() {
        let bytes = limited(path).map_err(failed(path))?;
        for (name, content) in zip::read(&bytes)? {
            add(&mut known, &name, content);
        }
        return Ok(known);
    }
    let mut folders = vec![path.to_owned()];
    folders.extend([CERTIFICATES, RESPONSES, LISTS].map(|(folder, _)| path.join(folder)));
    let mut left = EVIDENCE_BYTES_MAX;
    for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
        for entry in fs::read_dir(&folder).map_err(failed(&folder))?.take(MEMBERS_MAX) {
            let file = entry.map_err(failed(&folder))?.path();
            let name = file.to_string_lossy().into_owned();
            if !file.is_file() || ![CERTIFICATES, RESPONSES, LISTS].iter().any(|(_, it)| ends(&name, it)) {
                continue;
            }
            let content = limited(&file).map_err(failed(&file))?;
            left = left
                .checked_sub(content.len())
                .ok_or(EvidenceFileError::TooLarge { bytes: EVIDENCE_BYTES_MAX + content.len() })?;
            add(&mut known, &name, content);
        }
    }
    Ok(known)
}

fn limited(path: &Path) -> io::Result<Vec<u8>> {
    use io::Read as _;
    let most = u64::try_from(EVIDENCE_BYTES_MAX).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() > EVIDENCE_BYTES_MAX {
        let text = format!("has more than {EVIDENCE_BYTES_MAX} bytes");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
    }
    Ok(bytes)
}

fn ends(name: &str, ending: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it.eq_ignore_ascii_case(ending))
}

fn add(known: &mut Known, name: &str, content: Vec<u8>) {
    if ends(name, CERTIFICATES.1) {
        known.certificates.push(content);
    } else if ends(name, RESPONSES.1) {
        known.ocsp.push(content);
    } else if ends(name, LISTS.1) {
        known.crls.push(content);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence() -> Evidence {
        Evidence {
            file_sha256: "ab".repeat(32),
            judged_at: 5,
            checked_at: 7,
            report: json!({ "verdict": "valid" }),
            known: Known {
                certificates: vec![b"one".to_vec(), b"two".to_vec(), b"one".to_vec()],
                crls: vec![b"list".to_vec()],
                ocsp: vec![b"response".to_vec()],
                existed_at: Some(5),
            },
            stamps: vec![b"token".to_vec()],
        }
    }

    fn sorted(mut known: Known) -> [Vec<Vec<u8>>; 3] {
        known.certificates.sort();
        [known.certificates, known.crls, known.ocsp]
    }

    #[test]
    fn what_is_kept_is_read_back_from_the_file_and_from_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kept.zip");
        let zip = evidence().to_zip().unwrap();
        assert_eq!(zip, evidence().to_zip().unwrap(), "the same evidence is the same file");
        fs::write(&path, &zip).unwrap();
        let expected =
            [vec![b"one".to_vec(), b"two".to_vec()], vec![b"list".to_vec()], vec![b"response".to_vec()]];
        let known = read(&path).unwrap();
        assert_eq!(known.existed_at, None, "the time is nobody's word but a register's");
        assert_eq!(sorted(known), expected);
        let folder = dir.path().join("unpacked");
        for (name, content) in zip::read(&zip).unwrap() {
            let file = folder.join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, content).unwrap();
        }
        assert_eq!(sorted(read(&folder).unwrap()), expected);
        let report: Value = serde_json::from_slice(&fs::read(folder.join("report.json")).unwrap()).unwrap();
        assert_eq!((&report["judged_at"], &report["report"]["verdict"]), (&json!(5), &json!("valid")));
    }

    #[test]
    fn evidence_that_is_too_large_is_told() {
        let mut evidence = evidence();
        evidence.known.crls = vec![vec![0; EVIDENCE_BYTES_MAX]];
        assert!(matches!(evidence.to_zip(), Err(EvidenceFileError::TooLarge { .. })));
    }

    #[test]
    fn what_is_not_there_or_no_zip_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kept.zip");
        assert!(matches!(read(&path), Err(EvidenceFileError::Read { .. })));
        fs::write(&path, b"%PDF-1.7").unwrap();
        assert!(matches!(read(&path), Err(EvidenceFileError::Zip(_))));
    }
}
