//! `kill -9` at random.

use std::sync::Arc;
use std::time::{Duration, Instant};

use integration_tests::chance::Chance;
use integration_tests::process::ready;

use super::clients::{
    Log, all_is_there, answers_complete_what_they_answer, ask_again,
    every_acknowledged_entry_is_in_the_histories, journal_is_right, registers_have_no_gaps, set_to_work,
    view_is_right,
};
use super::office::Office;

/// Kills in `make test`.
const KILLS: u64 = 50;
/// Kills in `make soak`.
const KILLS_SOAK: u64 = 1_000;
/// Longest life of a process, in milliseconds.
const LIFE_MS: u64 = 350;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_nine() {
    let soak = std::env::var_os("VANTHU_SOAK").is_some();
    let kills = std::env::var("VANTHU_KILLS").ok().and_then(|n| n.parse().ok());
    let kills = kills.unwrap_or(if soak { KILLS_SOAK } else { KILLS });
    let seed = Chance::seed();
    println!("seed {seed}, {kills} kills");
    let mut chance = Chance::new(seed);
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let office = Office::new(dir.path(), data.clone());
    let (mut served, world) = office.founded().await;
    let (world, log) = (Arc::new(world), Log::new(&dir.path().join("acknowledged")));

    let began = Instant::now();
    let mut killed_while_starting = 0;
    let mut killed_while_writing = 0;
    let mut slowest_start = Duration::ZERO;
    for kill in 1..=kills {
        let clients = set_to_work(&world, &log, &mut chance, kill);
        tokio::time::sleep(Duration::from_millis(5 + chance.below(LIFE_MS))).await;
        served.kill();
        clients.join_all().await;
        killed_while_writing += u64::from(!log.lock().unwrap().open.is_empty());
        if kill % (kills / 5).max(10) == 0 {
            journal_is_right(&data);
        }
        served = office.start();
        if chance.below(5) == 0 {
            // While it starts, too.
            tokio::time::sleep(Duration::from_millis(chance.below(150))).await;
            served.kill();
            killed_while_starting += 1;
            served = office.start();
        }
        let took = ready(&mut served, &world.peers).await;
        let took = took.unwrap_or_else(|| panic!("kill {kill}: it does not start: {}", served.logged()));
        slowest_start = slowest_start.max(took);
        all_is_there(&world, &log, &mut chance, kill, kill % 100 == 0).await;
        ask_again(&world, &log).await;
    }
    all_is_there(&world, &log, &mut chance, kills, true).await;
    registers_have_no_gaps(&world).await;
    answers_complete_what_they_answer(&world).await;
    every_acknowledged_entry_is_in_the_histories(&world, &log).await;
    assert!(served.stop(), "{}", served.logged());
    journal_is_right(&data);
    view_is_right(&data);
    let commits = log.lock().unwrap().acknowledged.len();
    println!(
        "{kills} kills ({killed_while_writing} in the middle of a commit), {killed_while_starting} more while starting, \
         {commits} acknowledged commits, slowest start {slowest_start:?}, {:?} in all",
        began.elapsed()
    );
    assert!(commits as u64 > kills, "the clients did work");
    assert!(killed_while_writing > 0, "some kills came in the middle of a commit");
}
