//! TLS: screens and gRPC off the loopback are served with a certificate or not at all.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use integration_tests::binary;
use integration_tests::process::{Served, peers_at, ready};
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::ssl::{SslConnector, SslMethod, SslVersion};
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Name};
use proto::directory::v1::StateRequest;
use proto::rpc::Address;
use tonic::{Code, Request};
use vanthu::role::Role;

/// A certificate for localhost that signs itself, and its key, as files.
fn certificate(dir: &Path) -> (PathBuf, PathBuf) {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("CN", "localhost").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(1_000_000_000).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(4_000_000_000).unwrap()).unwrap();
    builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    let mut names = SubjectAlternativeName::new();
    let names = names.dns("localhost").ip("127.0.0.1").build(&builder.x509v3_context(None, None)).unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    let (certificate_file, key_file) = (dir.join("certificate.pem"), dir.join("key.pem"));
    std::fs::write(&certificate_file, builder.build().to_pem().unwrap()).unwrap();
    std::fs::write(&key_file, key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    (certificate_file, key_file)
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

/// A page as a browser that believes `roots` is given it.
fn visited(authority: &str, roots: &Path, path: &str) -> String {
    let mut connector = SslConnector::builder(SslMethod::tls_client()).unwrap();
    connector.set_ca_file(roots).unwrap();
    connector.set_alpn_protos(b"\x02h2\x08http/1.1").unwrap();
    let mut stream = connector.build().connect("localhost", TcpStream::connect(authority).unwrap()).unwrap();
    assert_eq!(stream.ssl().selected_alpn_protocol(), Some(&b"http/1.1"[..]));
    write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

async fn address_printed(served: &Served) -> String {
    for _ in 0..1_000 {
        let printed = std::fs::read_to_string(&served.printed).unwrap();
        let at = printed.lines().find_map(|line| line.strip_prefix("https://"));
        if let Some(at) = at.and_then(|at| at.strip_suffix('/')) {
            return at.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("no address was printed: {}", served.logged())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_on_two_machines_speaks_tls_between_them_and_to_browsers() {
    let dir = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate(dir.path());
    let keys = dir.path().join("keys");
    let archive_at = format!("localhost:{}", free_port());
    let tls = ["--tls-certificate".to_owned(), text(&certificate), "--tls-key".to_owned(), text(&key)];
    let common = |name: &str| {
        let data = dir.path().join(name);
        let words =
            ["--data", &text(&data), "--keys", &text(&keys), "--listen", "127.0.0.1:0"].map(str::to_owned);
        words.into_iter().chain(tls.clone()).collect::<Vec<_>>()
    };
    let mut args = common("archive");
    args.extend(["--role", "archive", "--grpc", &format!("https://{archive_at}")].map(str::to_owned));
    let _archive = Served::start(dir.path(), "archive", &args);

    let front = |name: &str, roots: Option<&Path>| {
        let mut args = common(name);
        let socket = dir.path().join(format!("{name}.sock"));
        let roles = "directory,intake,routing,signer,forms,web";
        let words = ["--role", roles, "--grpc", &format!("unix:{}", text(&socket))].map(str::to_owned);
        args.extend(words);
        args.extend(["--peer".to_owned(), format!("archive=https://{archive_at}")]);
        (Served::start_believing(dir.path(), name, &args, roots), socket)
    };
    let directory_at = |socket: PathBuf| {
        let addresses = BTreeMap::from([(Role::Directory, Address::Unix(socket))]);
        peers_at(&keys, addresses)
    };
    let (mut believing, socket) = front("believing", Some(&certificate));
    let peers = directory_at(socket).await;
    ready(&mut believing, &peers).await.expect("the archive is reached over tls");
    believing.founding_code().await;

    // Screens: https, cookies for https only, and plain text gets nowhere.
    let at = address_printed(&believing).await;
    let page = visited(&at, &certificate, "/khoi-tao");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<form"), "{page}");
    let head = page.split("\r\n\r\n").next().unwrap().to_lowercase();
    assert!(head.contains("strict-transport-security:"), "{head}");
    assert!(head.contains("set-cookie: __host-") && head.contains("secure"), "{head}");
    let mut plain = TcpStream::connect(&at).unwrap();
    plain.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    plain.write_all(b"GET /khoi-tao HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    // A reset is as good an answer as an end.
    let _ = plain.read_to_end(&mut answer);
    assert!(!String::from_utf8_lossy(&answer).contains("<form"));
    // What browsers gave up long ago is not spoken.
    let mut old = SslConnector::builder(SslMethod::tls_client()).unwrap();
    old.set_ca_file(&certificate).unwrap();
    old.set_max_proto_version(Some(SslVersion::TLS1_1)).unwrap();
    assert!(old.build().connect("localhost", TcpStream::connect(&at).unwrap()).is_err());

    // A front that does not believe the archive's certificate does not talk to it.
    let (mut doubting, socket) = front("doubting", None);
    address_printed(&doubting).await;
    let peers = directory_at(socket).await;
    let status = peers.directory().state(Request::new(StateRequest {})).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");

    assert!(believing.stop(), "{}", believing.logged());
    assert!(doubting.stop(), "{}", doubting.logged());
}

#[test]
fn without_a_certificate_nothing_is_served_off_the_loopback() {
    let dir = tempfile::tempdir().unwrap();
    let data = text(&dir.path().join("data"));
    let (certificate, key) = certificate(dir.path());
    let stranger = dir.path().join("stranger.pem");
    std::fs::write(&stranger, Rsa::generate(2048).unwrap().private_key_to_pem().unwrap()).unwrap();
    let files = (text(&certificate), text(&key), text(&stranger));
    let cases: [(&[&str], &str); 6] = [
        (&["--listen", "192.0.2.1:0"], "--tls-certificate"),
        (&["--listen", "127.0.0.1:0", "--grpc", "192.0.2.1:7000"], "--tls-certificate"),
        (&["--listen", "127.0.0.1:0", "--grpc", "https://127.0.0.1:0"], "--tls-certificate"),
        (&["--listen", "127.0.0.1:0", "--peer", "archive=192.0.2.1:7000", "--role", "web"], "say https://"),
        (&["--listen", "127.0.0.1:0", "--tls-certificate", &files.0], "--tls-key"),
        (&["--listen", "127.0.0.1:0", "--tls-certificate", &files.0, "--tls-key", &files.2], &files.2),
    ];
    for (args, said) in cases {
        let output =
            Command::new(binary::vanthu()).args(["serve", "--data", &data]).args(args).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(said), "{args:?}: {told}");
    }
}
