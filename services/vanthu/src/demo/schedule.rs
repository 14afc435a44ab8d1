//! The year of the demo: what comes in and goes out, when, and how far it gets by today.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use proto::fault::Fault;
use proto::record::v1::{Channel, Date, DocumentKind, Urgency};

use super::draw::Draw;
use super::incoming::{self, Incoming, UNITS, working_days_after};
use super::letters::{Letter, received, typeset};
use super::morning;
use super::names::{Names, Sender, Subject};
use super::outgoing::{self, Outgoing};
use super::pki::Authority;
use super::stage::Stage;
use super::strangers::{Hand, decomposed, locked, long, scan, signed, turned};

/// Working days on which the demo's people are at their desks: fewer than there are, so that it is made in a minute.
const ACTIVE_DAYS: usize = 60;
/// Documents of the last days that stand at every stage between.
const RECENT: usize = 60;

/// A document on its way.
enum Item {
    In(Box<Incoming>, incoming::Trace),
    Out(Box<Outgoing>, outgoing::Trace),
}

/// Plays the year up to `now_ms`.
pub(super) async fn play(
    stage: &mut Stage,
    authority: &Authority,
    documents: u32,
    seed: u64,
    now_ms: i64,
) -> Result<(), Fault> {
    let names = Names::read()?;
    let mut draw = Draw::new(seed);
    let today = domain::calendar::date_at(now_ms);
    let days = active_days(today);
    let total = usize::try_from(documents).unwrap_or(300);
    let (in_count, out_count) = (total * 2 / 3, total - total * 2 / 3);
    let mut items: Vec<(i64, Item)> = Vec::new();
    for n in 0..in_count {
        let recent = in_count - n <= RECENT;
        let at = time_of(&mut draw, &days, n, in_count, now_ms);
        let mut document = incoming(stage, authority, &names, &mut draw, n, in_count, recent, at).await?;
        // Two documents come twice: what the clerk is warned of.
        if matches!(in_count - n, 2 | 7)
            && let Some((_, Item::In(before, _))) = items.last()
        {
            document = Incoming { goal: incoming::Goal::Received, ..Incoming::clone(before) };
        }
        items.push((at, Item::In(Box::new(document), incoming::Trace::default())));
    }
    for n in 0..out_count {
        let at = time_of(&mut draw, &days, n, out_count, now_ms);
        let document = outgoing(&names, &mut draw, n, out_count);
        items.push((at, Item::Out(Box::new(document), outgoing::Trace::default())));
    }
    run(stage, items, now_ms, &holidays(today.year)).await
}

/// Steps of all documents in the order of their times.
async fn run(stage: &mut Stage, mut items: Vec<(i64, Item)>, now_ms: i64, off: &[Date]) -> Result<(), Fault> {
    let mut queue: BinaryHeap<Reverse<(i64, usize, usize)>> =
        items.iter().enumerate().map(|(i, (at, _))| Reverse((*at, i, 0))).collect();
    let mut answered: Vec<(String, &'static str)> = Vec::new();
    let total = items.len();
    let mut shown = usize::MAX;
    while let Some(Reverse((at, index, step))) = queue.pop() {
        // Documents that are as far as they will come: those that no step waits for.
        let done = total.saturating_sub(queue.len() + 1);
        if done * 100 / total.max(1) != shown {
            shown = done * 100 / total.max(1);
            crate::bar::show("documents", done as u64, total as u64);
        }
        if at > now_ms {
            continue;
        }
        stage.clock.set(at);
        let Some((start, item)) = items.get_mut(index) else { continue };
        let (more, after) = match item {
            Item::In(document, trace) => {
                let more = incoming::step(stage, document, trace, step, off).await?;
                if step == 5 && document.goal == incoming::Goal::InProgress && document.due_in > 0 {
                    answered.push((trace.document_id.clone(), document.unit.officer));
                }
                (more, incoming::step_after(step + 1))
            }
            Item::Out(document, trace) => {
                if step == 0 && index % 3 == 0 {
                    // An answer to what the same officer has on the desk.
                    if let Some(found) =
                        answered.iter().position(|(_, officer)| *officer == document.unit.officer)
                    {
                        document.answers_id = answered.swap_remove(found).0;
                    }
                }
                let more = outgoing::step(stage, document, trace, step).await?;
                (more, outgoing::step_after(step + 1))
            }
        };
        if more {
            queue.push(Reverse((at_work(*start + after, off), index, step + 1)));
        }
    }
    crate::bar::show("documents", total as u64, total as u64);
    Ok(())
}

/// The same time, or the next working morning.
fn at_work(at_ms: i64, off: &[Date]) -> i64 {
    let day = domain::calendar::date_at(at_ms);
    if domain::calendar::is_weekend(day) || off.contains(&day) {
        return morning(working_days_after(day, 1, off)) + 60 * 60_000;
    }
    at_ms
}

fn holidays(year: i32) -> Vec<Date> {
    let day = |month, day| Date { year, month, day };
    let mut off = vec![day(1, 1), day(4, 30), day(5, 1), day(9, 1), day(9, 2)];
    if year == 2026 {
        off.extend([day(2, 16), day(2, 17), day(2, 18), day(2, 19), day(2, 20), day(4, 27)]);
    }
    off
}

/// Working days of the year up to today, thinned out but for the last ten.
fn active_days(today: Date) -> Vec<Date> {
    let off = holidays(today.year);
    let mut all = Vec::new();
    let mut day = Date { year: today.year, month: 1, day: 5 };
    while domain::calendar::compare(day, today).is_le() {
        if !domain::calendar::is_weekend(day) && !off.contains(&day) {
            all.push(day);
        }
        day = domain::calendar::add_days(day, 1);
    }
    if all.is_empty() {
        all.push(today);
    }
    let last = all.len().saturating_sub(10);
    let stride = (last / ACTIVE_DAYS).max(1);
    all.iter().enumerate().filter(|(i, _)| *i >= last || i % stride == 0).map(|(_, d)| *d).collect()
}

/// When the `n`th of `count` documents begins: in order, the last third in the last ten days.
fn time_of(draw: &mut Draw, days: &[Date], n: usize, count: usize, now_ms: i64) -> i64 {
    let split = days.len().saturating_sub(10);
    let old = count * 2 / 3;
    let index = if n < old && split > 0 {
        n * split / old.max(1)
    } else {
        split + (n - old.min(n)) * 10 / (count - old).max(1)
    };
    let day = days.get(index.min(days.len() - 1)).copied().unwrap_or(Date { year: 2026, month: 1, day: 5 });
    let minutes = i64::try_from(draw.below(7 * 60)).unwrap_or(0);
    (morning(day) + minutes * 60_000).min(now_ms - 60_000)
}

#[expect(clippy::too_many_arguments, reason = "what one document is drawn from")]
async fn incoming(
    stage: &mut Stage,
    authority: &Authority,
    names: &Names,
    draw: &mut Draw,
    n: usize,
    count: usize,
    recent: bool,
    at_ms: i64,
) -> Result<Incoming, Fault> {
    let subject: Subject = draw.one(&names.subjects).cloned().ok_or_else(|| Fault::broken("no subjects"))?;
    let sender: Sender = draw.one(&names.senders).cloned().ok_or_else(|| Fault::broken("no senders"))?;
    let kind = kind(draw);
    let urgency = urgency(draw, &subject);
    let number = u32::try_from(100 + n * 7 + draw.below(7)).unwrap_or(100);
    let issued_on = working_day_before(domain::calendar::date_at(at_ms));
    let agency = sender.notation.split('-').next().unwrap_or("SNV").to_owned();
    let notation = match (domain::notation::abbreviation(kind), sender.notation.starts_with('(')) {
        (_, true) => "HTX".to_owned(),
        (Some(abbreviation), false) => format!("{abbreviation}-{agency}"),
        (None, false) => sender.notation.clone(),
    };
    let channel = match sender.channel.as_str() {
        "liên thông" | "trục Đảng" => Channel::Exchange,
        "thư điện tử" => Channel::Electronic,
        _ => Channel::Paper,
    };
    let text = subject.text();
    let letter = Letter {
        ident: format!("demo-in-{n}"),
        rendered_at_ms: at_ms,
        kind,
        notation: notation.clone(),
        subject: &text,
        urgency,
    };
    let letter = received(&letter, &sender.name, number, issued_on, 1 + draw.below(3));
    let letter = typeset(stage, "vanthu", letter).await?;
    let mut pages = letter.page_count;
    let at_s = at_ms.div_euclid(1_000) - 86_400;
    // Near the end stand the edge cases, so that they are met on the first pages.
    let pdf = match count - n {
        3 => Some(signed(letter.pdf, authority, &sender.name, Hand::Changed, at_s)?),
        6 => Some(signed(letter.pdf, authority, &sender.name, Hand::Expired, at_s)?),
        9 => Some(signed(letter.pdf, authority, &sender.name, Hand::SelfMade, at_s)?),
        12 | 31 => {
            pages = 1;
            Some(scan(u8::try_from(n % 200).unwrap_or(0)))
        }
        5 => Some(locked(&letter.pdf)?),
        15 => Some(turned(&letter.pdf)?),
        21 => Some(decomposed(&letter.pdf)?),
        18 => {
            pages = 180;
            Some(long(&letter.pdf, 180)?)
        }
        _ if channel == Channel::Paper => None,
        _ if channel == Channel::Exchange => {
            Some(signed(letter.pdf, authority, &sender.name, Hand::Good, at_s)?)
        }
        _ => Some(letter.pdf),
    };
    let goal = if recent { recent_goal(count - n) } else { old_goal(draw) };
    Ok(Incoming {
        goal,
        issuer: sender.name,
        number,
        notation,
        kind,
        subject: text,
        urgency,
        issued_on,
        channel: if pdf.is_some() && channel == Channel::Paper { Channel::Electronic } else { channel },
        due_in: if draw.chance(60) { subject.due_in_working_days.max(3) } else { 0 },
        leader: ["giamdoc", "phogiamdoc", "phogiamdoc2"][draw.below(3)],
        unit: &UNITS[draw.below(UNITS.len())],
        supporting: if draw.chance(40) { UNITS.get(draw.below(UNITS.len())) } else { None },
        pdf,
        pages,
    })
}

fn old_goal(draw: &mut Draw) -> incoming::Goal {
    match draw.below(100) {
        0..=1 => incoming::Goal::Returned,
        8..=9 => incoming::Goal::Voided,
        2..=5 => incoming::Goal::InProgress,
        6..=7 => incoming::Goal::Directed,
        _ => incoming::Goal::Completed,
    }
}

/// The last documents stand at every stage: the latest are the least far.
fn recent_goal(from_end: usize) -> incoming::Goal {
    match from_end {
        1..=9 => incoming::Goal::Received,
        10..=17 => incoming::Goal::Registered,
        18..=27 => incoming::Goal::Submitted,
        28..=37 => incoming::Goal::Directed,
        38..=52 => incoming::Goal::InProgress,
        _ => incoming::Goal::Completed,
    }
}

fn outgoing(names: &Names, draw: &mut Draw, n: usize, count: usize) -> Outgoing {
    use outgoing::Goal;
    let subject = draw.one(&names.subjects).cloned();
    let kind = [
        DocumentKind::Letter,
        DocumentKind::Letter,
        DocumentKind::Decision,
        DocumentKind::Notice,
        DocumentKind::Report,
        DocumentKind::Plan,
        DocumentKind::Submission,
        DocumentKind::Invitation,
    ][draw.below(8)];
    let goal = match count - n {
        1..=3 => Goal::Drafted,
        4..=5 => Goal::SentBack,
        6..=8 => Goal::Submitted,
        9..=11 => Goal::Reviewed,
        12..=14 => Goal::Checked,
        15..=26 => Goal::Approved,
        27..=29 => Goal::Signed,
        30..=32 => Goal::Numbered,
        33..=35 => Goal::Sealed,
        36 | 60 => Goal::Voided,
        48 | 75 => Goal::Recalled,
        _ => Goal::Issued,
    };
    let mut recipients = vec!["UBND tỉnh Minh Giang (để báo cáo)".to_owned()];
    for _ in 0..draw.below(3) {
        if let Some(sender) = draw.one(&names.senders) {
            recipients.push(sender.name.clone());
        }
    }
    recipients.dedup();
    // Those that wait for a signature wait for the director, so that there is a sitting to sign.
    let signer = if goal == Goal::Approved {
        "giamdoc"
    } else {
        ["giamdoc", "phogiamdoc", "phogiamdoc2", "chanhvanphong"][draw.below(4)]
    };
    Outgoing {
        goal,
        ident: format!("demo-out-{n}"),
        kind,
        subject: subject.as_ref().map(Subject::text).unwrap_or_default(),
        urgency: subject.map_or(Urgency::Normal, |s| s.urgency()),
        unit: &UNITS[draw.below(UNITS.len())],
        signer,
        recipients,
        answers_id: String::new(),
    }
}

/// The mix of kinds that comes in, in percent.
fn kind(draw: &mut Draw) -> DocumentKind {
    match draw.below(100) {
        0..=45 => DocumentKind::Letter,
        46..=56 => DocumentKind::Notice,
        57..=65 => DocumentKind::Report,
        66..=73 => DocumentKind::Plan,
        74..=81 => DocumentKind::Decision,
        82..=88 => DocumentKind::Invitation,
        89..=93 => DocumentKind::Submission,
        _ => DocumentKind::Guidance,
    }
}

fn urgency(draw: &mut Draw, subject: &Subject) -> Urgency {
    match draw.below(100) {
        0..=10 => Urgency::Urgent,
        11 => Urgency::VeryUrgent,
        12..=13 => Urgency::Express,
        _ if subject.urgency() == Urgency::Express => Urgency::Express,
        _ => Urgency::Normal,
    }
}

fn working_day_before(day: Date) -> Date {
    let mut before = domain::calendar::add_days(day, -1);
    while domain::calendar::is_weekend(before) {
        before = domain::calendar::add_days(before, -1);
    }
    before
}
