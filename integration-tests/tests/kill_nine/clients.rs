//! Clients that work until nobody answers, what they write down, and what must be there afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use integration_tests::binary;
use integration_tests::chance::Chance;
use integration_tests::desk::made;
use integration_tests::incoming::{facts, unknown_facts};
use integration_tests::lawful::unlawful;
use integration_tests::world::{World, as_incoming, as_outgoing};
use proto::archive::v1::{CommitRequest, CommitResponse, ListName};
use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::record::State;
use proto::record::v1::{
    Book, Channel, Command as Asked, CompleteAssignment, EntryStatus, IncomingStatus, OutgoingStatus,
    ReceiveIncoming, RegisterIncoming, VoidNumber,
};
use proto::rpc::{fault_of, outgoing};

/// Clients that commit by the archive's own RPC.
pub(crate) const CLERKS: usize = 3;
/// Acknowledged commits of the last rounds, all of which are looked for after each start.
const RECENT: usize = 2_000;

/// What was acknowledged, one line each, durable before the client goes on.
pub(crate) struct Log {
    file: File,
    pub(crate) acknowledged: Vec<(String, u64, Vec<String>)>,
    /// Asked for and not answered: to be asked for again.
    pub(crate) open: BTreeMap<String, (String, C)>,
}

impl Log {
    /// A new one, at `path`.
    pub(crate) fn new(path: &Path) -> SharedLog {
        let file = File::create(path).unwrap();
        Arc::new(Mutex::new(Self { file, acknowledged: Vec::new(), open: BTreeMap::new() }))
    }

    fn write(&mut self, request_id: &str, receipt: &CommitResponse) {
        let ids: Vec<String> = receipt.records.iter().map(|r| r.id.clone()).collect();
        writeln!(self.file, "{request_id} {} {}", receipt.position, ids.join(",")).unwrap();
        self.file.sync_data().unwrap();
        self.acknowledged.push((request_id.to_owned(), receipt.position, ids));
        self.open.remove(request_id);
    }
}

/// Shared by all clients.
pub(crate) type SharedLog = Arc<Mutex<Log>>;

/// Lets everybody work until nobody answers.
pub(crate) fn set_to_work(
    world: &Arc<World>,
    log: &SharedLog,
    chance: &mut Chance,
    round: u64,
) -> tokio::task::JoinSet<()> {
    let mut clients = tokio::task::JoinSet::new();
    for clerk in 0..CLERKS {
        clients.spawn(commit_until_it_ends(Arc::clone(world), Arc::clone(log), chance.draw(), clerk));
    }
    clients.spawn(carry_documents_until_it_ends(Arc::clone(world), Arc::clone(log), round));
    clients
}

/// One command under a request id of its own, as a service would pass it on; `None` when nobody answered.
async fn commit(world: &World, log: &SharedLog, login: &str, command: C) -> Option<CommitResponse> {
    let request_id = world.request_id();
    log.lock().unwrap().open.insert(request_id.clone(), (login.to_owned(), command.clone()));
    match asked(world, login, &request_id, command).await {
        Ok(receipt) => {
            log.lock().unwrap().write(&request_id, &receipt);
            Some(receipt)
        }
        Err(Fault::Unavailable { .. } | Fault::Broken { .. }) => None,
        Err(fault) => {
            // A rule said no: nothing was recorded, nothing is to be asked again.
            log.lock().unwrap().open.remove(&request_id);
            panic!("{fault}");
        }
    }
}

async fn asked(world: &World, login: &str, request_id: &str, command: C) -> Result<CommitResponse, Fault> {
    let identity = world.identity(login).await?;
    let request = CommitRequest {
        request_id: request_id.to_owned(),
        command: Some(Asked { command: Some(command) }),
        expected_versions: Vec::new(),
    };
    let answer = world.peers.archive().commit(outgoing(&identity, request)).await;
    answer.map(tonic::Response::into_inner).map_err(|s| fault_of(&s))
}

/// Receives, registers and sometimes voids documents on paper until nobody answers.
async fn commit_until_it_ends(world: Arc<World>, log: SharedLog, seed: u64, clerk: usize) {
    let mut chance = Chance::new(seed);
    for n in 0.. {
        let command = ReceiveIncoming {
            facts: Some(unknown_facts()),
            channel: Channel::Paper.into(),
            ..ReceiveIncoming::default()
        };
        let Some(receipt) = commit(&world, &log, "vanthu", C::ReceiveIncoming(command)).await else { return };
        let id = made(&receipt, "in_");
        let mut said = facts(&(n % 9_999 + 1).to_string(), "Kiến nghị", world.today());
        said.notation = format!("K{clerk}-{}", seed % 999_983);
        let command = RegisterIncoming {
            document_id: id.clone(),
            facts: Some(said),
            arrival_date: Some(world.today()),
            ..RegisterIncoming::default()
        };
        let Some(receipt) = commit(&world, &log, "vanthu", C::RegisterIncoming(command)).await else {
            return;
        };
        if chance.below(8) == 0 {
            let command =
                VoidNumber { entry_id: made(&receipt, "reg_"), reason: "Vào sổ nhầm".to_owned() };
            if commit(&world, &log, "vanthu", C::VoidNumber(command)).await.is_none() {
                return;
            }
        }
    }
}

/// Carries an incoming document and its answer on from wherever the last kill left them, by the services of the office.
async fn carry_documents_until_it_ends(world: Arc<World>, log: SharedLog, round: u64) {
    while Box::pin(carry_one(&world, &log, round)).await.is_ok() {}
}

async fn carry_one(world: &World, log: &SharedLog, round: u64) -> Result<(), Fault> {
    let write = |receipt: &CommitResponse| {
        // The request id is the service's own business here; the position names the commit.
        log.lock().unwrap().write("-", receipt);
    };
    let clerk = world.desk("vanthu");
    // What is under way goes on first: nothing resumes by itself.
    for item in world.desk("chuyenvien").list(ListName::MyDrafts).await? {
        let Some(record) = item.record else { continue };
        let mut status = as_outgoing(&record).status();
        while let Some(receipt) = lawful_step(world, &record.id, status).await? {
            write(&receipt);
            status = world.desk("chuyenvien").outgoing(&record.id).await?.status();
        }
    }
    for status in [OutgoingStatus::Signed, OutgoingStatus::Numbered, OutgoingStatus::Sealed] {
        let request = proto::archive::v1::ListRequest {
            list: ListName::OutgoingByStatus.into(),
            outgoing_status: status.into(),
            ..Default::default()
        };
        for item in clerk.whole_list(request).await? {
            let Some(record) = item.record else { continue };
            let mut status = as_outgoing(&record).status();
            while let Some(receipt) = lawful_step(world, &record.id, status).await? {
                write(&receipt);
                status = clerk.outgoing(&record.id).await?.status();
            }
        }
    }
    let receipt = clerk.receive(unknown_facts(), Vec::new(), Channel::Paper).await?;
    write(&receipt);
    let incoming_id = made(&receipt, "in_");
    let mut said = facts("1", "Đề nghị trả lời", world.today());
    said.notation = format!("HOI-{round}-{}", receipt.position);
    write(&world.register(&incoming_id, said).await?);
    write(&world.submit(&incoming_id, "giamdoc").await?);
    write(&world.direct(&incoming_id).await?);
    let lead = clerk.incoming(&incoming_id).await?.lead_assignment_id;
    let own = world.hand_on(&lead).await?;
    if receipt.position % 3 == 0 {
        let command = CompleteAssignment { assignment_id: own, result: "Xong".to_owned() };
        write(&world.desk("chuyenvien").complete_assignment(command).await?);
    } else {
        world.draft_letter("Trả lời đề nghị", &incoming_id).await?;
    }
    Ok(())
}

/// The next step; one that a crash had recorded before it could be answered is not an error.
async fn lawful_step(
    world: &World,
    id: &str,
    status: OutgoingStatus,
) -> Result<Option<CommitResponse>, Fault> {
    match world.next_step(id, status).await {
        Err(fault @ (Fault::Unavailable { .. } | Fault::Broken { .. })) => Err(fault),
        Err(fault) => panic!("{id} from {status:?}: {fault}"),
        Ok(done) => Ok(done),
    }
}

/// Every record that an acknowledged commit touched is there, at that version or a later one, and lawful. In a long run
/// those of the last rounds and some of all before; all of them at the end.
pub(crate) async fn all_is_there(
    world: &World,
    log: &SharedLog,
    chance: &mut Chance,
    kill: u64,
    whole: bool,
) {
    let mut newest: BTreeMap<String, u64> = BTreeMap::new();
    {
        let log = log.lock().unwrap();
        let recent = log.acknowledged.len().saturating_sub(RECENT);
        let step = if whole { 1 } else { recent / RECENT + 1 };
        let offset = usize::try_from(chance.below(step as u64)).unwrap();
        let before = log.acknowledged[..recent].iter().skip(offset).step_by(step);
        for (_, position, ids) in before.chain(&log.acknowledged[recent..]) {
            for id in ids {
                let at = newest.entry(id.clone()).or_default();
                *at = (*at).max(*position);
            }
        }
    }
    let ids: Vec<String> = newest.keys().cloned().collect();
    let mut seen = BTreeSet::new();
    for login in ["vanthu", "chuyenvien"] {
        let missing: Vec<String> = ids.iter().filter(|id| !seen.contains(*id)).cloned().collect();
        for batch in missing.chunks(200) {
            for record in world.desk(login).batch_get(batch.to_vec()).await.unwrap() {
                let at = newest[&record.id];
                assert!(
                    record.version >= at,
                    "kill {kill}: {} is at {}, {at} was acknowledged",
                    record.id,
                    record.version
                );
                assert_eq!(unlawful(&record), Vec::<String>::new(), "kill {kill}");
                seen.insert(record.id);
            }
        }
    }
    let lost: Vec<&String> = ids.iter().filter(|id| !seen.contains(*id)).collect();
    assert!(lost.is_empty(), "kill {kill}: acknowledged and not there: {lost:?}");
}

/// What nobody answered is asked for again under its id: it is recorded once, now or before.
pub(crate) async fn ask_again(world: &World, log: &SharedLog) {
    let open: Vec<(String, (String, C))> = log.lock().unwrap().open.clone().into_iter().collect();
    for (request_id, (login, command)) in open {
        let first = asked(world, &login, &request_id, command.clone()).await.unwrap();
        let second = asked(world, &login, &request_id, command).await.unwrap();
        assert!(
            second.repeated_answer && second.position == first.position,
            "{request_id}: {first:?} {second:?}"
        );
        log.lock().unwrap().write(&request_id, &first);
    }
}

/// 1, 2, 3 … in every register, each on its document or void; dates never fall.
pub(crate) async fn registers_have_no_gaps(world: &World) {
    let clerk = world.desk("vanthu");
    let mut lines = 0;
    for item in clerk.list(ListName::SeriesYears).await.unwrap() {
        let Some(State::SeriesYear(year)) = item.record.and_then(|r| r.state) else { panic!("no series") };
        let register = clerk.register(&year.series_id, year.year).await.unwrap();
        let mut last_date = None;
        for (expected, item) in (1..).zip(&register) {
            let Some(State::RegisterEntry(entry)) = item.record.clone().and_then(|r| r.state) else {
                panic!("no line")
            };
            let number = entry.number.clone().unwrap();
            assert_eq!(number.ordinal, expected, "no gap, nothing twice");
            let date = number.date.map(|d| (d.year, d.month, d.day));
            assert!(date >= last_date, "dates never fall");
            last_date = date;
            let document = item.document.as_ref().expect("a line has its document");
            let own = match entry.book() {
                Book::Incoming => as_incoming(document).number.clone(),
                _ => as_outgoing(document).number.clone(),
            };
            assert_eq!(own, Some(number), "the line and its document say the same");
            let is_void = entry.status() == EntryStatus::Void;
            let document_void = match &document.state {
                Some(State::Incoming(it)) => it.status() == IncomingStatus::Void,
                Some(State::Outgoing(it)) => it.status() == OutgoingStatus::Withdrawn,
                _ => false,
            };
            assert_eq!(is_void, document_void, "{}", document.id);
        }
        assert_eq!(register.len(), usize::try_from(year.last_ordinal).unwrap());
        lines += register.len();
    }
    println!("{lines} lines in the registers");
}

/// What was issued has completed what it answers, in the same entry, and nothing else has.
pub(crate) async fn answers_complete_what_they_answer(world: &World) {
    let (clerk, mut issued) = (world.desk("vanthu"), 0);
    for item in clerk.list(ListName::OutgoingAll).await.unwrap() {
        let record = item.record.unwrap();
        let document = as_outgoing(&record);
        let answered = clerk.incoming(&document.answers_id).await.unwrap();
        let completed = answered.answered_by.contains(&record.id);
        assert_eq!(completed, document.status() == OutgoingStatus::Issued, "{}", record.id);
        assert!(!completed || answered.status() == IncomingStatus::Completed, "{}", record.id);
        issued += u32::from(completed);
    }
    println!("{issued} answers signed, sealed and issued");
    assert!(issued > 0, "some went their whole way");
}

/// Each acknowledged position is in the history of a record that it touched.
pub(crate) async fn every_acknowledged_entry_is_in_the_histories(world: &World, log: &SharedLog) {
    let mut by_record: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (_, position, ids) in &log.lock().unwrap().acknowledged {
        let document = ids.iter().find(|id| id.starts_with("in_") || id.starts_with("out_"));
        if let Some(id) = document {
            by_record.entry(id.clone()).or_default().push(*position);
        }
    }
    // All of them in a soak; here a part, spread over the whole run.
    let step = (by_record.len() / 400).max(1);
    for (id, positions) in by_record.iter().step_by(step) {
        let history = world.desk("vanthu").history(id).await;
        let history = match history {
            Ok(history) => history,
            Err(_) => world.desk("chuyenvien").history(id).await.unwrap(),
        };
        let told: BTreeSet<u64> = history.iter().map(|item| item.position).collect();
        for position in positions {
            assert!(told.contains(position), "{id}: {position} was acknowledged");
        }
    }
}

pub(crate) fn journal_is_right(data: &Path) {
    let output =
        Command::new(binary::vanthu()).args(["journal", "verify", "--data"]).arg(data).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.contains("everything is right"), "{said}{error}");
}

/// Whether the view is what the journal makes.
pub(crate) fn view_is_right(data: &Path) {
    let verdict =
        Command::new(binary::vanthu()).args(["view", "verify", "--data"]).arg(data).output().unwrap();
    assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stdout));
}
