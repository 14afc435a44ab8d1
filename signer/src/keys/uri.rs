//! `pkcs11:` URIs (RFC 7512), as far as they say which key: `token`, `serial`, `manufacturer`, `model`, `object`,
//! `id`, `type`, and in the query `module-path` and `pin-source`. A PIN within the URI is refused: arguments are
//! seen by everybody on the machine.

use std::path::PathBuf;

/// Why a URI is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// It does not begin with `pkcs11:`.
    #[error("is no pkcs11: URI")]
    Scheme,
    /// An attribute that is not known here: ignoring it could choose another key.
    #[error(
        "the attribute {0} is not known, use token, serial, manufacturer, model, object, id, module-path and pin-source"
    )]
    Unknown(String),
    /// An attribute stands twice.
    #[error("the attribute {0} stands twice")]
    Doubled(String),
    /// A part without a name and a value, or with a broken percent encoding.
    #[error("the part {0} is not NAME=VALUE in percent encoding")]
    Malformed(String),
    /// A PIN in the URI.
    #[error("pin-value is refused: a PIN belongs into a file or is typed, never into an argument")]
    PinValue,
    /// A PIN from a program.
    #[error("pin-source names a file; programs are not started")]
    PinProgram,
    /// An object that is no private key.
    #[error("type must be private or cert")]
    Type,
}

/// Which key on which token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenUri {
    /// Label of the token.
    pub token: Option<String>,
    /// Serial number of the token.
    pub serial: Option<String>,
    /// Its manufacturer.
    pub manufacturer: Option<String>,
    /// Its model.
    pub model: Option<String>,
    /// Label of the key (`CKA_LABEL`).
    pub object: Option<String>,
    /// Identifier of the key (`CKA_ID`).
    pub id: Option<Vec<u8>>,
    /// The PKCS#11 library.
    pub module_path: Option<PathBuf>,
    /// A file whose first line is the PIN.
    pub pin_source: Option<PathBuf>,
}

impl TokenUri {
    /// Whether a text means to be such a URI.
    pub fn is_one(text: &str) -> bool {
        text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("pkcs11:"))
    }

    /// Reads a URI.
    ///
    /// # Errors
    /// [`UriError`].
    pub fn parse(text: &str) -> Result<Self, UriError> {
        if !Self::is_one(text) {
            return Err(UriError::Scheme);
        }
        let rest = &text[7..];
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut uri = Self::default();
        for part in path.split(';').filter(|part| !part.is_empty()) {
            let (name, value) = pair(part)?;
            let text = || String::from_utf8(value.clone()).map_err(|_| UriError::Malformed(part.to_owned()));
            match name {
                "token" => set(&mut uri.token, name, text()?)?,
                "serial" => set(&mut uri.serial, name, text()?)?,
                "manufacturer" => set(&mut uri.manufacturer, name, text()?)?,
                "model" => set(&mut uri.model, name, text()?)?,
                "object" => set(&mut uri.object, name, text()?)?,
                "id" => set(&mut uri.id, name, value)?,
                "type" if matches!(value.as_slice(), b"private" | b"cert") => {}
                "type" => return Err(UriError::Type),
                other => return Err(UriError::Unknown(other.to_owned())),
            }
        }
        for part in query.split('&').filter(|part| !part.is_empty()) {
            let (name, value) = pair(part)?;
            let text = || String::from_utf8(value.clone()).map_err(|_| UriError::Malformed(part.to_owned()));
            match name {
                "module-path" => set(&mut uri.module_path, name, PathBuf::from(text()?))?,
                "pin-source" => {
                    let text = text()?;
                    if text.starts_with('|') {
                        return Err(UriError::PinProgram);
                    }
                    let path = text.strip_prefix("file://").or_else(|| text.strip_prefix("file:"));
                    set(&mut uri.pin_source, name, PathBuf::from(path.unwrap_or(&text)))?;
                }
                "pin-value" => return Err(UriError::PinValue),
                other => return Err(UriError::Unknown(other.to_owned())),
            }
        }
        Ok(uri)
    }
}

fn pair(part: &str) -> Result<(&str, Vec<u8>), UriError> {
    let malformed = || UriError::Malformed(part.to_owned());
    let (name, value) = part.split_once('=').ok_or_else(malformed)?;
    Ok((name, percent_decoded(value).ok_or_else(malformed)?))
}

fn set<T>(place: &mut Option<T>, name: &str, value: T) -> Result<(), UriError> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(UriError::Doubled(name.to_owned())),
    }
}

fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            out.push(digit(bytes.next()?)? << 4 | digit(bytes.next()?)?);
        } else {
            out.push(byte);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_says_which_key_on_which_token() {
        let uri = TokenUri::parse(
            "pkcs11:token=V%C4%83n%20th%C6%B0;serial=0a1b;object=k%3by;id=%01%fF;type=private\
             ?module-path=/usr/lib/x.so&pin-source=file:/run/pin",
        );
        let expected = TokenUri {
            token: Some("Văn thư".to_owned()),
            serial: Some("0a1b".to_owned()),
            object: Some("k;y".to_owned()),
            id: Some(vec![1, 255]),
            module_path: Some("/usr/lib/x.so".into()),
            pin_source: Some("/run/pin".into()),
            ..TokenUri::default()
        };
        assert_eq!(uri, Ok(expected));
        assert_eq!(TokenUri::parse("PKCS11:"), Ok(TokenUri::default()));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        let refused = |text: &str| TokenUri::parse(text).unwrap_err();
        assert_eq!(refused("file:x"), UriError::Scheme);
        assert_eq!(refused("pkcs1"), UriError::Scheme);
        assert_eq!(refused("pkcs11:slot-id=1"), UriError::Unknown("slot-id".to_owned()));
        assert_eq!(refused("pkcs11:token=a;token=b"), UriError::Doubled("token".to_owned()));
        assert_eq!(refused("pkcs11:token"), UriError::Malformed("token".to_owned()));
        assert_eq!(refused("pkcs11:id=%0"), UriError::Malformed("id=%0".to_owned()));
        assert_eq!(refused("pkcs11:token=%ff"), UriError::Malformed("token=%ff".to_owned()));
        assert_eq!(refused("pkcs11:token=a?pin-value=1234"), UriError::PinValue);
        assert_eq!(refused("pkcs11:?pin-source=|echo 1"), UriError::PinProgram);
        assert_eq!(refused("pkcs11:type=public"), UriError::Type);
        assert!(!UriError::PinValue.to_string().contains("1234"));
    }
}
