//! Who may speak to the agent: one origin, paired by a code that is good once.

use std::fmt;
use std::str::FromStr;

use openssl::memcmp;
use openssl::sha::sha256;
use proto::fault::Fault;

/// Letters of a code: no two look alike.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Letters in a code: 50 bits.
const CODE_LETTERS: usize = 10;
/// Wrong codes before no more are taken.
const WRONG_MAX: u32 = 5;

/// The origin of a web page: scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// Why a text is no origin for the agent.
#[derive(Debug, thiserror::Error)]
#[error("an origin is https://HOST[:PORT] without a path; http:// on the loopback only")]
pub struct NoOrigin;

impl FromStr for Origin {
    type Err = NoOrigin;

    fn from_str(text: &str) -> Result<Self, NoOrigin> {
        let (scheme, rest) = text.split_once("://").ok_or(NoOrigin)?;
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        let good_host = !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-".contains(&b));
        let good_port =
            port.is_none_or(|port| port.parse::<u16>().is_ok_and(|n| n > 0 && n.to_string() == port));
        let good_scheme =
            scheme == "https" || (scheme == "http" && matches!(host, "127.0.0.1" | "localhost"));
        // Browsers leave the usual port out.
        let usual = matches!((scheme, port), ("https", Some("443")) | ("http", Some("80")));
        if good_host && good_port && good_scheme && !usual {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoOrigin)
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The code and the session. Of both only hashes are kept.
pub(super) struct Guard {
    code: [u8; 32],
    wrong: u32,
    session: Option<[u8; 32]>,
}

impl Guard {
    /// A guard and the code that pairs.
    pub(super) fn new() -> Result<(Self, String), Fault> {
        let code = new_code()?;
        Ok((Self { code: sha256(code.as_bytes()), wrong: 0, session: None }, code))
    }

    /// Pairs with the right code: the new session, which ends the one before, and the next code.
    pub(super) fn pair(&mut self, code: &str) -> Result<Option<(String, String)>, Fault> {
        if self.wrong >= WRONG_MAX {
            return Ok(None);
        }
        if !memcmp::eq(&sha256(code.trim().as_bytes()), &self.code) {
            self.wrong += 1;
            return Ok(None);
        }
        let session = secret()?;
        let next = new_code()?;
        self.session = Some(sha256(session.as_bytes()));
        self.code = sha256(next.as_bytes());
        self.wrong = 0;
        Ok(Some((session, next)))
    }

    /// Whether a session is the one that was paired.
    pub(super) fn knows(&self, session: &str) -> bool {
        self.session.is_some_and(|known| memcmp::eq(&known, &sha256(session.as_bytes())))
    }
}

/// 43 letters nobody guesses.
pub(super) fn secret() -> Result<String, Fault> {
    let mut random = [0; 32];
    openssl::rand::rand_bytes(&mut random).map_err(Fault::broken)?;
    let text = openssl::base64::encode_block(&random).replace('+', "-").replace('/', "_");
    Ok(text.trim_end_matches('=').to_owned())
}

fn new_code() -> Result<String, Fault> {
    let mut random = [0; CODE_LETTERS];
    openssl::rand::rand_bytes(&mut random).map_err(Fault::broken)?;
    Ok(random.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_page_that_nobody_listens_in_on() {
        for good in
            ["https://vanthu.gov.vn", "https://a.vn:8443", "http://127.0.0.1:8080", "http://localhost:1"]
        {
            assert_eq!(good.parse::<Origin>().unwrap().to_string(), good);
        }
        for wrong in [
            "",
            "null",
            "*",
            "https://",
            "http://vanthu.gov.vn",
            "https://a.vn/",
            "https://a.vn:443",
            "https://A.vn",
            "https://a.vn:0",
            "https://a.vn:08",
            "https://u@a.vn",
            "file:///x",
        ] {
            assert!(wrong.parse::<Origin>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_code_pairs_once_and_too_many_wrong_ones_end_it() {
        let (mut guard, code) = Guard::new().unwrap();
        assert!(!guard.knows(""));
        assert!(guard.pair("wrong").unwrap().is_none());
        let (session, next) = guard.pair(&format!(" {code}\n")).unwrap().unwrap();
        assert!(guard.knows(&session) && !guard.knows(&code));
        assert!(guard.pair(&code).unwrap().is_none(), "it was used");
        let (second, last) = guard.pair(&next).unwrap().unwrap();
        assert!(guard.knows(&second) && !guard.knows(&session));
        for _ in 0..WRONG_MAX {
            assert!(guard.pair("wrong").unwrap().is_none());
        }
        assert!(guard.pair(&last).unwrap().is_none(), "nobody guesses on");
    }
}
