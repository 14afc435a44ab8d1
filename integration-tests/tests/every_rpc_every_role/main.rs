//! Every RPC, called by everybody: nobody at all, each role, a first password, a position that has ended, the keys of
//! services. The list of RPCs comes from the descriptors; what each is answered is one reviewed text
//! (`snapshots/rpc_by_role.txt`; `UPDATE_SNAPSHOTS=1` writes it anew). A new RPC without a case fails.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod cases;
mod fixture;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use integration_tests::office::OneProcess;
use integration_tests::raw::{Method, call, methods};
use integration_tests::staff::EVERYBODY;
use integration_tests::world::{MORNING_MS, reason};
use proto::directory::v1::SealBody;
use proto::fault::Fault;
use proto::record::v1::{Caller, Role};
use proto::rpc::identity::{OPEN_METHODS, SEAL_HEADER, SERVICE_HEADER, outgoing_as};
use proto::rpc::seal::SEAL_LIFE_MS;
use proto::rpc::{Identity, Peer, ServiceKey, fault_of, peer};
use tonic::metadata::MetadataValue;
use tonic::{Code, Request, Status};

use cases::Case;
use fixture::Fixture;

/// A call that has not answered by then is taken to have nothing to say (a watch over nothing).
const PATIENCE: Duration = Duration::from_secs(20);

fn sealed(message: Bytes, seal: &[u8]) -> Request<Bytes> {
    let mut request = Request::new(message);
    request.metadata_mut().insert_bin(SEAL_HEADER, MetadataValue::from_bytes(seal));
    request
}

fn body(caller: Caller) -> SealBody {
    SealBody {
        caller: Some(caller),
        audience: String::new(),
        expires_at_ms: MORNING_MS + SEAL_LIFE_MS,
        must_change_password: false,
    }
}

fn seal(key: &ServiceKey, body: &SealBody) -> Vec<u8> {
    key.seal(&SealBody { audience: key.audience().to_owned(), ..body.clone() }).unwrap()
}

fn everything(office: &OneProcess) -> Peer {
    peer::local(office.office.routes.clone())
}

fn is_open(method: &Method) -> bool {
    OPEN_METHODS.contains(&method.path.as_str())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_good_seal_no_door_opens_but_those_that_need_none() {
    let office = OneProcess::unfounded().await;
    let peer = everything(&office);
    let key = &office.keys.directory;
    let caller = Caller {
        person_id: "per_1".to_owned(),
        position_id: "pos_1".to_owned(),
        unit_id: "unit_1".to_owned(),
        roles: (1..=7).collect(),
        ..Caller::default()
    };
    let good = body(caller);
    let stranger = ServiceKey::generate("directory", key.audience()).unwrap();
    let elsewhere = SealBody { audience: "another office".to_owned(), ..good.clone() };
    let mut changed = seal(key, &good);
    *changed.last_mut().unwrap() ^= 1;
    let bad: [(&str, Vec<u8>); 9] = [
        ("expired", seal(key, &SealBody { expires_at_ms: MORNING_MS, ..good.clone() })),
        (
            "from far ahead",
            seal(key, &SealBody { expires_at_ms: MORNING_MS + 3 * SEAL_LIFE_MS, ..good.clone() }),
        ),
        ("of another office", key.seal(&elsewhere).unwrap()),
        ("by a strange key", seal(&stranger, &good)),
        (
            "by the operator's key",
            office
                .keys
                .operator
                .seal(&SealBody { audience: key.audience().to_owned(), ..good.clone() })
                .unwrap(),
        ),
        ("of nobody", seal(key, &SealBody { caller: None, ..good.clone() })),
        ("changed", changed),
        ("empty", Vec::new()),
        ("a service's token", key.service_token(MORNING_MS).unwrap()),
    ];
    for method in methods() {
        let answer = call(&peer, &method.path, Request::new(Bytes::new())).await;
        let at_the_door = answer
            .as_ref()
            .err()
            .is_some_and(|s| s.code() == Code::Unauthenticated && s.message() == "no seal in the call");
        assert_eq!(at_the_door, !is_open(&method), "{} without a seal: {answer:?}", method.name);
        for (what, seal) in &bad {
            let answer = call(&peer, &method.path, sealed(Bytes::new(), seal)).await;
            let code = answer.as_ref().map_or_else(Status::code, |_| Code::Ok);
            assert_eq!(code, Code::Unauthenticated, "{} with a seal that is {what}", method.name);
        }
        // A strange service is no better.
        let mut request = Request::new(Bytes::new());
        let token = stranger.service_token(MORNING_MS).unwrap();
        request.metadata_mut().insert_bin(SERVICE_HEADER, MetadataValue::from_bytes(&token));
        let answer = call(&peer, &method.path, request).await;
        assert_eq!(answer.unwrap_err().code(), Code::Unauthenticated, "{} by a strange service", method.name);
    }
    let paths: BTreeSet<String> = methods().into_iter().map(|m| m.path).collect();
    for open in OPEN_METHODS {
        assert!(paths.contains(open), "{open} is no RPC");
    }
}

/// Who calls, and with what in the metadata.
enum Hand {
    Nobody,
    Seal(Box<SealBody>),
    Service(&'static str),
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rpc_answers_every_role_as_reviewed() {
    let office = OneProcess::staffed().await;
    let peer = everything(&office);
    let fixture = Fixture::lay_out(&office).await;
    let key = &office.keys.directory;
    let mut hands: Vec<(&str, &str, Hand)> = vec![("nobody", "", Hand::Nobody)];
    for (what, login) in EVERYBODY {
        hands.push((what, login, Hand::Seal(Box::new(body(office.world.caller(login))))));
    }
    let mut first = body(office.world.caller("chuyenvien"));
    first.must_change_password = true;
    hands.push(("first password", "chuyenvien", Hand::Seal(Box::new(first))));
    hands.push(("ended position", "thethuc", Hand::Seal(Box::new(body(fixture.ended.clone())))));
    // A seal that says more than the position has: directory would never make it.
    let mut more = office.world.caller("chuyenvien2");
    more.roles.push(Role::Administrator.into());
    more.roles.push(Role::Clerk.into());
    hands.push(("too many roles", "chuyenvien2", Hand::Seal(Box::new(body(more)))));
    hands.push(("operator's key", "", Hand::Service("operator")));
    hands.push(("directory's key", "", Hand::Service("directory")));
    hands.push(("signer's key", "", Hand::Service("signer")));

    let cases = cases::all();
    let with_case: BTreeSet<&str> = cases.iter().map(|case| case.rpc).collect();
    let listed: Vec<Method> = methods();
    let names: BTreeSet<&str> = listed.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(with_case, names, "each RPC of the descriptors has a case, and each case its RPC");

    let mut text = String::from(
        "What every RPC answers everybody. \"ok\" and \"refused\" are past the policy: a rule of the state says no.\n",
    );
    for method in &listed {
        for case in cases.iter().filter(|case| case.rpc == method.name) {
            let mut outcomes: Vec<(String, Vec<&str>)> = Vec::new();
            for (n, (what, login, hand)) in hands.iter().enumerate() {
                let outcome = outcome(&peer, method, case, &fixture, n, login, hand, key, &office).await;
                match outcomes.iter_mut().find(|(o, _)| *o == outcome) {
                    Some((_, who)) => who.push(what),
                    None => outcomes.push((outcome, vec![what])),
                }
            }
            outcomes.sort();
            let aside = if case.aside.is_empty() { String::new() } else { format!(" ({})", case.aside) };
            writeln!(text, "\n{}{aside}", method.name).unwrap();
            for (outcome, who) in outcomes {
                writeln!(text, "    {outcome}: {}", who.join(", ")).unwrap();
            }
        }
    }
    drop(office.closed().await);
    as_reviewed("rpc_by_role.txt", &text);
}

#[expect(clippy::too_many_arguments, reason = "what one call is made of")]
async fn outcome(
    peer: &Peer,
    method: &Method,
    case: &Case,
    fixture: &Fixture,
    n: usize,
    login: &str,
    hand: &Hand,
    key: &ServiceKey,
    office: &OneProcess,
) -> String {
    let message = Bytes::from((case.request)(fixture, n, login));
    let request = match hand {
        Hand::Nobody => Request::new(message),
        Hand::Seal(body) => sealed(message, &seal(key, body)),
        Hand::Service(name) => {
            let key = match *name {
                "operator" => &office.keys.operator,
                "signer" => &office.keys.signer,
                _ => &office.keys.directory,
            };
            outgoing_as(key, MORNING_MS, &Identity::default(), message).unwrap()
        }
    };
    let answer = tokio::time::timeout(PATIENCE, call(peer, &method.path, request)).await;
    match answer {
        Err(_) => "no answer".to_owned(),
        Ok(Ok(message)) => (case.tell)(&message.unwrap_or_default()),
        Ok(Err(status)) => told(&fault_of(&status)),
    }
}

/// The kind of a fault with its reason.
fn told(fault: &Fault) -> String {
    match fault {
        Fault::Unknown { .. } => "not found".to_owned(),
        Fault::Unauthenticated { .. } => "unauthenticated".to_owned(),
        Fault::Denied { .. } => format!("denied {}", reason(fault)),
        Fault::Refused { .. } => format!("refused {}", reason(fault)),
        Fault::Invalid(violations) => {
            let mut wrong: Vec<String> =
                violations.iter().map(|v| format!("{} {}", v.field, v.reason)).collect();
            wrong.dedup();
            format!("invalid {}", wrong.join(" and "))
        }
        Fault::Conflict { .. } => "conflict".to_owned(),
        Fault::Busy { .. } => format!("busy {}", reason(fault)),
        Fault::Unavailable { .. } => format!("unavailable {}", reason(fault)),
        Fault::Broken { .. } => "broken".to_owned(),
    }
}

fn as_reviewed(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != text {
        let new: BTreeSet<&str> = text.lines().collect();
        let old: BTreeSet<&str> = kept.lines().collect();
        let more: Vec<_> = new.difference(&old).collect();
        let less: Vec<_> = old.difference(&new).collect();
        panic!(
            "{} differs; review, then run with UPDATE_SNAPSHOTS=1\nnow: {more:#?}\nreviewed: {less:#?}",
            path.display()
        );
    }
}
