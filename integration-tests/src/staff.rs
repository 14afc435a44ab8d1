//! The agency of the tests: founded with the one-time code, staffed with one person of each role (two officers of two
//! units), its keys enrolled. All by its administrator, through the public RPCs.

use std::path::Path;

use futures_util::future::try_join_all;
use proto::directory::v1::FoundRequest;
use proto::fault::Fault;
use proto::record::v1::record::State;
use proto::record::v1::{
    AddPerson, AddUnit, Agency, Appoint, FoundAgency, Person, Position, Role, SigningCapacity, Unit,
};
use proto::rpc::fault_of;
use tonic::Request;

use crate::authority::KeyKind;
use crate::desk::made;
use crate::paper;
use crate::world::{Member, World};

/// The agency's name.
pub const AGENCY: &str = "Sở Nội vụ tỉnh Minh Giang";
/// The agency above it.
pub const SUPERIOR: &str = "UBND tỉnh Minh Giang";
/// Everybody's password.
pub const PASSWORD: &str = "mat-khau-cua-moi-nguoi";
/// What an administrator gives to begin with.
pub const FIRST_PASSWORD: &str = "mat-khau-dau-tien";
/// Every key's password.
pub const KEY_PASSWORD: &str = "khoa-ky-cua-bai-thu";
/// The administrator.
pub const ADMINISTRATOR: &str = "quantri";

/// Everybody who has a part of their own in the rules, by what they are in a snapshot and their log-in name.
pub const EVERYBODY: [(&str, &str); 9] = [
    ("administrator", ADMINISTRATOR),
    ("clerk", "vanthu"),
    ("leader", "giamdoc"),
    ("deputy", "phogiamdoc"),
    ("head", "truongphong"),
    ("officer", "chuyenvien"),
    ("other officer", "chuyenvien2"),
    ("form checker", "thethuc"),
    ("archivist", "luutru"),
];

const UNITS: [(&str, &str); 4] = [
    ("Ban Giám đốc", "BGĐ"),
    ("Văn phòng Sở", "VP"),
    ("Phòng Công chức, viên chức", "CCVC"),
    ("Phòng Cải cách hành chính", "CCHC"),
];

/// Log-in name, name, unit, title, roles, capacities.
type Post =
    (&'static str, &'static str, &'static str, &'static str, &'static [Role], &'static [SigningCapacity]);

const POSTS: [Post; 8] = [
    ("giamdoc", "Nguyễn Văn An", "BGĐ", "Giám đốc", &[Role::Leader], &[SigningCapacity::Head]),
    ("phogiamdoc", "Trần Thị Bình", "BGĐ", "Phó Giám đốc", &[Role::Leader], &[SigningCapacity::ForHead]),
    ("vanthu", "Hồ Thị Lan", "VP", "Văn thư viên", &[Role::Clerk], &[]),
    ("thethuc", "Ngô Thùy Linh", "VP", "Chuyên viên", &[Role::FormChecker], &[]),
    ("luutru", "Dương Hữu Long", "VP", "Lưu trữ viên", &[Role::Archivist], &[]),
    (
        "truongphong",
        "Hoàng Minh Đạt",
        "CCVC",
        "Trưởng phòng",
        &[Role::HeadOfUnit],
        &[SigningCapacity::ByOrder],
    ),
    ("chuyenvien", "Huỳnh Thị Giang", "CCVC", "Chuyên viên", &[Role::Officer], &[]),
    ("chuyenvien2", "Phan Thanh Hà", "CCHC", "Chuyên viên", &[Role::Officer], &[]),
];

/// Who signs, and with which kind of key; the clerk with the agency's.
const SIGNERS: [(&str, KeyKind); 3] =
    [("giamdoc", KeyKind::Rsa), ("phogiamdoc", KeyKind::P256), ("vanthu", KeyKind::Rsa)];

/// The agency as it is founded.
#[must_use]
pub fn founding() -> FoundAgency {
    FoundAgency {
        agency: Some(Agency {
            name: AGENCY.to_owned(),
            superior: SUPERIOR.to_owned(),
            abbreviation: "SNV".to_owned(),
            organ_id: "H99.02".to_owned(),
            place: "Minh Giang".to_owned(),
            head_title: "Giám đốc".to_owned(),
            ..Agency::default()
        }),
        unit: Some(Unit {
            name: "Tổ tin học".to_owned(),
            abbreviation: "CNTT".to_owned(),
            rank: 99,
            active: true,
        }),
        person: Some(Person {
            full_name: "Nguyễn Quốc Việt".to_owned(),
            login: ADMINISTRATOR.to_owned(),
            active: true,
            email: String::new(),
        }),
        title: "Quản trị hệ thống".to_owned(),
        password_hash: String::new(),
    }
}

impl World {
    /// Founds the agency, staffs it, enrols its keys. The authority's certificate is put into `trust` first.
    ///
    /// # Errors
    /// The fault of the first act that failed.
    ///
    /// # Panics
    /// When `trust` cannot be written.
    pub async fn settle(&mut self, code: &str, trust: &Path) -> Result<(), Fault> {
        std::fs::create_dir_all(trust).expect("the folder of trust roots can be made");
        std::fs::write(trust.join("test-ca.pem"), self.authority.pem()).expect("it can be written");
        self.found(code).await?;
        let mut units = Vec::new();
        for (rank, (name, abbreviation)) in (1..).zip(UNITS) {
            let unit =
                Unit { name: name.to_owned(), abbreviation: abbreviation.to_owned(), active: true, rank };
            let receipt = self.desk(ADMINISTRATOR).add_unit(AddUnit { unit: Some(unit) }).await?;
            units.push((abbreviation, made(&receipt, "unit_")));
        }
        let unit_id = |wanted: &str| units.iter().find(|(a, _)| *a == wanted).map(|(_, id)| id.as_str());
        let members =
            try_join_all(POSTS.map(|post| self.add(post, unit_id(post.2).unwrap_or_default()))).await?;
        for member in members {
            self.people.insert(member.login.clone(), member);
        }
        for (login, kind) in SIGNERS {
            let member = self.member(login).clone();
            let seal = login == "vanthu";
            let (owner, name, image) = if seal {
                ("", AGENCY, paper::ink([200, 16, 32]))
            } else {
                (member.person_id.as_str(), member.name.as_str(), paper::ink([16, 32, 160]))
            };
            let holder = self.authority.issue(name, kind);
            let pkcs12 = self.authority.pkcs12(&holder, KEY_PASSWORD);
            let receipt = self.desk(ADMINISTRATOR).enrol_key(owner, pkcs12, image).await?;
            let id = made(&receipt, "crt_");
            if let Some(member) = self.people.get_mut(login) {
                member.certificate_id = id;
            }
        }
        Ok(())
    }

    /// Founds the agency alone.
    ///
    /// # Errors
    /// Directory's fault.
    pub async fn found(&mut self, code: &str) -> Result<(), Fault> {
        let request = FoundRequest {
            request_id: self.request_id(),
            code: code.to_owned(),
            founding: Some(founding()),
            password: PASSWORD.to_owned(),
        };
        let receipt = self.peers.directory().found(Request::new(request)).await.map_err(|s| fault_of(&s))?;
        let mut member = Member { login: ADMINISTRATOR.to_owned(), ..Member::default() };
        for record in receipt.into_inner().receipt.unwrap_or_default().records {
            match record.state {
                Some(State::Person(person)) => {
                    member.person_id = record.id;
                    member.name = person.full_name;
                }
                Some(State::Position(position)) => {
                    member.position_id = record.id;
                    member.unit_id = position.unit_id;
                    member.title = position.title;
                    member.roles = position.roles;
                }
                _ => {}
            }
        }
        self.people.insert(ADMINISTRATOR.to_owned(), member);
        Ok(())
    }

    /// Adds a person in a position, who then chooses a password.
    async fn add(&self, post: Post, unit_id: &str) -> Result<Member, Fault> {
        let (login, name, _, title, roles, capacities) = post;
        let administrator = self.desk(ADMINISTRATOR);
        let person = Person {
            full_name: name.to_owned(),
            login: login.to_owned(),
            active: true,
            email: format!("{login}@snv.minhgiang.example"),
        };
        let receipt = administrator.add_person(AddPerson { person: Some(person) }).await?;
        let person_id = made(&receipt, "per_");
        let position = Position {
            person_id: person_id.clone(),
            unit_id: unit_id.to_owned(),
            title: title.to_owned(),
            roles: roles.iter().map(|r| i32::from(*r)).collect(),
            capacities: capacities.iter().map(|c| i32::from(*c)).collect(),
            valid_from: Some(self.today()),
            ..Position::default()
        };
        let receipt = administrator.appoint(Appoint { position: Some(position.clone()) }).await?;
        let position_id = made(&receipt, "pos_");
        administrator.reset_password(&person_id, FIRST_PASSWORD).await?;
        let token = self.log_in(login, FIRST_PASSWORD).await?;
        let own = self.sealed(&token).await?;
        self.desk(login).change_password(&own, FIRST_PASSWORD, PASSWORD).await?;
        Ok(Member {
            login: login.to_owned(),
            person_id,
            position_id,
            unit_id: unit_id.to_owned(),
            name: name.to_owned(),
            title: title.to_owned(),
            roles: position.roles,
            certificate_id: String::new(),
        })
    }
}
