//! A certificate authority with everything that answers for it on the loopback: a time-stamp service, an OCSP
//! responder, CRLs and issuers' certificates, all made by openssl's own tools behind a few lines of HTTP. Any answer
//! can be spoilt.
#![expect(dead_code, reason = "each test file uses its own part")]

use std::collections::HashMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use openssl::pkey::PKey;
use openssl::x509::X509;
use signer::chain::TrustRoots;
use signer::fetch::{Anchors, Cache, Client, ClientOptions, Fetcher, TimestampAuthority};
use signer::keys::SigningKey;
use signer::sign::Services;

/// How one path of the service answers.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// With this status and no body.
    Status(u16),
    /// With these bytes.
    Bytes(Vec<u8>),
    /// As it should, after a while.
    Slow(Duration),
    /// With a redirect.
    Redirect(String),
    /// With so many bytes, and no length said before.
    Huge(usize),
    /// As to a request in which these bytes stand for those.
    Swapped(fn(&mut Vec<u8>)),
    /// With half of what it should say.
    Cut,
}

/// The authority and its services.
pub(crate) struct Pki {
    folder: tempfile::TempDir,
    port: u16,
    state: Arc<Mutex<State>>,
    /// The machine's time when it was made, seconds since 1970.
    pub(crate) now: i64,
}

#[derive(Default)]
struct State {
    behaviour: HashMap<String, Behaviour>,
    asked: HashMap<String, usize>,
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program).current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// When a file was written, in seconds since 1970.
fn modified(path: &Path) -> i64 {
    let at = fs::metadata(path).unwrap().modified().unwrap();
    i64::try_from(at.duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

impl Pki {
    /// Root, issuing CA, a signer `A` (serial 10), a time-stamp service, an OCSP delegate; all answer as they should.
    pub(crate) fn new() -> Self {
        let mut folder = tempfile::tempdir().unwrap();
        folder.disable_cleanup(std::env::var_os("PKI_KEEP").is_some());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let pki = Self { folder, port, state: Arc::default(), now: 0 };
        pki.make();
        let state = Arc::clone(&pki.state);
        let place = pki.path("");
        let served = place.clone();
        let turns = Arc::new(Mutex::new(()));
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (state, place, turns) = (Arc::clone(&state), served.clone(), Arc::clone(&turns));
                std::thread::spawn(move || serve(stream, &state, &place, &turns));
            }
        });
        // A little later than the last one was made, however long that took: none of them is from the future.
        let made = fs::read_dir(&place).unwrap().map(|entry| modified(&entry.unwrap().path()));
        let now = made.max().unwrap() + 2;
        Self { now, ..pki }
    }

    fn make(&self) {
        let (folder, url) = (self.folder.path(), self.url(""));
        fs::write(self.path("empty.cnf"), "[req]\ndistinguished_name=dn\n[dn]\n").unwrap();
        run(
            folder,
            "openssl",
            &[
                "req",
                "-x509",
                "-config",
                "empty.cnf",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                "root.key",
                "-out",
                "root.pem",
                "-days",
                "3650",
                "-set_serial",
                "1",
                "-utf8",
                "-subj",
                "/O=UBND tinh/CN=CA goc",
                "-addext",
                "basicConstraints=critical,CA:TRUE",
                "-addext",
                "keyUsage=critical,keyCertSign,cRLSign",
                "-addext",
                "subjectKeyIdentifier=hash",
            ],
        );
        let of_root = format!(
            "crlDistributionPoints=URI:{url}/root.crl\nauthorityInfoAccess=caIssuers;URI:{url}/root.cer\n"
        );
        let of_sub = format!(
            "crlDistributionPoints=URI:{url}/sub.crl\n\
             authorityInfoAccess=OCSP;URI:{url}/ocsp,caIssuers;URI:{url}/sub.cer\n"
        );
        let ca = "basicConstraints=critical,CA:TRUE,pathlen:0\nkeyUsage=critical,keyCertSign,cRLSign\n";
        self.issue("sub", "root", 2, &format!("{ca}{of_root}"));
        let signs = "keyUsage=critical,nonRepudiation\n";
        self.issue("a", "sub", 10, &format!("{signs}{of_sub}"));
        let only_crl = format!("crlDistributionPoints=URI:{url}/sub.crl\n");
        self.issue("b", "sub", 11, &format!("{signs}{only_crl}"));
        self.issue("nothing", "sub", 12, signs);
        let stamps = "keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n";
        self.issue("tsa", "sub", 20, &format!("{stamps}{of_sub}"));
        let answers = "keyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\n";
        self.issue("ocsp", "sub", 30, &format!("{answers}noCheck=yes\n"));
        fs::write(
            self.path("tsa.cnf"),
            "[tsa]\ndefault_tsa=one\n[one]\nserial=tsa.serial\ncrypto_device=builtin\nsigner_digest=sha256\n\
             default_policy=1.2.3.4\nother_policies=1.2.3.5\ndigests=sha256,sha384,sha512\naccuracy=secs:1\nordering=no\n\
             tsa_name=no\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n",
        )
        .unwrap();
        fs::write(self.path("tsa.serial"), "01").unwrap();
        for ca in ["root", "sub"] {
            fs::write(
                self.path(&format!("{ca}.cnf")),
                format!(
                    "[ca]\ndefault_ca=x\n[x]\ndatabase={ca}.index\ncrlnumber={ca}.number\ndefault_md=sha256\n"
                ),
            )
            .unwrap();
            fs::write(self.path(&format!("{ca}.number")), "01").unwrap();
            fs::write(self.path(&format!("{ca}.index.attr")), "unique_subject=no\n").unwrap();
            self.revoke_in(ca, &[], "");
        }
    }

    /// Issues a certificate with a new P-256 key.
    pub(crate) fn issue(&self, name: &str, ca: &str, serial: u32, extensions: &str) {
        let folder = self.folder.path();
        let file = |ending: &str| format!("{name}.{ending}");
        let (key, request, certificate, ext) = (file("key"), file("csr"), file("pem"), file("ext"));
        fs::write(
            self.path(&ext),
            format!("{extensions}subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"),
        )
        .unwrap();
        run(
            folder,
            "openssl",
            &[
                "req",
                "-new",
                "-config",
                "empty.cnf",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-keyout",
                &key,
                "-out",
                &request,
                "-subj",
                &format!("/O=UBND tinh/CN={name}"),
            ],
        );
        let (ca_pem, ca_key) = (format!("{ca}.pem"), format!("{ca}.key"));
        run(
            folder,
            "openssl",
            &[
                "x509",
                "-req",
                "-in",
                &request,
                "-CA",
                &ca_pem,
                "-CAkey",
                &ca_key,
                "-set_serial",
                &serial.to_string(),
                "-days",
                "1000",
                "-extfile",
                &ext,
                "-out",
                &certificate,
            ],
        );
    }

    /// Issues a certificate again, for so many days from now, which moves on with it.
    pub(crate) fn shorten(&mut self, name: &str, ca: &str, serial: u32, days: u32) {
        let of = |name: &str, ending: &str| format!("{name}.{ending}");
        let (serial, days) = (serial.to_string(), days.to_string());
        run(
            self.folder.path(),
            "openssl",
            &[
                "x509",
                "-req",
                "-in",
                &of(name, "csr"),
                "-CA",
                &of(ca, "pem"),
                "-CAkey",
                &of(ca, "key"),
                "-set_serial",
                &serial,
                "-days",
                &days,
                "-extfile",
                &of(name, "ext"),
                "-out",
                &of(name, "pem"),
            ],
        );
        self.now = self.now.max(modified(&self.path(&of(name, "pem"))));
    }

    /// The PKCS#12 file of a certificate, with those above it.
    pub(crate) fn pkcs12(&self, name: &str, password: &str) -> Vec<u8> {
        let key = PKey::private_key_from_pem(&fs::read(self.path(&format!("{name}.key"))).unwrap()).unwrap();
        let mut above = openssl::stack::Stack::new().unwrap();
        above.push(self.certificate("sub")).unwrap();
        above.push(self.certificate("root")).unwrap();
        let certificate = self.certificate(name);
        let mut builder = openssl::pkcs12::Pkcs12::builder();
        builder.name(name).pkey(&key).cert(&certificate).ca(above);
        builder.build2(password).unwrap().to_der().unwrap()
    }

    /// The issuing CA says from now on that these certificates (serial numbers) are revoked, all others good.
    pub(crate) fn revoke(&self, serials: &[u32]) {
        self.revoke_in("sub", serials, "200101000000Z");
    }

    /// As [`Pki::revoke`], since a time (seconds since 1970).
    pub(crate) fn revoke_since(&self, serials: &[u32], at: i64) {
        let at = jiff::Timestamp::from_second(at).unwrap().strftime("%y%m%d%H%M%SZ").to_string();
        self.revoke_in("sub", serials, &at);
    }

    fn revoke_in(&self, ca: &str, serials: &[u32], since: &str) {
        let line = |serial: &u32| -> String {
            let at = if serials.contains(serial) {
                format!("R\t400101000000Z\t{since}")
            } else {
                "V\t400101000000Z\t".to_owned()
            };
            format!("{at}\t{serial:02X}\tunknown\t/CN={serial}\n")
        };
        let index: String = [2, 10, 11, 12, 20, 30].iter().map(line).collect();
        fs::write(self.path(&format!("{ca}.index")), index).unwrap();
        let (config, certificate, key) = (format!("{ca}.cnf"), format!("{ca}.pem"), format!("{ca}.key"));
        let (pem, crl) = (format!("{ca}.crl.pem"), format!("{ca}.crl"));
        let folder = self.folder.path();
        run(
            folder,
            "openssl",
            &[
                "ca",
                "-gencrl",
                "-config",
                &config,
                "-cert",
                &certificate,
                "-keyfile",
                &key,
                "-crldays",
                "7",
                "-out",
                &pem,
            ],
        );
        run(folder, "openssl", &["crl", "-in", &pem, "-outform", "DER", "-out", &crl]);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// From now on a path (`/tsa`, `/ocsp`, `/sub.crl`) answers otherwise.
    pub(crate) fn spoil(&self, path: &str, behaviour: Behaviour) {
        self.state.lock().unwrap().behaviour.insert(path.to_owned(), behaviour);
    }

    /// From now on all paths answer as they should.
    pub(crate) fn mend(&self) {
        self.state.lock().unwrap().behaviour.clear();
    }

    /// How often a path was asked.
    pub(crate) fn asked(&self, path: &str) -> usize {
        self.state.lock().unwrap().asked.get(path).copied().unwrap_or(0)
    }

    pub(crate) fn certificate(&self, name: &str) -> X509 {
        X509::from_pem(&fs::read(self.path(&format!("{name}.pem"))).unwrap()).unwrap()
    }

    /// The key of a certificate, with the issuing CA's certificate and the root's.
    pub(crate) fn key(&self, name: &str) -> SigningKey {
        let private =
            PKey::private_key_from_pem(&fs::read(self.path(&format!("{name}.key"))).unwrap()).unwrap();
        SigningKey::new(
            private,
            self.certificate(name),
            vec![self.certificate("sub"), self.certificate("root")],
        )
        .unwrap()
    }

    pub(crate) fn roots(&self) -> TrustRoots {
        let mut roots = TrustRoots::none();
        roots.add_path(&self.path("root.pem")).unwrap();
        roots
    }

    /// A client that tries twice. It gives nobody up who is merely slow: an answer here takes a program of openssl.
    pub(crate) fn client(&self) -> Client {
        Client::new(ClientOptions {
            time: Duration::from_secs(60),
            attempts: 2,
            backoff: Duration::from_millis(10),
            ..ClientOptions::default()
        })
    }

    pub(crate) fn authority(&self) -> TimestampAuthority {
        TimestampAuthority::new(self.url("/tsa"), self.client())
    }

    pub(crate) fn services(&self) -> Services {
        Services {
            timestamps: Some(self.authority()),
            evidence: Fetcher::new(self.client(), Cache::in_memory(), Anchors::Roots(self.roots())),
        }
    }
}

fn serve(mut stream: TcpStream, state: &Mutex<State>, folder: &Path, turns: &Mutex<()>) -> Option<()> {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    let (head, body) = loop {
        let read = stream.read(&mut buffer).ok()?;
        request.extend_from_slice(&buffer[..read]);
        if read == 0 {
            return None;
        }
        let Some(at) = request.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&request[..at]).to_ascii_lowercase();
        let length: usize = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"))
            .map_or(0, |length| length.trim().parse().unwrap());
        if request.len() >= at + 4 + length {
            break (head, request[at + 4..].to_vec());
        }
    };
    let path = head.split(' ').nth(1)?.to_owned();
    let behaviour = {
        let mut state = state.lock().unwrap();
        *state.asked.entry(path.clone()).or_default() += 1;
        state.behaviour.get(&path).cloned()
    };
    let mut body = body;
    let mut cut = false;
    match behaviour {
        Some(Behaviour::Status(status)) => return reply(&mut stream, status, "", b""),
        Some(Behaviour::Bytes(bytes)) => return reply(&mut stream, 200, "", &bytes),
        Some(Behaviour::Redirect(to)) => return reply(&mut stream, 302, &format!("Location: {to}\r\n"), b""),
        Some(Behaviour::Huge(bytes)) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").ok()?;
            for _ in 0..bytes / buffer.len() {
                stream.write_all(&buffer).ok()?;
            }
            return Some(());
        }
        Some(Behaviour::Slow(time)) => std::thread::sleep(time),
        Some(Behaviour::Swapped(swap)) => swap(&mut body),
        Some(Behaviour::Cut) => cut = true,
        None => {}
    }
    let mut answer = match path.as_str() {
        "/tsa" => stamp(folder, "tsa", &body, turns)?,
        "/ocsp" => ocsp(folder, &body)?,
        other => {
            let name = other.trim_start_matches('/');
            match name.strip_suffix(".cer") {
                None => fs::read(folder.join(name)).ok()?,
                Some(pem) => {
                    let pem = fs::read(folder.join(format!("{pem}.pem"))).ok()?;
                    X509::from_pem(&pem).ok()?.to_der().ok()?
                }
            }
        }
    };
    if cut {
        answer.truncate(answer.len() / 2);
    }
    reply(&mut stream, 200, "", &answer)
}

fn reply(stream: &mut TcpStream, status: u16, headers: &str, body: &[u8]) -> Option<()> {
    let head = format!(
        "HTTP/1.1 {status} x\r\nContent-Length: {}\r\n{headers}Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()
}

/// `openssl ts`, one at a time: it counts serial numbers in a file.
fn stamp(folder: &Path, who: &str, query: &[u8], turns: &Mutex<()>) -> Option<Vec<u8>> {
    let _turn = turns.lock().unwrap();
    let place = tempfile::tempdir().ok()?;
    let (asked, answered) = (place.path().join("q"), place.path().join("r"));
    fs::write(&asked, query).ok()?;
    run(
        folder,
        "openssl",
        &[
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-queryfile",
            asked.to_str()?,
            "-signer",
            &format!("{who}.pem"),
            "-inkey",
            &format!("{who}.key"),
            "-chain",
            "sub.pem",
            "-out",
            answered.to_str()?,
        ],
    );
    fs::read(answered).ok()
}

/// `openssl ocsp` with the delegate's key.
fn ocsp(folder: &Path, request: &[u8]) -> Option<Vec<u8>> {
    let place = tempfile::tempdir().ok()?;
    let (asked, answered) = (place.path().join("q"), place.path().join("r"));
    fs::write(&asked, request).ok()?;
    run(
        folder,
        "openssl",
        &[
            "ocsp",
            "-index",
            "sub.index",
            "-CA",
            "sub.pem",
            "-rsigner",
            "ocsp.pem",
            "-rkey",
            "ocsp.key",
            "-ndays",
            "1",
            "-reqin",
            asked.to_str()?,
            "-respout",
            answered.to_str()?,
        ],
    );
    fs::read(answered).ok()
}
