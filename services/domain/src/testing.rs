//! A world kept in a map, for tests: the three beats, a journal in memory, and people in every role.

use std::collections::BTreeMap;

use proto::fault::Fault;
use proto::record::v1::command::Command as C;
use proto::record::v1::event::Event as E;
use proto::record::v1::record::State;
use proto::record::v1::{
    AddPerson, AddUnit, Agency, Appoint, Caller, Channel, Command, Date, DirectIncoming, DocumentFacts,
    DocumentKind, Event, FileRef, FoundAgency, NewAssignment, Person, Position, ReceiveIncoming, Record,
    RegisterIncoming, Role, SecurityMarking, SigningCapacity, Unit, Urgency,
};

use crate::apply::{EntryMeta, apply_entry, readers};
use crate::check::check;
use crate::decide::decide;
use crate::index;
use crate::moment::{Moment, VIETNAM_OFFSET_MS};
use crate::policy::{self, authorize};
use crate::states::States;

/// Milliseconds of a day.
pub const DAY_MS: i64 = 86_400_000;

/// What was asked and what came of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Position, time and caller.
    pub meta: EntryMeta,
    /// What was decided.
    pub events: Vec<Event>,
}

/// States in a map, with a clock and a journal.
#[derive(Debug, Clone, Default)]
pub struct World {
    records: BTreeMap<String, Record>,
    keys: BTreeMap<Vec<u8>, String>,
    /// Everything decided so far.
    pub journal: Vec<Entry>,
    /// The clock, in milliseconds since 1970-01-01T00:00Z.
    pub at_ms: i64,
}

impl States for World {
    fn get(&self, id: &str) -> Result<Option<Record>, Fault> {
        Ok(self.records.get(id).cloned())
    }

    fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, String)>, Fault> {
        Ok(self
            .keys
            .range(prefix.to_vec()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .filter(|(key, _)| after.is_none_or(|after| key.as_slice() > after))
            .take(limit)
            .map(|(key, id)| (key.clone(), id.clone()))
            .collect())
    }
}

impl World {
    /// Nothing yet; the clock at nine in the morning of `date` in Viet Nam.
    ///
    /// # Panics
    /// On a day that does not exist.
    #[must_use]
    pub fn empty(date: Date) -> Self {
        let mut world = Self::default();
        world.set_clock(date, 9);
        world
    }

    /// Sets the clock to the hour of a day in Viet Nam.
    ///
    /// # Panics
    /// On a day that does not exist.
    pub fn set_clock(&mut self, date: Date, hour: i64) {
        let number = |date: Date| {
            let small = |value: i32| i8::try_from(value).expect("a small number");
            let year = i16::try_from(date.year).expect("a year");
            jiff::civil::Date::new(year, small(date.month), small(date.day)).expect("a day that exists")
        };
        let days = (number(date) - jiff::civil::Date::constant(1970, 1, 1)).get_days();
        self.at_ms = i64::from(days) * DAY_MS + hour * 3_600_000 - VIETNAM_OFFSET_MS;
    }

    /// The day in Viet Nam.
    #[must_use]
    pub fn today(&self) -> Date {
        crate::calendar::date_at(self.at_ms)
    }

    /// The moment of the next entry.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment::new(self.at_ms, self.journal.len() as u64 + 1)
    }

    /// Check, authorize, decide, without recording.
    ///
    /// # Errors
    /// What the beats say.
    pub fn ask(&self, caller: &Caller, service: Option<&str>, command: C) -> Result<Vec<Event>, Fault> {
        let moment = self.moment();
        let checked = check(Command { command: Some(command) })?;
        let permit = authorize(caller, service, checked, self, &moment)?;
        decide(&permit, self, &moment)
    }

    /// All three beats: the records made or changed.
    ///
    /// # Errors
    /// What the beats say.
    pub fn run_as(
        &mut self,
        caller: &Caller,
        service: Option<&str>,
        command: C,
    ) -> Result<Vec<Record>, Fault> {
        let events = self.ask(caller, service, command)?;
        self.record(caller, events)
    }

    /// All three beats by a caller's seal alone.
    ///
    /// # Errors
    /// What the beats say.
    pub fn run(&mut self, caller: &Caller, command: C) -> Result<Vec<Record>, Fault> {
        self.run_as(caller, None, command)
    }

    /// Records events as one entry.
    ///
    /// # Errors
    /// When the states cannot be read.
    pub fn record(&mut self, caller: &Caller, events: Vec<Event>) -> Result<Vec<Record>, Fault> {
        let meta =
            EntryMeta { position: self.journal.len() as u64 + 1, at_ms: self.at_ms, caller: caller.clone() };
        let records = apply_entry(self, &meta, &events)?;
        for record in &records {
            self.put(record.clone());
        }
        self.journal.push(Entry { meta, events });
        Ok(records)
    }

    fn put(&mut self, record: Record) {
        if let Some(before) = self.records.get(&record.id) {
            for key in index::index(before) {
                self.keys.remove(&key);
            }
        }
        for key in index::index(&record) {
            self.keys.insert(key, record.id.clone());
        }
        self.records.insert(record.id.clone(), record);
    }

    /// The same journal applied anew to nothing: must give the same states and keys.
    ///
    /// # Panics
    /// When it does not.
    pub fn assert_rebuilds(&self) {
        let mut again = Self::default();
        for entry in &self.journal {
            again.at_ms = entry.meta.at_ms;
            again.record(&entry.meta.caller, entry.events.clone()).expect("a map can be read");
        }
        assert_eq!(again.records, self.records);
        assert_eq!(again.keys, self.keys);
    }

    /// All records, by id.
    #[must_use]
    pub fn records(&self) -> &BTreeMap<String, Record> {
        &self.records
    }

    /// The state of a record that must be there.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn state(&self, id: &str) -> &State {
        self.records.get(id).and_then(|record| record.state.as_ref()).expect("the record is there")
    }

    /// Who acts in a position.
    ///
    /// # Panics
    /// When the position is not there.
    #[must_use]
    pub fn caller(&self, position_id: &str) -> Caller {
        let State::Position(position) = self.state(position_id) else {
            panic!("{position_id} is no position")
        };
        Caller {
            person_id: position.person_id.clone(),
            position_id: position_id.to_owned(),
            unit_id: position.unit_id.clone(),
            roles: position.roles.clone(),
            delegation_id: String::new(),
            session_id: "ses_test".to_owned(),
        }
    }
}

/// The command that founds the agency of the tests.
#[must_use]
pub fn founding() -> FoundAgency {
    FoundAgency {
        agency: Some(Agency {
            name: "Sở Nội vụ tỉnh Minh Giang".to_owned(),
            superior: "UBND tỉnh Minh Giang".to_owned(),
            abbreviation: "SNV".to_owned(),
            organ_id: "H99.12".to_owned(),
            place: "Minh Giang".to_owned(),
            head_title: "GIÁM ĐỐC".to_owned(),
            collective: false,
            secret_registration: false,
        }),
        unit: Some(Unit {
            name: "Văn phòng Sở".to_owned(),
            abbreviation: "VP".to_owned(),
            active: true,
            rank: 1,
        }),
        person: Some(Person {
            full_name: "Trần Quản Trị".to_owned(),
            login: "quantri".to_owned(),
            active: true,
            email: String::new(),
        }),
        title: "Quản trị hệ thống".to_owned(),
        password_hash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo".to_owned(),
    }
}

/// An agency with somebody in every role.
#[derive(Debug, Clone)]
pub struct Office {
    /// The states.
    pub world: World,
    /// Quản trị.
    pub administrator: Caller,
    /// Văn thư, in the first unit.
    pub clerk: Caller,
    /// Giám đốc: leader, signs as head.
    pub leader: Caller,
    /// Phó Giám đốc: leader, signs KT.
    pub deputy: Caller,
    /// Chánh Văn phòng: head of the first unit, signs TL.
    pub office_head: Caller,
    /// Trưởng phòng of the second unit.
    pub head: Caller,
    /// Chuyên viên of the second unit.
    pub officer: Caller,
    /// Another of the second unit.
    pub other_officer: Caller,
    /// Chuyên viên of the first unit.
    pub office_officer: Caller,
    /// Kiểm tra thể thức, in the first unit.
    pub form_checker: Caller,
    /// Lưu trữ viên, in the first unit.
    pub archivist: Caller,
    /// The first unit.
    pub office_unit: String,
    /// The second unit.
    pub unit: String,
}

impl Office {
    /// Founded on Monday 2 March 2026, with everybody appointed.
    ///
    /// # Panics
    /// When a rule refuses what it must allow.
    #[must_use]
    pub fn new() -> Self {
        let mut world = World::empty(Date { year: 2026, month: 3, day: 2 });
        let nobody = Caller::default();
        let founded = world
            .run_as(&nobody, Some(policy::DIRECTORY), C::FoundAgency(founding()))
            .expect("an empty store can be founded");
        let of = |records: &[Record], prefix: &str| -> String {
            let found = records.iter().find(|record| record.id.starts_with(prefix));
            found.map(|record| record.id.clone()).expect("the record was made")
        };
        let office_unit = of(&founded, "unit_");
        let administrator = world.caller(&of(&founded, "pos_"));
        let unit = Unit {
            name: "Phòng Công chức, viên chức".to_owned(),
            abbreviation: "CCVC".to_owned(),
            active: true,
            rank: 2,
        };
        let made =
            world.run(&administrator, C::AddUnit(AddUnit { unit: Some(unit) })).expect("a unit is added");
        let unit = of(&made, "unit_");

        let mut employ = |name: &str,
                          login: &str,
                          unit: &str,
                          title: &str,
                          roles: &[Role],
                          capacities: &[SigningCapacity]| {
            let person = Person {
                full_name: name.to_owned(),
                login: login.to_owned(),
                active: true,
                email: String::new(),
            };
            let made = world
                .run(&administrator, C::AddPerson(AddPerson { person: Some(person) }))
                .expect("a person is added");
            let position = Position {
                person_id: of(&made, "per_"),
                unit_id: unit.to_owned(),
                title: title.to_owned(),
                roles: roles.iter().map(|role| (*role).into()).collect(),
                capacities: capacities.iter().map(|capacity| (*capacity).into()).collect(),
                valid_from: Some(Date { year: 2026, month: 1, day: 1 }),
                valid_to: None,
                ended: false,
            };
            let made = world
                .run(&administrator, C::Appoint(Appoint { position: Some(position) }))
                .expect("a position is given");
            world.caller(&of(&made, "pos_"))
        };
        let clerk = employ("Lê Thị Văn Thư", "vanthu", &office_unit, "Văn thư", &[Role::Clerk], &[]);
        let leader = employ(
            "Nguyễn Giám Đốc",
            "giamdoc",
            &office_unit,
            "Giám đốc",
            &[Role::Leader],
            &[SigningCapacity::Head],
        );
        let deputy = employ(
            "Phạm Phó Giám Đốc",
            "phogiamdoc",
            &office_unit,
            "Phó Giám đốc",
            &[Role::Leader],
            &[SigningCapacity::ForHead],
        );
        let office_head = employ(
            "Đỗ Chánh Văn Phòng",
            "chanhvp",
            &office_unit,
            "Chánh Văn phòng",
            &[Role::HeadOfUnit],
            &[SigningCapacity::ByOrder],
        );
        let head = employ("Vũ Trưởng Phòng", "truongphong", &unit, "Trưởng phòng", &[Role::HeadOfUnit], &[]);
        let officer = employ("Hoàng Chuyên Viên", "chuyenvien", &unit, "Chuyên viên", &[Role::Officer], &[]);
        let other_officer = employ("Bùi Thị Hai", "chuyenvien2", &unit, "Chuyên viên", &[Role::Officer], &[]);
        let office_officer =
            employ("Ngô Văn Phòng", "chuyenvienvp", &office_unit, "Chuyên viên", &[Role::Officer], &[]);
        let form_checker = employ(
            "Dương Thể Thức",
            "thethuc",
            &office_unit,
            "Chuyên viên",
            &[Role::FormChecker, Role::Officer],
            &[],
        );
        let archivist =
            employ("Đinh Lưu Trữ", "luutru", &office_unit, "Lưu trữ viên", &[Role::Archivist], &[]);
        Self {
            world,
            administrator,
            clerk,
            leader,
            deputy,
            office_head,
            head,
            officer,
            other_officer,
            office_officer,
            form_checker,
            archivist,
            office_unit,
            unit,
        }
    }

    /// Receives a document on paper with the facts: its id.
    ///
    /// # Panics
    /// When a rule refuses it.
    pub fn receive(&mut self, facts: DocumentFacts, files: Vec<FileRef>) -> String {
        let channel = if files.is_empty() { Channel::Paper } else { Channel::Electronic };
        let command =
            ReceiveIncoming { facts: Some(facts), files, channel: channel.into(), ..Default::default() };
        let clerk = self.clerk.clone();
        let made = self.world.run(&clerk, C::ReceiveIncoming(command)).expect("the document is received");
        made.into_iter().find(|it| it.id.starts_with("in_")).map(|it| it.id).expect("a document")
    }

    /// The command that registers a document with its facts as they are, arrived today.
    ///
    /// # Panics
    /// When it is not there.
    #[must_use]
    pub fn registration(&self, document_id: &str) -> RegisterIncoming {
        let State::Incoming(document) = self.world.state(document_id) else { panic!("no document") };
        RegisterIncoming {
            document_id: document_id.to_owned(),
            facts: document.facts.clone(),
            arrival_date: document.arrival_date,
            to_places: String::new(),
            despite_duplicate: false,
            submit_to: String::new(),
        }
    }

    /// Receives and registers a document: its id.
    ///
    /// # Panics
    /// When a rule refuses it.
    pub fn register(&mut self, facts: DocumentFacts) -> String {
        let id = self.receive(facts, Vec::new());
        let (clerk, command) = (self.clerk.clone(), self.registration(&id));
        self.world.run(&clerk, C::RegisterIncoming(command)).expect("the document is registered");
        id
    }

    /// Receives, registers and submits a document to the leader: its id.
    ///
    /// # Panics
    /// When a rule refuses it.
    pub fn submit(&mut self, facts: DocumentFacts) -> String {
        let id = self.receive(facts, Vec::new());
        let command = RegisterIncoming { submit_to: self.leader.person_id.clone(), ..self.registration(&id) };
        let clerk = self.clerk.clone();
        self.world.run(&clerk, C::RegisterIncoming(command)).expect("the document is submitted");
        id
    }

    /// Submits a document and has the leader direct it: its id and those of the assignments, in their order.
    ///
    /// # Panics
    /// When a rule refuses it.
    pub fn direct(
        &mut self,
        facts: DocumentFacts,
        assignments: Vec<NewAssignment>,
        due_date: Option<Date>,
    ) -> (String, Vec<String>) {
        let id = self.submit(facts);
        let command = DirectIncoming {
            document_id: id.clone(),
            text: "Tham mưu trả lời".to_owned(),
            assignments,
            due_date,
        };
        let leader = self.leader.clone();
        let before = self.world.journal.len();
        self.world.run(&leader, C::DirectIncoming(command)).expect("the document is directed");
        let assigned = self.world.journal[before]
            .events
            .iter()
            .filter(|event| matches!(event.event, Some(E::Assigned(_))))
            .map(|event| event.record_id.clone())
            .collect();
        (id, assigned)
    }

    /// Everybody, with a name for messages.
    #[must_use]
    pub fn everybody(&self) -> [(&'static str, &Caller); 11] {
        [
            ("administrator", &self.administrator),
            ("clerk", &self.clerk),
            ("leader", &self.leader),
            ("deputy", &self.deputy),
            ("office head", &self.office_head),
            ("head", &self.head),
            ("officer", &self.officer),
            ("other officer", &self.other_officer),
            ("office officer", &self.office_officer),
            ("form checker", &self.form_checker),
            ("archivist", &self.archivist),
        ]
    }
}

impl Default for Office {
    fn default() -> Self {
        Self::new()
    }
}

/// An assignment to make.
#[must_use]
pub fn give(
    role: proto::record::v1::AssignmentRole,
    assignee: proto::record::v1::Principal,
) -> NewAssignment {
    NewAssignment { role: role.into(), assignee: Some(assignee), due_date: None, instruction: String::new() }
}

/// One person.
#[must_use]
pub fn person(id: &str) -> proto::record::v1::Principal {
    readers::person(id)
}

/// Everybody of a unit.
#[must_use]
pub fn unit(id: &str) -> proto::record::v1::Principal {
    readers::unit(id)
}

/// Facts of an official letter with this number, from an issuer of the tests.
#[must_use]
pub fn letter(number: &str) -> DocumentFacts {
    DocumentFacts {
        kind: DocumentKind::Letter.into(),
        number: number.to_owned(),
        notation: "UBND-KTTH".to_owned(),
        issued_date: Some(Date { year: 2026, month: 2, day: 27 }),
        issuer: "UBND tỉnh Minh Giang".to_owned(),
        subject: format!("V/v báo cáo công tác quý I (số {number})"),
        urgency: Urgency::Normal.into(),
        marking: SecurityMarking::None.into(),
        ..DocumentFacts::default()
    }
}

/// A PDF whose digest is `seed` repeated.
#[must_use]
pub fn pdf(seed: u8) -> FileRef {
    FileRef {
        digest: format!("{seed:02x}").repeat(32),
        name: "van-ban.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: 12_345,
        pages: 2,
    }
}
