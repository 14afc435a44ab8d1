//! ZIP, as little of it as is needed (PKWARE APPNOTE 6.3): written without compression, the same members always the same
//! bytes; read with and without.

use std::io::Read as _;

use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::{EVIDENCE_BYTES_MAX, MEMBERS_MAX};

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
/// Longest comment behind the end, in bytes.
const COMMENT_BYTES_MAX: usize = 65_535;
/// 1980-01-01, the first day that the form can say: the time of a member means nothing here.
const FIRST_DAY: u16 = 0x21;
/// Names are UTF-8 (general purpose bit 11).
const UTF8: u16 = 0x800;
/// A member is encrypted (bit 0).
const ENCRYPTED: u16 = 1;
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Why a ZIP cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ZipError {
    /// No end of a ZIP, or what it says does not fit the file.
    #[error("the file is no ZIP, or is damaged at byte {at}")]
    Damaged {
        /// Where.
        at: usize,
    },
    /// A member is kept in another way than plain or deflated.
    #[error("member {name} is encrypted, or compressed in a way that is not read")]
    Method {
        /// Its name.
        name: String,
    },
    /// The content of a member is not what its checksum says.
    #[error("member {name} does not fit its checksum")]
    Checksum {
        /// Its name.
        name: String,
    },
    /// More than is read.
    #[error("the ZIP holds more than {MEMBERS_MAX} members or {EVIDENCE_BYTES_MAX} bytes")]
    TooLarge,
}

/// Bytes that a member takes in all.
pub(super) fn bytes_of(name: &str, content: &[u8]) -> usize {
    LOCAL_BYTES + CENTRAL_BYTES + END_BYTES + 2 * name.len() + content.len()
}

/// Writes members one after another, each under its name. Call it with at most [`EVIDENCE_BYTES_MAX`] bytes in all.
pub(super) fn write(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut central = Vec::new();
    for (name, content) in members {
        let offset = short32(file.len());
        let mut crc = Crc::new();
        crc.update(content);
        let mut head = Vec::with_capacity(LOCAL_BYTES);
        for value in [20, UTF8, STORED, 0, FIRST_DAY] {
            head.extend(u16::to_le_bytes(value));
        }
        head.extend(crc.sum().to_le_bytes());
        head.extend(short32(content.len()));
        head.extend(short32(content.len()));
        head.extend(short16(name.len()));
        head.extend([0, 0]);
        file.extend(LOCAL);
        file.extend(&head);
        file.extend(name.as_bytes());
        file.extend(content);
        central.extend(CENTRAL);
        central.extend([20, 0]);
        central.extend(&head);
        // Comment, disk, attributes inside and outside.
        central.extend([0; 10]);
        central.extend(offset);
        central.extend(name.as_bytes());
    }
    let (at, length) = (short32(file.len()), short32(central.len()));
    file.extend(central);
    file.extend(END);
    file.extend([0; 4]);
    file.extend(short16(members.len()));
    file.extend(short16(members.len()));
    file.extend(length);
    file.extend(at);
    file.extend([0; 2]);
    file
}

fn short32(length: usize) -> [u8; 4] {
    u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes()
}

fn short16(length: usize) -> [u8; 2] {
    u16::try_from(length).unwrap_or(u16::MAX).to_le_bytes()
}

/// Bytes with a place in them; whatever is not there is damage.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn part(&self, at: usize, length: usize) -> Result<&'a [u8], ZipError> {
        at.checked_add(length).and_then(|end| self.0.get(at..end)).ok_or(ZipError::Damaged { at })
    }

    fn u16(&self, at: usize) -> Result<usize, ZipError> {
        let two = self.part(at, 2)?;
        Ok(two.iter().rev().fold(0, |value, byte| value << 8 | usize::from(*byte)))
    }

    fn u32(&self, at: usize) -> Result<usize, ZipError> {
        Ok(self.u16(at)? | self.u16(at + 2)? << 16)
    }

    fn is(&self, mark: [u8; 4], at: usize) -> Result<(), ZipError> {
        if self.part(at, 4)? == mark { Ok(()) } else { Err(ZipError::Damaged { at }) }
    }
}

/// The members of a ZIP, folders left out. Names are only told apart by their endings and never become paths.
///
/// # Errors
/// [`ZipError`].
pub(super) fn read(file: &[u8]) -> Result<Vec<(String, Vec<u8>)>, ZipError> {
    let bytes = Bytes(file);
    let last = file.len().checked_sub(END_BYTES).ok_or(ZipError::Damaged { at: 0 })?;
    let first = last.saturating_sub(COMMENT_BYTES_MAX);
    let end =
        (first..=last).rev().find(|at| bytes.is(END, *at).is_ok()).ok_or(ZipError::Damaged { at: last })?;
    let count = bytes.u16(end + 10)?;
    let mut at = bytes.u32(end + 16)?;
    if count > MEMBERS_MAX {
        return Err(ZipError::TooLarge);
    }
    let mut left = EVIDENCE_BYTES_MAX;
    let mut members = Vec::new();
    for _ in 0..count {
        bytes.is(CENTRAL, at)?;
        let field = |offset| bytes.u16(at + offset);
        let (flags, method) = (field(8)?, field(10)?);
        let (crc, packed, length) = (bytes.u32(at + 16)?, bytes.u32(at + 20)?, bytes.u32(at + 24)?);
        let (name_bytes, extra, comment) = (field(28)?, field(30)?, field(32)?);
        let local = bytes.u32(at + 42)?;
        let name = String::from_utf8_lossy(bytes.part(at + CENTRAL_BYTES, name_bytes)?).into_owned();
        bytes.is(LOCAL, local)?;
        let content_at = local + LOCAL_BYTES + bytes.u16(local + 26)? + bytes.u16(local + 28)?;
        let content = bytes.part(content_at, packed)?;
        left = left.checked_sub(length).ok_or(ZipError::TooLarge)?;
        let content = match u16::try_from(method) {
            _ if flags & usize::from(ENCRYPTED) != 0 => return Err(ZipError::Method { name }),
            Ok(STORED) => content.to_vec(),
            Ok(DEFLATED) => inflated(content, length).ok_or(ZipError::Damaged { at: content_at })?,
            _ => return Err(ZipError::Method { name }),
        };
        let mut sum = Crc::new();
        sum.update(&content);
        if content.len() != length || usize::try_from(sum.sum()) != Ok(crc) {
            return Err(ZipError::Checksum { name });
        }
        if !name.ends_with('/') {
            members.push((name, content));
        }
        at += CENTRAL_BYTES + name_bytes + extra + comment;
    }
    Ok(members)
}

/// What was deflated, at most one byte more than it should be.
fn inflated(packed: &[u8], length: usize) -> Option<Vec<u8>> {
    let most = u64::try_from(length).ok()?.checked_add(1)?;
    let mut content = Vec::new();
    DeflateDecoder::new(packed).take(most).read_to_end(&mut content).ok()?;
    Some(content)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn members() -> Vec<(String, Vec<u8>)> {
        vec![
            ("report.json".to_owned(), b"{}".to_vec()),
            ("crls/đường.crl".to_owned(), (0..200_000_u32).map(|n| (n % 251) as u8).collect()),
            ("empty".to_owned(), Vec::new()),
        ]
    }

    #[test]
    fn what_is_written_is_read_back_and_python_reads_it_too() {
        let written = write(&members());
        assert_eq!(read(&written).unwrap(), members());
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.zip");
        std::fs::write(&path, &written).unwrap();
        let script = "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None;\
                      print('\\n'.join(z.namelist()));\
                      o=zipfile.ZipFile(sys.argv[2],'w',zipfile.ZIP_DEFLATED);\
                      [o.writestr(n,z.read(n)) for n in z.namelist()];o.writestr('sub/','');o.close()";
        let packed = dir.path().join("b.zip");
        let seen = Command::new("python3").args(["-c", script]).arg(&path).arg(&packed).output().unwrap();
        assert!(seen.status.success(), "{}", String::from_utf8_lossy(&seen.stderr));
        assert_eq!(String::from_utf8_lossy(&seen.stdout), "report.json\ncrls/đường.crl\nempty\n");
        assert_eq!(read(&std::fs::read(packed).unwrap()).unwrap(), members(), "packed by somebody else");
    }

    #[test]
    fn a_zip_that_was_cut_or_changed_is_told_and_never_a_panic() {
        let written = write(&members());
        for length in (0..written.len()).rev().step_by(97) {
            assert!(read(&written[..length]).is_err(), "{length}");
        }
        let flip = |at: usize| {
            let mut changed = written.clone();
            changed[at] ^= 0xff;
            read(&changed)
        };
        // The content of the first member.
        assert_eq!(
            flip(LOCAL_BYTES + "report.json".len()),
            Err(ZipError::Checksum { name: "report.json".to_owned() })
        );
        let central = written.len() - END_BYTES - 300;
        for at in central..written.len() {
            drop(flip(at));
        }
        assert_eq!(read(b"PK"), Err(ZipError::Damaged { at: 0 }));
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        use std::io::Write as _;
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&vec![0; 1 << 20]).unwrap();
        let packed = packer.finish().unwrap();
        let mut written = write(&[("crls/a.crl".to_owned(), packed)]);
        let central = read_u32(&written, written.len() - 6);
        // Deflated, and said to be far larger than anything that is taken.
        written[central + 10] = 8;
        written[central + 24..central + 28].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(read(&written), Err(ZipError::TooLarge));
        // Said to be smaller than it is: no more than that is unpacked.
        written[central + 24..central + 28].copy_from_slice(&7_u32.to_le_bytes());
        assert_eq!(read(&written), Err(ZipError::Checksum { name: "crls/a.crl".to_owned() }));
    }

    fn read_u32(bytes: &[u8], at: usize) -> usize {
        Bytes(bytes).u32(at).unwrap()
    }
}
