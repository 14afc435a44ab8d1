//! The whole life again, shorter, with every role in a process of its own: peers over Unix sockets, one folder of keys,
//! a data directory each.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use integration_tests::incoming::facts;
use integration_tests::lawful::unlawful;
use integration_tests::process::{Served, peers_at, ready};
use integration_tests::world::{Time, World, as_incoming, reason};
use proto::record::v1::{IncomingStatus, OutgoingStatus};
use proto::rpc::Address;
use signer::chain::TrustRoots;
use signer::validate::{Options, validate};
use vanthu::role::Role;

struct Apart {
    dir: tempfile::TempDir,
    served: BTreeMap<Role, Served>,
}

impl Apart {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), served: BTreeMap::new() }
    }

    fn keys(&self) -> PathBuf {
        self.dir.path().join("keys")
    }

    fn data(&self, role: Role) -> PathBuf {
        self.dir.path().join(role.name())
    }

    fn socket(&self, role: Role) -> PathBuf {
        self.dir.path().join(format!("{role}.sock"))
    }

    fn addresses(&self) -> BTreeMap<Role, Address> {
        let without_web = Role::ALL.into_iter().filter(|role| *role != Role::Web);
        without_web.map(|role| (role, Address::Unix(self.socket(role)))).collect()
    }

    /// Starts the process of a role.
    fn start(&mut self, role: Role) {
        let unix = |path: &Path| format!("unix:{}", path.display());
        let mut args: Vec<String> = vec![
            "--role".to_owned(),
            role.name().to_owned(),
            "--data".to_owned(),
            self.data(role).display().to_string(),
            "--keys".to_owned(),
            self.keys().display().to_string(),
            "--grpc".to_owned(),
            unix(&self.socket(role)),
            "--listen".to_owned(),
            "127.0.0.1:0".to_owned(),
        ];
        for other in Role::ALL.into_iter().filter(|other| *other != role && *other != Role::Web) {
            args.extend(["--peer".to_owned(), format!("{other}={}", unix(&self.socket(other)))]);
        }
        self.served.insert(role, Served::start(self.dir.path(), role.name(), &args));
    }
}

/// An office of seven processes with its people in it.
async fn settled() -> (Apart, World) {
    let mut apart = Apart::new();
    // All at once over a folder of keys that is not there yet, the archive last: nobody depends on the order.
    for role in
        [Role::Directory, Role::Web, Role::Intake, Role::Routing, Role::Signer, Role::Forms, Role::Archive]
    {
        apart.start(role);
    }
    let code = apart.served[&Role::Directory].founding_code().await;
    let peers = peers_at(&apart.keys(), apart.addresses()).await;
    ready(apart.served.get_mut(&Role::Directory).unwrap(), &peers).await.expect("directory runs");
    let mut world = World::new(peers, Time::Real);
    let trust = apart.data(Role::Signer).join("trust");
    world.settle(&code, &trust).await.unwrap_or_else(|fault| {
        let logs: String = apart.served.values().map(Served::logged).collect();
        panic!("{fault}\n{logs}")
    });
    (apart, world)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seven_processes_are_one_office() {
    let (mut apart, mut world) = settled().await;
    let trust = apart.data(Role::Signer).join("trust");

    // In, directed, answered, out.
    let clerk = world.desk("vanthu");
    let letter = world.letter("Đề nghị góp ý");
    let pdf = clerk.render_letter(letter).await.unwrap().pdf;
    let incoming_id = world.receive_file("gop-y.pdf", pdf).await.unwrap();
    world.register(&incoming_id, facts("7", "Đề nghị góp ý", world.today())).await.unwrap();
    world.submit(&incoming_id, "giamdoc").await.unwrap();
    world.direct(&incoming_id).await.unwrap();
    let lead = clerk.incoming(&incoming_id).await.unwrap().lead_assignment_id;
    world.hand_on(&lead).await.unwrap();
    let id = world.draft_letter("Góp ý dự thảo", &incoming_id).await.unwrap();
    world.carry(&id, OutgoingStatus::Numbered).await.unwrap();

    // A role that dies takes nothing with it: the others say so, and go on when it is back.
    let number = clerk.outgoing(&id).await.unwrap().number;
    apart.served.get_mut(&Role::Signer).unwrap().kill();
    let fault = clerk.unlock(&id).await.unwrap_err();
    assert!(matches!(fault, proto::fault::Fault::Unavailable { .. }), "{fault}");
    assert_eq!(clerk.outgoing(&id).await.unwrap().status(), OutgoingStatus::Numbered);
    apart.start(Role::Signer);
    let mut tries = 0;
    while clerk.unlock(&id).await.is_err() {
        tries += 1;
        assert!(tries < 500, "the signer comes back");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    world.carry(&id, OutgoingStatus::Issued).await.unwrap();
    let issued = clerk.outgoing(&id).await.unwrap();
    assert_eq!(issued.number, number, "the number it had");

    let record = clerk.get(&incoming_id).await.unwrap();
    assert_eq!(as_incoming(&record).status(), IncomingStatus::Completed);
    for id in [&id, &incoming_id] {
        assert_eq!(unlawful(&clerk.get(id).await.unwrap()), Vec::<String>::new());
    }
    let found = world.desk("luutru").search("góp ý dự thảo", record.version).await.unwrap();
    assert!(found.hits.iter().filter_map(|hit| hit.record.as_ref()).any(|r| r.id == id));
    let sealed = clerk.file(&issued.files[0].digest, &id).await.unwrap();
    let mut roots = TrustRoots::none();
    roots.add_path(&trust).unwrap();
    let report =
        validate(sealed, &Options { roots, at: world.time.now() / 1_000, require_revocation: false });
    assert_eq!((report.verdict.name(), report.signatures.len()), ("valid", 2), "{report:?}");

    // The screens, in a process that holds nothing, answer too.
    let printed = std::fs::read_to_string(&apart.served[&Role::Web].printed).unwrap();
    let at = printed.lines().find_map(|line| line.strip_prefix("http://")).expect("it prints its address");
    let page = visited(at.trim_end_matches('/'), "/dang-nhap");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("<form"), "{page}");

    // A seal of another office opens no door.
    let strange = tempfile::tempdir().unwrap();
    let keys = vanthu::keys::load_or_make(strange.path()).unwrap();
    world.key = Some(keys.directory);
    assert_eq!(reason(&world.desk("vanthu").get(&id).await.unwrap_err()), "UNAUTHENTICATED");

    // Told to end, each ends well.
    for (role, served) in &mut apart.served {
        assert!(served.stop(), "{role}: {}", served.logged());
    }
}

/// What a large file may add to the memory of a process that a small one has gone through, in KiB.
const MEMORY_MORE_KIB_MAX: u64 = 48 * 1_024;
/// A file that would not fit into it many times over, in bytes.
const LARGE: usize = 150_000_000;

/// A letter with an image behind it, as large as a scan of many pages.
fn large(letter: &[u8]) -> Vec<u8> {
    let document = signer::pdf::Document::open(letter.to_vec()).unwrap();
    let mut increment = signer::pdf::Increment::new(&document);
    let id = increment.allocate().unwrap();
    let mut scan = format!("<</Subtype/Image/Length {LARGE}>>stream\n").into_bytes();
    scan.resize(scan.len() + LARGE, b'x');
    scan.extend_from_slice(b"\nendstream");
    increment.put(id, scan);
    let tail = increment.finish().unwrap();
    tail.join(letter)
}

/// Uploaded, looked into, approved, signed, numbered, sealed and issued; and as an incoming document.
async fn goes_all_the_way(world: &World, pdf: &[u8], subject: &str) {
    let (clerk, drafter) = (world.desk("vanthu"), world.desk("chuyenvien"));
    let file = drafter.put("du-thao.pdf", pdf.to_vec()).await.unwrap();
    let made = drafter.create_draft(world.draft(subject, "", vec![file]), None).await.unwrap();
    let id = integration_tests::desk::made(&made, "out_");
    world.carry(&id, OutgoingStatus::Issued).await.unwrap();
    let issued = clerk.outgoing(&id).await.unwrap();
    assert!(issued.text_digest.len() == 64, "its text was read");
    let size = usize::try_from(issued.files[0].size).unwrap();
    assert!(size > pdf.len() && size < pdf.len() + 300_000, "{size}");
    let incoming = world.receive_file("gop-y.pdf", pdf.to_vec()).await.unwrap();
    assert_eq!(clerk.incoming(&incoming).await.unwrap().files[0].size, pdf.len() as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_goes_through_every_role_without_being_held() {
    let (mut apart, world) = settled().await;
    let letter = world.letter("Báo cáo");
    let pdf = world.desk("vanthu").render_letter(letter).await.unwrap().pdf;
    goes_all_the_way(&world, &pdf, "Nhỏ").await;
    let memory = |apart: &Apart| -> BTreeMap<Role, u64> {
        apart.served.iter().map(|(role, served)| (*role, served.memory_most_kib().unwrap())).collect()
    };
    let before = memory(&apart);
    goes_all_the_way(&world, &large(&pdf), "Lớn").await;
    let after = memory(&apart);
    for (role, kib) in &after {
        let more = kib.saturating_sub(before[role]);
        println!("{role}: {} KiB, then {kib} KiB", before[role]);
        assert!(more < MEMORY_MORE_KIB_MAX, "{role} took {more} KiB more for a file of {LARGE} bytes");
    }
    // What passed through the disk has left nothing there.
    let left: Vec<_> = std::fs::read_dir(apart.data(Role::Signer).join("signer"))
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name.to_string_lossy().contains("part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    for (role, served) in &mut apart.served {
        assert!(served.stop(), "{role}: {}", served.logged());
    }
}

/// A page as a browser is given it.
fn visited(authority: &str, path: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(authority).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
