//! The power of the disk is cut at random, under a real file system.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use integration_tests::chance::Chance;
use integration_tests::process::ready;
use integration_tests::skip::skipped;

use super::clients::{
    Log, all_is_there, answers_complete_what_they_answer, ask_again,
    every_acknowledged_entry_is_in_the_histories, journal_is_right, registers_have_no_gaps, set_to_work,
    view_is_right,
};
use super::loop_disk::{LoopDisk, why_not};
use super::office::Office;

/// Cuts in `make test`.
const CUTS: u64 = 5;
/// Cuts in `make soak`.
const CUTS_SOAK: u64 = 200;
/// Longest time between two cuts, in milliseconds; some are longer than the kernel keeps what it was not told to sync.
const LIFE_MS: u64 = 2_500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_power_cuts() {
    if let Some(why) = why_not() {
        skipped("what_was_acknowledged_survives_power_cuts", &why);
        return;
    }
    let soak = std::env::var_os("VANTHU_SOAK").is_some();
    let cuts = std::env::var("VANTHU_DISK_CUTS").ok().and_then(|n| n.parse().ok());
    let cuts = cuts.unwrap_or(if soak { CUTS_SOAK } else { CUTS });
    let seed = Chance::seed();
    println!("seed {seed}, {cuts} cuts");
    let mut chance = Chance::new(seed);
    let dir = tempfile::tempdir().unwrap();
    let mut disk = LoopDisk::made(dir.path()).unwrap();
    let data = disk.path().join("data");
    let office = Office::new(dir.path(), data.clone());
    let (mut served, world) = office.founded().await;
    let (world, log) = (Arc::new(world), Log::new(&dir.path().join("acknowledged")));

    let began = Instant::now();
    let mut cut_while_writing = 0;
    for cut in 1..=cuts {
        let clients = set_to_work(&world, &log, &mut chance, cut);
        tokio::time::sleep(Duration::from_millis(5 + chance.below(LIFE_MS))).await;
        // The process stands still: what it had not been told is durable nobody acknowledges any more.
        let stopped = Command::new("kill").args(["-STOP", &served.id().to_string()]).status().unwrap();
        assert!(stopped.success());
        let snapshot = dir.path().join("cut.ext4");
        disk.snapshot(&snapshot);
        served.kill();
        clients.join_all().await;
        cut_while_writing += u64::from(!log.lock().unwrap().open.is_empty());
        disk = disk.after_the_cut(&snapshot);

        served = office.start();
        let took = ready(&mut served, &world.peers).await;
        assert!(took.is_some(), "cut {cut}: it does not start: {}", served.logged());
        all_is_there(&world, &log, &mut chance, cut, cut % 20 == 0).await;
        ask_again(&world, &log).await;
    }
    all_is_there(&world, &log, &mut chance, cuts, true).await;
    registers_have_no_gaps(&world).await;
    answers_complete_what_they_answer(&world).await;
    every_acknowledged_entry_is_in_the_histories(&world, &log).await;
    assert!(served.stop(), "{}", served.logged());
    journal_is_right(&data);
    view_is_right(&data);
    drop(disk);
    let commits = log.lock().unwrap().acknowledged.len();
    println!(
        "{cuts} power cuts under ext4 ({cut_while_writing} in the middle of a commit), {commits} acknowledged commits, \
         none lost, {:?} in all",
        began.elapsed()
    );
    assert!(commits as u64 > cuts, "the clients did work");
}
