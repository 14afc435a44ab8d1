//! What a signature is to be, and by which key: the arguments that `sign` and others share.

use std::path::{Path, PathBuf};

use clap::Args;
use proto::fault::Fault;
use signer::keys::{DeviceError, KeyError, SigningKey, TokenUri};
use signer::pdf::Input;
use signer::sign::{
    Appearance, Certification, Choices, Claims, FieldLock, Image, PageBox, SIGNATURE_BYTES_DEFAULT,
    SigningRequest, SigningTime, Source, Target,
};

use super::sign::SignError;
use super::{read, secret};

/// The key.
#[derive(Debug, Clone, Args)]
pub struct KeyOptions {
    /// A PKCS#12 file, or a key on a device: pkcs11:token=…;object=… (RFC 7512).
    #[arg(long, value_name = "KEY.p12|pkcs11:…")]
    pub key: PathBuf,
    /// A file whose first line is the password of the key file. Without it the terminal is asked.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    /// A file whose first line is the PIN of the device. Without it, and without pin-source in the URI, the terminal
    /// is asked.
    #[arg(long, value_name = "FILE", conflicts_with = "password_file")]
    pub pin_file: Option<PathBuf>,
    /// The PKCS#11 library, where the URI does not name it as module-path.
    #[arg(long, value_name = "FILE", env = "VANTHU_PKCS11_MODULE")]
    pub pkcs11_module: Option<PathBuf>,
}

impl KeyOptions {
    /// Opens the key.
    ///
    /// # Errors
    /// [`Fault::Invalid`] for a key, a password or a PIN that is not good.
    pub fn open(&self) -> Result<SigningKey, Fault> {
        let failed = |e: KeyError| Fault::invalid("--key", "KEY", e.to_string());
        match self.key.to_str().filter(|key| TokenUri::is_one(key)) {
            Some(uri) => {
                let uri = TokenUri::parse(uri).map_err(|e| failed(DeviceError::from(e).into()))?;
                let file = self.pin_file.as_deref().or(uri.pin_source.as_deref());
                let pin = secret::from_file_or_terminal(file, "--pin-file", "PIN")?;
                SigningKey::from_device(&uri, Some(&pin), self.pkcs11_module.as_deref(), Vec::new())
                    .map_err(failed)
            }
            None => {
                let file = self.password_file.as_deref();
                let password = secret::from_file_or_terminal(file, "--password-file", "Password")?;
                SigningKey::from_pkcs12(&read(&self.key)?, &password).map_err(failed)
            }
        }
    }
}

/// What is signed, where, and how it looks.
#[derive(Debug, Clone, Args)]
pub struct SigningOptions {
    /// The name of an empty signature field that the file has. Its lock is honoured.
    #[arg(long, conflicts_with = "place")]
    pub field: Option<String>,
    /// PAGE,X,Y,W,H: page from 1, points from the lower left of the page as displayed. Default: invisible.
    #[arg(long = "box", value_name = "PAGE,X,Y,W,H")]
    pub place: Option<String>,
    /// Certify the document: 1 no change afterwards, 2 filling fields and signing, 3 annotations too. The first
    /// signature only.
    #[arg(long, value_name = "1|2|3", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub certify: Option<u8>,
    /// Lock fields with the signature: all, or names with commas.
    #[arg(long, value_name = "all|FIELD,…")]
    pub lock: Option<String>,
    /// A PNG to show in the box or the field.
    #[arg(long)]
    pub image: Option<PathBuf>,
    /// Why it is signed.
    #[arg(long)]
    pub reason: Option<String>,
    /// A file whose first line is the password of the PDF, its user's or its owner's.
    #[arg(long, value_name = "FILE")]
    pub document_password_file: Option<PathBuf>,
}

impl SigningOptions {
    /// The request that these arguments make, in the name of whoever signs.
    ///
    /// # Errors
    /// [`SignError`] for a box or an image that is none.
    pub fn request(&self, name: &str, now_s: i64) -> Result<SigningRequest, SignError> {
        let image = match &self.image {
            Some(path) => Some(Image::from_png(&read(path)?)?),
            None => None,
        };
        let target = match (&self.field, &self.place) {
            (Some(field), _) => Target::Field(field.clone()),
            (None, Some(place)) => Target::Box(page_box(place)?),
            (None, None) => Target::Invisible,
        };
        let mut claims = Claims::at(SigningTime(now_s));
        claims.reason.clone_from(&self.reason);
        claims.name = Some(name.to_owned());
        Ok(SigningRequest {
            target,
            appearance: image.map(Appearance::Image),
            claims,
            capacity: SIGNATURE_BYTES_DEFAULT,
            choices: Choices {
                certification: self.certify.and_then(Certification::from_level),
                lock: self.lock.as_deref().map(locked),
                ..Choices::default()
            },
        })
    }

    /// The password of the PDF; empty when none was given.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn document_password(&self) -> Result<String, Fault> {
        document_password(self.document_password_file.as_deref())
    }
}

/// `all`, or names with commas.
fn locked(text: &str) -> FieldLock {
    match text {
        "all" => FieldLock::All,
        names => FieldLock::Only(names.split(',').map(|name| name.trim().to_owned()).collect()),
    }
}

/// The password of a PDF; empty when none was given.
///
/// # Errors
/// When its file cannot be read.
pub fn document_password(file: Option<&Path>) -> Result<String, Fault> {
    file.map_or(Ok(String::new()), secret::first_line)
}

/// A file with its password.
pub fn source(file: Input, password: &str) -> Source {
    Source::with_password(file, password)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_everything_and_names_are_taken_one_by_one() {
        assert_eq!(locked("all"), FieldLock::All);
        assert_eq!(locked("so, ngay"), FieldLock::Only(vec!["so".to_owned(), "ngay".to_owned()]));
    }

    #[test]
    fn a_box_is_five_numbers() {
        let place = page_box("1, 20,30.5,100,40").unwrap();
        assert_eq!((place.page, place.y), (1, 30.5));
        for wrong in ["", "1,2,3,4", "1,2,3,4,x", "0x1,2,3,4,5", "1,2,3,4,inf", "-1,2,3,4,5"] {
            assert!(page_box(wrong).is_err(), "{wrong}");
        }
    }
}
