//! The demo agency: Sở Nội vụ of the fictional province Minh Giang, a year into its work. Everything goes through the
//! public RPCs, under a clock that is set; the same seed on the same day makes the same agency.

mod clock;
mod draw;
mod incoming;
mod ink;
mod letters;
mod making;
mod names;
mod outgoing;
mod people;
mod pki;
mod schedule;
mod stage;
mod strangers;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use proto::fault::Fault;
use proto::record::v1::Date;
use proto::rpc::{Address, Clock};
use signer::service::{Checking, Raising};

use crate::cli::Demo;
use crate::keys;
use crate::office::{Office, Plan, keys_under, roots_under, socket_under, this_binary};
use crate::role::Role;
use crate::serve::{Listen, Screens, run, say};

use making::Making;

pub use clock::SetClock;
pub(crate) use making::refuse_unfinished;

/// Password of everybody in the demo.
pub const PASSWORD: &str = "vanthu-demo-2026";
/// Log-in names that are printed, with what they are for.
const SHOWN: [(&str, &str); 7] = [
    ("vanthu", "Văn thư: tiếp nhận, vào sổ, cấp số, đóng dấu, phát hành"),
    ("giamdoc", "Giám đốc: chỉ đạo, duyệt, ký"),
    ("phogiamdoc", "Phó Giám đốc: chỉ đạo, duyệt, ký thay"),
    ("truongphong", "Trưởng phòng: giao việc, duyệt nội dung"),
    ("chuyenvien", "Chuyên viên: xử lý, soạn thảo"),
    ("thethuc", "Kiểm tra thể thức"),
    ("luutru", "Lưu trữ viên: tra cứu"),
];

/// Makes the demo where it is not made yet, then serves it.
///
/// # Errors
/// [`Fault`].
pub async fn demo(args: Demo, clock: Clock) -> Result<(), Fault> {
    if let Some(making) = Making::begin(&args.data)? {
        say("making the demo agency; this takes a minute");
        make(&args.data, args.documents, args.seed, clock()).await?;
        making.finish()?;
    }
    if args.only_data {
        return Ok(());
    }
    let raising = args.raising.raising(&args.data)?;
    let checking = args.checking.checking(&args.data);
    let office = open(&args.data, Arc::clone(&clock), raising, checking).await?;
    for (login, what) in SHOWN {
        say(&format!("  {login:<12} {PASSWORD}   {what}"));
    }
    say(&format!("  {:<12} {PASSWORD}   Quản trị", people::ADMINISTRATOR));
    say(&format!("  mật khẩu khóa ký: {}", people::KEY_PASSWORD));
    let screens = Screens { address: args.listen, behind_tls: false };
    let listen = Listen { grpc: Address::Unix(socket_under(&args.data)), screens: Some(screens), tls: None };
    run(office, listen, clock, true).await
}

async fn open(
    data: &Path,
    clock: Clock,
    raising: Option<Raising>,
    checking: Option<Checking>,
) -> Result<Office, Fault> {
    let plan = Plan {
        data: data.to_path_buf(),
        roles: BTreeSet::from(Role::ALL),
        peers: BTreeMap::new(),
        keys: keys::load_or_make(&keys_under(data))?,
        clock,
        worker: this_binary()?,
        demo: true,
        raising,
        checking,
    };
    Office::open(plan).await
}

/// Makes the agency in an empty folder, as if a year up to `now_ms` had passed.
///
/// # Errors
/// [`Fault`] of the first act that failed.
pub async fn make(data: &Path, documents: u32, seed: u64, now_ms: i64) -> Result<(), Fault> {
    let year = domain::calendar::date_at(now_ms).year;
    let clock = SetClock::new(morning(Date { year, month: 1, day: 2 }));
    let office = open(data, clock.clock(), None, None).await?;
    let code = office.founding_code.clone().ok_or_else(|| Fault::broken("no founding code"))?;
    let authority =
        pki::Authority::make(clock.now().div_euclid(1_000) - 365 * 86_400).map_err(Fault::broken)?;
    let trust = roots_under(data);
    std::fs::create_dir_all(&trust).map_err(Fault::broken)?;
    std::fs::write(trust.join("demo-ca.pem"), authority.pem().map_err(Fault::broken)?)
        .map_err(Fault::broken)?;
    let mut stage = stage::Stage::new(office.peers.clone(), clock, PASSWORD);
    people::settle(&mut stage, &code, &authority, year).await?;
    let made = schedule::play(&mut stage, &authority, documents, seed, now_ms).await;
    drop(stage);
    office.close().await;
    made
}

/// Half past seven in the morning of a day in Viet Nam, in milliseconds since 1970.
fn morning(day: Date) -> i64 {
    use jiff::civil;
    let narrow = |n: i32| i8::try_from(n).unwrap_or(1);
    let date = civil::Date::new(i16::try_from(day.year).unwrap_or(2026), narrow(day.month), narrow(day.day));
    let date = date.unwrap_or_else(|_| civil::date(2026, 1, 2));
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).map_or(0, |z| z.timestamp().as_millisecond());
    midnight - domain::moment::VIETNAM_OFFSET_MS + (7 * 60 + 30) * 60_000
}
