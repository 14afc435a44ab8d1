//! The demo agency: founded, staffed, with keys enrolled, by its first administrator.

use proto::archive::v1::CommitResponse;
use proto::directory::v1::{
    AddPersonRequest, AddUnitRequest, AppointRequest, ChangePasswordRequest, FoundRequest,
    ResetPasswordRequest, SetHolidaysRequest,
};
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    AddPerson, AddUnit, Agency, Appoint, Date, FoundAgency, HolidayTable, Person, Position, Role,
    SetHolidays, SigningCapacity, Unit,
};
use proto::rpc::{fault_of, outgoing};
use proto::signer::v1::EnrolKeyRequest;
use tonic::Request;

use super::ink;
use super::pki::{Authority, KeyKind};
use super::stage::{Actor, Stage};

/// The agency's name.
pub(super) const AGENCY: &str = "Sở Nội vụ tỉnh Minh Giang";
/// Name of the office that everything is issued by.
pub(super) const SUPERIOR: &str = "UBND tỉnh Minh Giang";
/// The administrator's log-in name.
pub(super) const ADMINISTRATOR: &str = "quantri";
/// Password of every key of the demo.
pub(super) const KEY_PASSWORD: &str = "demo-khoa-ky";

/// Unit, abbreviation.
const UNITS: [(&str, &str); 6] = [
    ("Ban Giám đốc", "BGĐ"),
    ("Văn phòng Sở", "VP"),
    ("Phòng Công chức, viên chức", "CCVC"),
    ("Phòng Cải cách hành chính", "CCHC"),
    ("Phòng Xây dựng chính quyền", "XDCQ"),
    ("Phòng Văn thư - Lưu trữ nhà nước", "QLVTLT"),
];

/// Log-in name, name, unit, title, roles, capacities.
type Post =
    (&'static str, &'static str, &'static str, &'static str, &'static [Role], &'static [SigningCapacity]);

const POSTS: [Post; 17] = [
    ("giamdoc", "Nguyễn Văn An (demo)", "BGĐ", "Giám đốc", &[Role::Leader], &[SigningCapacity::Head]),
    (
        "phogiamdoc",
        "Trần Thị Bình (demo)",
        "BGĐ",
        "Phó Giám đốc",
        &[Role::Leader],
        &[SigningCapacity::ForHead],
    ),
    (
        "phogiamdoc2",
        "Lê Đức Châu (demo)",
        "BGĐ",
        "Phó Giám đốc",
        &[Role::Leader],
        &[SigningCapacity::ForHead],
    ),
    (
        "chanhvanphong",
        "Phạm Quốc Dũng (demo)",
        "VP",
        "Chánh Văn phòng",
        &[Role::HeadOfUnit, Role::FormChecker],
        &[SigningCapacity::ByOrder],
    ),
    ("vanthu", "Hồ Thị Lan (demo)", "VP", "Văn thư viên", &[Role::Clerk], &[]),
    ("vanthu2", "Bùi Thu Hương (demo)", "VP", "Văn thư viên", &[Role::Clerk], &[]),
    (
        "thethuc",
        "Ngô Thùy Linh (demo)",
        "VP",
        "Chuyên viên kiểm tra thể thức",
        &[Role::FormChecker, Role::Officer],
        &[],
    ),
    ("luutru", "Dương Hữu Long (demo)", "QLVTLT", "Lưu trữ viên", &[Role::Archivist], &[]),
    (
        "truongphong",
        "Hoàng Minh Đạt (demo)",
        "CCVC",
        "Trưởng phòng",
        &[Role::HeadOfUnit],
        &[SigningCapacity::ByOrder],
    ),
    (
        "truongphong2",
        "Vũ Thị Hạnh (demo)",
        "CCHC",
        "Trưởng phòng",
        &[Role::HeadOfUnit],
        &[SigningCapacity::ByOrder],
    ),
    ("truongphong3", "Võ Minh Hiếu (demo)", "XDCQ", "Trưởng phòng", &[Role::HeadOfUnit], &[]),
    ("truongphong4", "Đỗ Quốc Khánh (demo)", "QLVTLT", "Trưởng phòng", &[Role::HeadOfUnit], &[]),
    ("chuyenvien", "Huỳnh Thị Giang (demo)", "CCVC", "Chuyên viên", &[Role::Officer], &[]),
    ("chuyenvien2", "Phan Thanh Hà (demo)", "CCHC", "Chuyên viên chính", &[Role::Officer], &[]),
    ("chuyenvien3", "Đặng Ngọc Hòa (demo)", "XDCQ", "Chuyên viên", &[Role::Officer], &[]),
    ("chuyenvien4", "Lý Thanh Mai (demo)", "QLVTLT", "Chuyên viên", &[Role::Officer], &[]),
    ("chuyenvien5", "Nguyễn Hoài Nam (demo)", "CCVC", "Chuyên viên", &[Role::Officer], &[]),
];

/// Those who sign, and how: log-in name, kind of key.
const SIGNERS: [(&str, KeyKind); 4] = [
    ("giamdoc", KeyKind::Rsa),
    ("phogiamdoc", KeyKind::P256),
    ("phogiamdoc2", KeyKind::P256),
    ("chanhvanphong", KeyKind::P256),
];

/// Founds the agency with the one-time code, and makes it ready to work.
pub(super) async fn settle(
    stage: &mut Stage,
    code: &str,
    authority: &Authority,
    year: i32,
) -> Result<(), Fault> {
    found(stage, code).await?;
    let units = units(stage).await?;
    for post in POSTS {
        add(stage, post, &units).await?;
    }
    for year in [year, year + 1] {
        holidays(stage, year).await?;
    }
    keys(stage, authority).await
}

async fn found(stage: &mut Stage, code: &str) -> Result<(), Fault> {
    let founding = FoundAgency {
        agency: Some(Agency {
            name: AGENCY.to_owned(),
            superior: SUPERIOR.to_owned(),
            abbreviation: "SNV".to_owned(),
            organ_id: "H99.02".to_owned(),
            place: "Minh Giang".to_owned(),
            head_title: "Giám đốc".to_owned(),
            collective: false,
            secret_registration: false,
        }),
        unit: Some(Unit {
            name: "Tổ Công nghệ thông tin".to_owned(),
            abbreviation: "CNTT".to_owned(),
            active: true,
            rank: 99,
        }),
        person: Some(Person {
            full_name: "Nguyễn Quốc Việt (demo)".to_owned(),
            login: ADMINISTRATOR.to_owned(),
            active: true,
            email: String::new(),
        }),
        title: "Quản trị hệ thống".to_owned(),
        password_hash: String::new(),
    };
    let request = FoundRequest {
        request_id: stage.request_id(),
        code: code.to_owned(),
        founding: Some(founding),
        password: stage.password.clone(),
    };
    let receipt = stage.peers.directory().found(Request::new(request)).await.map_err(|s| fault_of(&s))?;
    let mut actor = Actor::default();
    for record in receipt.into_inner().receipt.unwrap_or_default().records {
        match record.state {
            Some(State::Person(person)) => {
                actor.person_id = record.id;
                actor.name = person.full_name;
            }
            Some(State::Position(position)) => {
                actor.position_id = record.id;
                actor.unit_id = position.unit_id;
                actor.title = position.title;
            }
            _ => {}
        }
    }
    stage.actors.insert(ADMINISTRATOR.to_owned(), actor);
    Ok(())
}

async fn units(stage: &mut Stage) -> Result<Vec<(String, String)>, Fault> {
    let mut units = Vec::new();
    for (rank, (name, abbreviation)) in (1..).zip(UNITS) {
        let unit = Unit { name: name.to_owned(), abbreviation: abbreviation.to_owned(), active: true, rank };
        let request = AddUnitRequest {
            request_id: stage.request_id(),
            command: Some(AddUnit { unit: Some(unit) }),
            expected_versions: Vec::new(),
        };
        let identity = stage.identity(ADMINISTRATOR).await?;
        let answer =
            stage.peers.directory().add_unit(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
        units.push((abbreviation.to_owned(), made(answer.into_inner().receipt, "unit_")?));
    }
    Ok(units)
}

/// Adds a person with a first password, who then chooses the one that all of the demo have.
async fn add(stage: &mut Stage, post: Post, units: &[(String, String)]) -> Result<(), Fault> {
    const FIRST: &str = "mat-khau-dau-tien";
    let (login, name, unit, title, roles, capacities) = post;
    let person = Person {
        full_name: name.to_owned(),
        login: login.to_owned(),
        active: true,
        email: format!("{login}@snv.minhgiang.example"),
    };
    let identity = stage.identity(ADMINISTRATOR).await?;
    let request = AddPersonRequest {
        request_id: stage.request_id(),
        command: Some(AddPerson { person: Some(person) }),
        expected_versions: Vec::new(),
    };
    let answer =
        stage.peers.directory().add_person(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    let person_id = made(answer.into_inner().receipt, "per_")?;
    let unit_id = units.iter().find(|(a, _)| a == unit).map(|(_, id)| id.clone()).unwrap_or_default();
    let position = Position {
        person_id: person_id.clone(),
        unit_id: unit_id.clone(),
        title: title.to_owned(),
        roles: roles.iter().map(|r| i32::from(*r)).collect(),
        capacities: capacities.iter().map(|c| i32::from(*c)).collect(),
        valid_from: Some(domain::calendar::date_at(stage.clock.now())),
        valid_to: None,
        ended: false,
    };
    let request = AppointRequest {
        request_id: stage.request_id(),
        command: Some(Appoint { position: Some(position) }),
        expected_versions: Vec::new(),
    };
    let answer =
        stage.peers.directory().appoint(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    let position_id = made(answer.into_inner().receipt, "pos_")?;
    let request = ResetPasswordRequest {
        request_id: stage.request_id(),
        person_id: person_id.clone(),
        new_password: FIRST.to_owned(),
    };
    stage.peers.directory().reset_password(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    let own = stage.identity_with(login, FIRST).await?;
    let request = ChangePasswordRequest {
        request_id: stage.request_id(),
        old_password: FIRST.to_owned(),
        new_password: stage.password.clone(),
    };
    stage.peers.directory().change_password(outgoing(&own, request)).await.map_err(|s| fault_of(&s))?;
    stage.leave(login);
    let actor = Actor {
        person_id,
        position_id,
        unit_id,
        name: name.to_owned(),
        title: title.to_owned(),
        certificate_id: String::new(),
    };
    stage.actors.insert(login.to_owned(), actor);
    Ok(())
}

/// Days off with a fixed day (Bộ luật Lao động 2019, Điều 112); the days of Tết and of the Hùng Kings are moon days
/// and stand here for the years of the demo only.
async fn holidays(stage: &mut Stage, year: i32) -> Result<(), Fault> {
    let day = |month, day| Date { year, month, day };
    let mut days_off = vec![day(1, 1), day(4, 30), day(5, 1), day(9, 1), day(9, 2)];
    let moon: &[(i32, i32)] = match year {
        2026 => &[(2, 16), (2, 17), (2, 18), (2, 19), (2, 20), (4, 27)],
        2027 => &[(2, 4), (2, 5), (2, 8), (2, 9), (2, 10), (4, 16)],
        _ => &[],
    };
    days_off.extend(moon.iter().map(|(m, d)| day(*m, *d)));
    days_off.retain(|d| !domain::calendar::is_weekend(*d));
    days_off.sort_unstable_by_key(|d| (d.month, d.day));
    let table = HolidayTable {
        year,
        days_off,
        days_worked: Vec::new(),
        basis: "Lịch nghỉ lễ, tết của bản demo".to_owned(),
    };
    let request = SetHolidaysRequest {
        request_id: stage.request_id(),
        command: Some(SetHolidays { table: Some(table) }),
        expected_versions: Vec::new(),
    };
    let identity = stage.identity(ADMINISTRATOR).await?;
    stage.peers.directory().set_holidays(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    Ok(())
}

/// Enrols the keys of those who sign, and the agency's seal.
async fn keys(stage: &mut Stage, authority: &Authority) -> Result<(), Fault> {
    let from = stage.clock.now().div_euclid(1_000) - 30 * 86_400;
    let to = from + 5 * 365 * 86_400;
    for (seed, (login, kind)) in (1..).zip(SIGNERS) {
        let actor = stage.actor(login)?.clone();
        let holder = authority.issue(&actor.name, AGENCY, kind, from, to).map_err(Fault::broken)?;
        let pkcs12 = authority.pkcs12(&holder, KEY_PASSWORD).map_err(Fault::broken)?;
        let id = enrol(stage, &actor.person_id, pkcs12, ink::signature(seed)?).await?;
        if let Some(actor) = stage.actors.get_mut(login) {
            actor.certificate_id = id;
        }
    }
    let holder = authority.issue(AGENCY, AGENCY, KeyKind::Rsa, from, to).map_err(Fault::broken)?;
    let pkcs12 = authority.pkcs12(&holder, KEY_PASSWORD).map_err(Fault::broken)?;
    let seal = enrol(stage, "", pkcs12, ink::seal()?).await?;
    for login in ["vanthu", "vanthu2"] {
        if let Some(actor) = stage.actors.get_mut(login) {
            actor.certificate_id.clone_from(&seal);
        }
    }
    Ok(())
}

async fn enrol(
    stage: &mut Stage,
    person_id: &str,
    pkcs12: Vec<u8>,
    image_png: Vec<u8>,
) -> Result<String, Fault> {
    let request = EnrolKeyRequest {
        request_id: stage.request_id(),
        person_id: person_id.to_owned(),
        pkcs12,
        password: KEY_PASSWORD.to_owned(),
        image_png,
    };
    let identity = stage.identity(ADMINISTRATOR).await?;
    let answer =
        stage.peers.signer().enrol_key(outgoing(&identity, request)).await.map_err(|s| fault_of(&s))?;
    made(answer.into_inner().receipt, "crt_")
}

/// The record with this prefix that a commit made.
pub(super) fn made(receipt: Option<CommitResponse>, prefix: &str) -> Result<String, Fault> {
    receipt
        .unwrap_or_default()
        .records
        .into_iter()
        .map(|r| r.id)
        .find(|id| id.starts_with(prefix))
        .ok_or_else(|| Fault::broken(format!("the receipt names no {prefix}…")))
}
