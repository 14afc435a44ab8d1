//! A backup of an office that is being served and written to, by `vanthu backup`; restored by `vanthu restore`; the
//! copy is the same journal up to the position that was told, and opens as an office.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use integration_tests::binary;
use integration_tests::incoming::facts;
use integration_tests::paper::one_page;
use integration_tests::process::{Served, all_at, peers_at, ready};
use integration_tests::world::{Time, World};
use proto::archive::v1::ListName;
use proto::record::v1::OutgoingStatus;

fn vanthu(args: &[&str], data: &Path) -> Output {
    Command::new(binary::vanthu())
        .args(args)
        .arg("--data")
        .arg(data)
        .env("VANTHU_LOG", "warn")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Entries and tree head, as `journal verify` prints them.
fn head(data: &Path) -> (u64, String) {
    let output = vanthu(&["journal", "verify"], data);
    let said = said(&output);
    assert!(output.status.success() && said.contains("everything is right"), "{said}");
    let line = said.lines().find(|line| line.starts_with("journal: ")).unwrap().to_owned();
    let words: Vec<&str> = line.split_whitespace().collect();
    (words[1].parse().unwrap(), words.last().unwrap().trim().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_running_office_is_a_whole_office() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let start = |data: &Path| {
        let args = [
            "--data".to_owned(),
            data.display().to_string(),
            "--listen".to_owned(),
            "127.0.0.1:0".to_owned(),
        ];
        Served::start(dir.path(), "serve", &args)
    };
    let mut served = start(&data);
    let code = served.founding_code().await;
    let peers = peers_at(&data.join("keys"), all_at(&data.join("vanthu.sock"))).await;
    ready(&mut served, &peers).await.expect("it runs");
    let mut world = World::new(peers, Time::Real);
    world.settle(&code, &data.join("trust")).await.unwrap();
    let world = Arc::new(world);

    // A clerk goes on working all the while.
    let end = Arc::new(AtomicBool::new(false));
    let clerk = tokio::spawn({
        let (world, end) = (Arc::clone(&world), Arc::clone(&end));
        async move {
            let mut n = 0;
            while !end.load(Ordering::Relaxed) {
                n += 1;
                let pdf = one_page(&format!("Van ban so {n}"));
                let id = world.receive_file(&format!("{n}.pdf"), pdf).await.unwrap();
                world
                    .register(&id, facts(&n.to_string(), "Vào sổ trong lúc sao lưu", world.today()))
                    .await
                    .unwrap();
            }
            n
        }
    });
    while world.desk("luutru").list(ListName::IncomingAll).await.unwrap().len() < 5 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // Neither into the data itself nor over something that is there.
    for (folder, why) in [(data.join("archive/copy"), "data directory"), (dir.path().to_path_buf(), "exists")]
    {
        let output = vanthu(&["backup", &folder.display().to_string()], &data);
        assert!(!output.status.success() && said(&output).contains(why), "{}", said(&output));
    }
    let copies: Vec<_> = (1..=3).map(|n| dir.path().join(format!("copy-{n}"))).collect();
    let mut told = Vec::new();
    for copy in &copies {
        let output = vanthu(&["backup", &copy.display().to_string()], &data);
        assert!(output.status.success(), "{}", said(&output));
        // “…: 123 entries, 45 files, 6789 bytes”
        let line = said(&output);
        let entries: u64 =
            line.rsplit_once(": ").unwrap().1.split_whitespace().next().unwrap().parse().unwrap();
        told.push(entries);
    }
    assert!(told.is_sorted() && told[0] < told[2], "the office was written to meanwhile: {told:?}");
    // While it is served the journal alone is checked.
    let output = vanthu(&["journal", "verify"], &data);
    assert!(output.status.success() && said(&output).contains("being served"), "{}", said(&output));
    end.store(true, Ordering::Relaxed);
    let registered = clerk.await.unwrap();
    let last = world.desk("vanthu").tree_head().await.unwrap();
    assert!(served.stop(), "{}", served.logged());
    assert_eq!(head(&data), (last.size, last.root), "what is told over the wire is what lies on the disk");

    // Each copy is restored and is right; the heads are those of one growing journal.
    for (copy, entries) in copies.iter().zip(&told) {
        let new = dir.path().join(format!("{}-restored", copy.file_name().unwrap().to_str().unwrap()));
        let output = vanthu(&["restore", &copy.display().to_string()], &new);
        assert!(output.status.success(), "{}", said(&output));
        assert_eq!(head(&new).0, *entries);
        let again = vanthu(&["restore", &copy.display().to_string()], &new);
        assert!(!again.status.success(), "nothing is restored over a store");
    }
    // A last one of the office at rest has the very same head.
    let mut served = start(&data);
    ready(&mut served, &world.peers).await.expect("it runs");
    let last_copy = dir.path().join("copy-last");
    let output = vanthu(&["backup", &last_copy.display().to_string()], &data);
    assert!(output.status.success(), "{}", said(&output));
    assert!(served.stop(), "{}", served.logged());
    let restored = dir.path().join("restored");
    let output = vanthu(&["restore", &last_copy.display().to_string()], &restored);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(head(&restored), head(&data));

    // A copy with one byte changed is not restored, and says where.
    let journal =
        files_of(&last_copy).into_iter().filter(|path| path.display().to_string().contains("journal"));
    let segment = journal.max_by_key(|path| std::fs::metadata(path).unwrap().len()).unwrap();
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::remove_file(&segment).unwrap();
    std::fs::write(&segment, bytes).unwrap();
    let output = vanthu(&["restore", &last_copy.display().to_string()], &dir.path().join("damaged"));
    assert!(!output.status.success(), "a damaged backup is refused");
    assert!(said(&output).contains(segment.file_name().unwrap().to_str().unwrap()), "{}", said(&output));
    assert_eq!(
        head(&data),
        head(&restored),
        "a copy shares nothing with its source that could be damaged with it"
    );

    // What was restored is an office: everything is found in it.
    let mut served = start(&restored);
    let peers = peers_at(&restored.join("keys"), all_at(&restored.join("vanthu.sock"))).await;
    ready(&mut served, &peers).await.expect("it runs");
    let mut world = Arc::try_unwrap(world).unwrap_or_else(|_| panic!("nobody else holds the world"));
    world.peers = peers;
    world.forget_sessions().await;
    let archivist = world.desk("luutru");
    let all = archivist.list(ListName::IncomingAll).await.unwrap();
    assert_eq!(all.len(), registered);
    let record = all[0].record.clone().unwrap();
    let file = &integration_tests::world::as_incoming(&record).files[0];
    assert!(archivist.file(&file.digest, &record.id).await.unwrap().starts_with(b"%PDF-"));
    let found = archivist.search("sao lưu", record.version).await.unwrap();
    assert_eq!(usize::try_from(found.total).unwrap(), registered);
    // The keys of people and agency came along, and so did the roots that are trusted.
    let id = world.draft_letter("Ký sau khi khôi phục", "").await.unwrap();
    world.carry(&id, OutgoingStatus::Issued).await.unwrap();
    assert!(served.stop(), "{}", served.logged());
}

fn files_of(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_of(&path));
        } else {
            found.push(path);
        }
    }
    found
}
