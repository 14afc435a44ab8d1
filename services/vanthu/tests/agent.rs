//! The agent over its loopback: who may ask, what is shown, what is signed.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod paper;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::x509::{X509, X509Name};
use serde_json::{Value, json};
use signer::keys::{Signatory, SigningKey};
use signer::sign::{Choices, Claims, Deferred, SIGNATURE_BYTES_DEFAULT, SigningRequest, SigningTime, Target};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vanthu::agent::{Running, Told, start};

use crate::paper::pdf;

const ORIGIN: &str = "https://vanthu.example.vn";
const NOW_S: i64 = 1_779_765_330;

fn key() -> SigningKey {
    let curve = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let private = PKey::from_ec_key(EcKey::generate(&curve).unwrap()).unwrap();
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_nid(Nid::COMMONNAME, "Lê <Văn> C").unwrap();
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&private).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(NOW_S - 1_000).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_unix(NOW_S + 100_000).unwrap()).unwrap();
    builder.sign(&private, MessageDigest::sha256()).unwrap();
    SigningKey::new(private, builder.build(), vec![]).unwrap()
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn has(&self, line: &str) -> bool {
        self.head.lines().any(|one| one.eq_ignore_ascii_case(line))
    }
}

/// A client that says exactly what it is told to say.
async fn talk(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut text =
        format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| *name == "Host") {
        text.push_str(&format!("Host: {address}\r\n"));
    }
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(format!("{text}\r\n{body}").as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

struct Desk {
    running: Running,
    address: SocketAddr,
    session: String,
    now_ms: Arc<AtomicI64>,
}

impl Desk {
    async fn new() -> Self {
        let now_ms = Arc::new(AtomicI64::new(NOW_S * 1_000));
        let clock = Arc::clone(&now_ms);
        let clock: proto::rpc::Clock = Arc::new(move || clock.load(Ordering::Relaxed));
        let mut running = start(key(), ORIGIN.parse().unwrap(), 0, clock).await.unwrap();
        let address = running.address;
        let Some(Told::Code(code)) = running.told.recv().await else { panic!("no code") };
        let mut desk = Self { running, address, session: String::new(), now_ms };
        let paired = desk.page("POST", "/v1/pair", &json!({ "code": code })).await;
        assert_eq!(paired.status, 200, "{}", paired.body);
        desk.session = paired.json()["session"].as_str().unwrap().to_owned();
        let again = desk.page("POST", "/v1/pair", &json!({ "code": code })).await;
        assert_eq!(again.status, 401, "a code is good once");
        assert!(matches!(desk.running.told.recv().await, Some(Told::Code(next)) if next != code));
        desk
    }

    /// As the page of the office calls.
    async fn page(&self, method: &str, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.session);
        let headers =
            [("Origin", ORIGIN), ("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        talk(self.address, method, path, &headers, &body.to_string()).await
    }

    async fn signatory(&self) -> Signatory {
        let told = self.page("GET", "/v1/certificate", &Value::Null).await.json();
        let der = openssl::base64::decode_block(told["certificates"][0].as_str().unwrap()).unwrap();
        Signatory::new(X509::from_der(&der).unwrap(), vec![]).unwrap()
    }

    /// Asks; the request's id, and the path of the page of confirmation.
    async fn ask(&mut self, body: &Value) -> (String, String) {
        let asked = self.page("POST", "/v1/requests", body).await;
        assert_eq!(asked.status, 200, "{}", asked.body);
        assert!(!asked.body.contains("key="), "the page is not told the key of the confirmation");
        let Some(Told::Confirm(url)) = self.running.told.recv().await else { panic!("nothing to confirm") };
        let path = url.strip_prefix(&format!("http://{}", self.address)).unwrap().to_owned();
        (asked.json()["id"].as_str().unwrap().to_owned(), path)
    }

    /// As the person at the machine decides.
    async fn decide(&self, path: &str, decision: &str) -> Answer {
        let (path, key) = path.split_once('?').unwrap();
        let own = format!("http://{}", self.address);
        let headers = [("Origin", own.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        talk(self.address, "POST", path, &headers, &format!("{key}&decision={decision}")).await
    }

    async fn state(&self, id: &str) -> Value {
        self.page("GET", &format!("/v1/requests/{id}"), &Value::Null).await.json()
    }

    fn wait(&self, seconds: i64) {
        self.now_ms.fetch_add(seconds * 1_000, Ordering::Relaxed);
    }
}

fn prepared(signatory: &Signatory, reason: &str) -> Deferred {
    let request = SigningRequest {
        target: Target::Invisible,
        appearance: None,
        claims: Claims { reason: Some(reason.to_owned()), ..Claims::at(SigningTime(NOW_S)) },
        capacity: SIGNATURE_BYTES_DEFAULT,
        choices: Choices::default(),
    };
    Deferred::sign(pdf(), &request, signatory.clone(), NOW_S + 900).unwrap()
}

fn file(deferred: &Deferred, title: &str) -> Value {
    let digest = deferred.document_digest();
    let hex: String = digest.value.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({
        "title": title,
        "digest_algorithm": digest.algorithm.name(),
        "document_digest": hex,
        "to_be_signed": openssl::base64::encode_block(deferred.to_be_signed()),
        "scheme": deferred.scheme().name(),
    })
}

fn decoded(value: &Value) -> Vec<u8> {
    openssl::base64::decode_block(value.as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn files_are_signed_after_a_confirmation_each_with_its_result() {
    let mut desk = Desk::new().await;
    let signatory = desk.signatory().await;
    let files: Vec<Deferred> = (0..3).map(|n| prepared(&signatory, &format!("lần {n}"))).collect();
    let asked: Vec<Value> = files.iter().map(|one| file(one, "Quyết định <b>15</b>")).collect();
    let (id, path) = desk.ask(&json!({ "title": "Ký ba văn bản", "files": asked })).await;
    assert_eq!(desk.state(&id).await["state"], "waiting");

    let page = talk(desk.address, "GET", &path, &[], "").await;
    assert_eq!(page.status, 200);
    for shown in ["Ký ba văn bản", "Quyết định &lt;b&gt;15&lt;/b&gt;", "Lê &lt;Văn&gt; C", ORIGIN]
    {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    assert!(asked.iter().all(|one| page.body.contains(one["document_digest"].as_str().unwrap())));
    assert!(page.has("x-frame-options: DENY") && page.has("cache-control: no-store"));
    assert!(page.head.contains("frame-ancestors 'none'") && !page.body.contains("<script"));

    assert_eq!(desk.decide(&path, "yes").await.status, 200);
    let state = desk.state(&id).await;
    assert_eq!(state["state"], "signed");
    for (deferred, result) in files.into_iter().zip(state["files"].as_array().unwrap()) {
        assert_eq!(result["outcome"], "signed");
        for answer in [decoded(&result["signature"]), decoded(&result["cms"])] {
            assert!(deferred.clone().complete(&answer, NOW_S + 1).unwrap().to_bytes().starts_with(&pdf()));
        }
    }
    assert_eq!(desk.decide(&path, "yes").await.status, 404, "a decision is made once");
}

#[tokio::test]
async fn a_request_that_is_refused_or_left_alone_signs_nothing() {
    let mut desk = Desk::new().await;
    let deferred = prepared(&desk.signatory().await, "một");
    let body = json!({ "title": "Ký", "files": [file(&deferred, "một")] });
    let (id, path) = desk.ask(&body).await;
    assert_eq!(desk.decide(&path, "no").await.status, 200);
    assert_eq!(desk.state(&id).await, json!({ "state": "refused" }));
    assert_eq!(desk.decide(&path, "yes").await.status, 404);

    let (id, path) = desk.ask(&body).await;
    desk.wait(300);
    assert_eq!(desk.decide(&path, "yes").await.status, 404);
    assert_eq!(desk.state(&id).await, json!({ "state": "expired" }));

    // The certificate has ended by the time the person says yes.
    desk.wait(100_000 - 400);
    let (id, path) = desk.ask(&body).await;
    desk.wait(200);
    desk.decide(&path, "yes").await;
    let state = desk.state(&id).await;
    assert_eq!(state["files"][0]["outcome"], "failed", "{state}");
}

#[tokio::test]
async fn nothing_but_its_own_attributes_over_a_digest_is_signed() {
    let desk = Desk::new().await;
    let deferred = prepared(&desk.signatory().await, "một");
    let with = |key: &str, value: Value| {
        let mut one = file(&deferred, "một");
        one[key] = value;
        json!({ "title": "Ký", "files": [one] })
    };
    let attributes = openssl::base64::encode_block(b"anything else");
    let stranger = Signatory::new(key().certificate().clone(), vec![]).unwrap();
    let strangers = openssl::base64::encode_block(prepared(&stranger, "một").to_be_signed());
    let cases = [
        (with("to_be_signed", attributes.into()), 422),
        (with("to_be_signed", strangers.into()), 422),
        (with("document_digest", "ab".into()), 422),
        (with("document_digest", "zz".repeat(32).into()), 422),
        (with("digest_algorithm", "MD5".into()), 422),
        (with("scheme", "RSASSA-PSS".into()), 422),
        (with("title", "".into()), 422),
        (with("more", "x".into()), 400),
        (json!({ "title": "Ký", "files": [] }), 422),
        (json!([]), 400),
    ];
    for (body, status) in cases {
        let answer = desk.page("POST", "/v1/requests", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
    }
}

#[tokio::test]
async fn nobody_but_the_one_page_may_ask() {
    let desk = Desk::new().await;
    let bearer = format!("Bearer {}", desk.session);
    let certificate = async |headers: &[(&str, &str)]| {
        let headers = [headers, &[("Authorization", bearer.as_str())]].concat();
        talk(desk.address, "GET", "/v1/certificate", &headers, "").await.status
    };
    assert_eq!(certificate(&[("Origin", ORIGIN)]).await, 200);
    assert_eq!(certificate(&[]).await, 403);
    for origin in
        ["https://evil.example", "null", "https://vanthu.example.vn.evil.example", "http://vanthu.example.vn"]
    {
        assert_eq!(certificate(&[("Origin", origin)]).await, 403, "{origin}");
    }
    assert_eq!(certificate(&[("Origin", ORIGIN), ("Origin", "https://evil.example")]).await, 403);
    // A name that somebody pointed to this machine.
    assert_eq!(certificate(&[("Origin", ORIGIN), ("Host", "evil.example")]).await, 421);
    let other_port = format!("127.0.0.1:{}", desk.address.port() ^ 1);
    assert_eq!(certificate(&[("Origin", ORIGIN), ("Host", other_port.as_str())]).await, 421);
    let localhost = format!("localhost:{}", desk.address.port());
    assert_eq!(certificate(&[("Origin", ORIGIN), ("Host", localhost.as_str())]).await, 200);
    assert!(desk.address.ip().is_loopback());

    let answer =
        async |headers: &[(&str, &str)]| talk(desk.address, "GET", "/v1/certificate", headers, "").await;
    assert_eq!(answer(&[("Origin", ORIGIN)]).await.status, 401);
    assert_eq!(answer(&[("Origin", ORIGIN), ("Authorization", "Bearer x")]).await.status, 401);

    let preflight = async |origin: &str| {
        let headers = [("Origin", origin), ("Access-Control-Request-Method", "POST")];
        talk(desk.address, "OPTIONS", "/v1/requests", &headers, "").await
    };
    let good = preflight(ORIGIN).await;
    assert!(good.status == 204 && good.has(&format!("access-control-allow-origin: {ORIGIN}")));
    assert!(good.has("access-control-allow-private-network: true") && good.has("vary: Origin"));
    let bad = preflight("https://evil.example").await;
    assert!(bad.status == 403 && !bad.head.to_lowercase().contains("access-control-allow-origin"));
}

#[tokio::test]
async fn the_page_of_the_office_cannot_press_the_button() {
    let mut desk = Desk::new().await;
    let deferred = prepared(&desk.signatory().await, "một");
    let (id, path) = desk.ask(&json!({ "title": "Ký", "files": [file(&deferred, "một")] })).await;
    let (bare, key) = path.split_once('?').unwrap();
    let press = async |headers: &[(&str, &str)], body: String| {
        talk(desk.address, "POST", bare, headers, &body).await.status
    };
    let right = format!("{key}&decision=yes");
    assert_eq!(press(&[("Origin", ORIGIN)], right.clone()).await, 403);
    assert_eq!(press(&[("Origin", "null")], right.clone()).await, 403);
    assert_eq!(press(&[], right).await, 403);
    let own = format!("http://{}", desk.address);
    assert_eq!(press(&[("Origin", own.as_str())], "key=guess&decision=yes".to_owned()).await, 404);
    assert_eq!(press(&[("Origin", own.as_str())], format!("{key}&decision=perhaps")).await, 400);
    assert_eq!(talk(desk.address, "GET", bare, &[], "").await.status, 404);
    assert_eq!(desk.state(&id).await["state"], "waiting");
    // What a page reads of it without leave is nothing: no answer there lets another origin in.
    let page = talk(desk.address, "GET", &path, &[("Origin", ORIGIN)], "").await;
    assert!(!page.head.to_lowercase().contains("access-control-allow-origin"));
}

#[tokio::test]
async fn bodies_and_requests_have_their_limits() {
    let mut desk = Desk::new().await;
    let bearer = format!("Bearer {}", desk.session);
    let headers = [("Origin", ORIGIN), ("Authorization", bearer.as_str()), ("Content-Type", "text/plain")];
    assert_eq!(talk(desk.address, "POST", "/v1/requests", &headers, "{}").await.status, 415);
    let broken = desk.page("POST", "/v1/requests", &Value::String("x".repeat(2 << 20))).await;
    assert_eq!(broken.status, 413);
    let deferred = prepared(&desk.signatory().await, "một");
    let body = json!({ "title": "Ký", "files": [file(&deferred, "một")] });
    for _ in 0..16 {
        desk.ask(&body).await;
    }
    assert_eq!(desk.page("POST", "/v1/requests", &body).await.status, 429);
    desk.wait(301);
    desk.ask(&body).await;
}
