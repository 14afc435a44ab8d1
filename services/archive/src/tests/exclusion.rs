//! Many at once: numbers are drawn without a gap and never twice, dates never fall.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use proto::archive::v1::{CountRequest, ListName, ListRequest};
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::{EntryStatus, IncomingStatus, VoidNumber};

use super::office::{HOUR_MS, MORNING_MS, Office, facts, id_of, on_paper, registration};

const CLIENTS: u32 = 64;

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_clients_draw_every_number_once() {
    let total: u32 = if std::env::var_os("VANTHU_SOAK").is_some() { 10_000 } else { 2_000 };
    let office = Arc::new(Office::founded().await);
    let series = office.incoming_series().await;

    // A clock that runs, and is set forth and back by hours, over midnight.
    let running = Arc::new(AtomicBool::new(true));
    let clock = {
        let (now, running) = (Arc::clone(&office.now_ms), Arc::clone(&running));
        tokio::spawn(async move {
            let mut step = 0_i64;
            while running.load(Ordering::Relaxed) {
                step += 1;
                now.store(MORNING_MS + step * 20_000 + (step % 7) * 4 * HOUR_MS, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
    };

    let next = Arc::new(AtomicU32::new(0));
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CLIENTS {
        let (office, next) = (Arc::clone(&office), Arc::clone(&next));
        tasks.spawn(async move {
            let mut drawn = Vec::new();
            loop {
                let n = next.fetch_add(1, Ordering::Relaxed);
                if n >= total {
                    return drawn;
                }
                let facts = facts(&format!("{n}"), &format!("Văn bản số {n}"));
                let id = office.receive(on_paper(facts.clone())).await.unwrap();
                let made = office
                    .commit(&office.clerk, C::RegisterIncoming(registration(&id, facts)))
                    .await
                    .unwrap();
                let entry_id = id_of(&made.records, "reg_");
                if n % 50 == 7 {
                    let void =
                        VoidNumber { entry_id: entry_id.clone(), reason: "Vào sổ nhầm".to_owned() };
                    office.commit(&office.clerk, C::VoidNumber(void)).await.unwrap();
                }
                drawn.push((id, entry_id, n % 50 == 7));
            }
        });
    }
    let drawn: Vec<(String, String, bool)> = tasks.join_all().await.into_iter().flatten().collect();
    running.store(false, Ordering::Relaxed);
    clock.await.unwrap();
    assert_eq!(drawn.len(), total as usize);

    let register = ListRequest {
        list: ListName::Register.into(),
        series_id: series,
        year: 2026,
        page_size: 200,
        ..ListRequest::default()
    };
    let lines = office.list(&office.clerk, register.clone()).await.unwrap();
    assert_eq!(lines.len(), total as usize);
    let by_entry: BTreeMap<&str, (&str, bool)> =
        drawn.iter().map(|(id, entry, void)| (entry.as_str(), (id.as_str(), *void))).collect();
    let mut documents = HashSet::new();
    let mut last_date = (0, 0, 0);
    for (index, line) in lines.iter().enumerate() {
        let record = line.record.as_ref().unwrap();
        let Some(State::RegisterEntry(entry)) = &record.state else { panic!("{record:?}") };
        let number = entry.number.as_ref().unwrap();
        assert_eq!(number.ordinal as usize, index + 1, "no gap, none twice");
        let date = number.date.unwrap();
        let date = (date.year, date.month, date.day);
        assert!(date >= last_date, "dates never fall");
        last_date = date;
        let (id, void) = by_entry[record.id.as_str()];
        assert_eq!(entry.document_id, id);
        assert!(documents.insert(entry.document_id.clone()), "one number a document");
        assert_eq!(entry.status() == EntryStatus::Void, void);
        let Some(State::Incoming(document)) = line.document.as_ref().unwrap().state.as_ref() else {
            panic!()
        };
        assert_eq!(document.number.as_ref(), Some(number));
        assert_eq!(document.status() == IncomingStatus::Void, void);
    }
    assert!(last_date > (2026, 3, 2), "the clock went over midnight: {last_date:?}");

    // The same from the other end, and its size.
    let mut reversed =
        office.list(&office.clerk, ListRequest { reverse: true, ..register.clone() }).await.unwrap();
    reversed.reverse();
    assert_eq!(reversed, lines);
    let count = CountRequest { lists: vec![register] };
    let counts = office.client().count(office.by(&office.clerk, count)).await.unwrap().into_inner().counts;
    assert_eq!(counts, [total]);
}
