//! What the journal says of the registers: numbers consecutive from 1, each drawn once, dates that never fall; a reserved
//! number taken or given up once.

use std::collections::{BTreeMap, HashSet};

use proto::record::v1::event::Event as What;
use proto::record::v1::{Date, Event, RegisterNumber};

/// Findings that one register tells at most; what is beyond is only counted.
const FINDINGS_MAX: usize = 20;

/// One register of one year, as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterReport {
    /// The series, `ser_…`.
    pub series_id: String,
    /// Its name; empty where the journal does not say.
    pub series_name: String,
    /// The year.
    pub year: i32,
    /// The last ordinal drawn.
    pub last_ordinal: u32,
    /// Numbers drawn with a suffix.
    pub suffixed: u64,
    /// Numbers that were voided, or reserved and given up.
    pub void: u64,
    /// Numbers that are reserved and on no document yet.
    pub reserved: u64,
    /// What is wrong, with the position; the first twenty.
    pub findings: Vec<String>,
    /// How much is wrong in all.
    pub findings_count: u64,
}

impl RegisterReport {
    /// Whether every number is there once and dates never fall.
    #[must_use]
    pub fn is_right(&self) -> bool {
        self.findings_count == 0
    }
}

/// The registers while the journal is read.
#[derive(Debug, Default)]
pub(crate) struct Registers {
    names: BTreeMap<String, String>,
    registers: BTreeMap<(String, i32), Register>,
    /// Register line → its register.
    lines: BTreeMap<String, (String, i32)>,
    /// Register lines that are reserved.
    reserved: HashSet<String>,
}

#[derive(Debug, Default)]
struct Register {
    last_ordinal: u32,
    last_date: Option<Date>,
    suffixes: HashSet<(u32, String)>,
    void: u64,
    reserved: u64,
    findings: Vec<String>,
    findings_count: u64,
}

impl Registers {
    /// Takes the next event of the journal in.
    pub(crate) fn take(&mut self, event: &Event, position: u64) {
        match &event.event {
            Some(What::SeriesDefined(series)) => {
                self.names.insert(event.record_id.clone(), series.name.clone());
            }
            Some(What::NumberDrawn(drawn)) => {
                let Some(number) = &drawn.number else { return };
                self.draw(&event.record_id, number, position);
            }
            Some(What::NumberReserved(reserved)) => {
                let Some(number) = &reserved.number else { return };
                self.draw(&event.record_id, number, position).reserved += 1;
                self.reserved.insert(event.record_id.clone());
            }
            Some(What::NumberVoided(_)) => {
                if let Some(register) = self.of_line(&event.record_id) {
                    register.void += 1;
                }
            }
            Some(What::NumberReleased(_)) => {
                if let Some(register) = self.no_longer_reserved(&event.record_id, position, "gives up") {
                    register.void += 1;
                }
            }
            Some(What::NumberTaken(_)) => {
                self.no_longer_reserved(&event.record_id, position, "takes");
            }
            _ => {}
        }
    }

    fn draw(&mut self, line: &str, number: &RegisterNumber, position: u64) -> &mut Register {
        let key = (number.series_id.clone(), number.year);
        self.lines.insert(line.to_owned(), key.clone());
        let register = self.registers.entry(key).or_default();
        register.draw(number, position);
        register
    }

    fn of_line(&mut self, line: &str) -> Option<&mut Register> {
        self.lines.get(line).and_then(|key| self.registers.get_mut(key))
    }

    fn no_longer_reserved(&mut self, line: &str, position: u64, does: &str) -> Option<&mut Register> {
        let was = self.reserved.remove(line);
        let register = self.of_line(line)?;
        if was {
            register.reserved -= 1;
        } else {
            register.wrong(format!("position {position} {does} {line}, which is not reserved"));
        }
        Some(register)
    }

    /// One report a register, by series and year.
    pub(crate) fn into_reports(self) -> Vec<RegisterReport> {
        let Self { names, registers, .. } = self;
        registers
            .into_iter()
            .map(|((series_id, year), register)| RegisterReport {
                series_name: names.get(&series_id).cloned().unwrap_or_default(),
                series_id,
                year,
                last_ordinal: register.last_ordinal,
                suffixed: register.suffixes.len() as u64,
                void: register.void,
                reserved: register.reserved,
                findings: register.findings,
                findings_count: register.findings_count,
            })
            .collect()
    }
}

impl Register {
    fn draw(&mut self, number: &RegisterNumber, position: u64) {
        let RegisterNumber { ordinal, suffix, .. } = number;
        if suffix.is_empty() {
            let next = self.last_ordinal.saturating_add(1);
            if *ordinal != next {
                self.wrong(format!("position {position} draws {ordinal} where {next} belongs"));
            }
            self.last_ordinal = self.last_ordinal.max(*ordinal);
        } else if !self.suffixes.insert((*ordinal, suffix.clone())) {
            self.wrong(format!("position {position} draws {ordinal}{suffix} a second time"));
        }
        let parts = |date: Date| (date.year, date.month, date.day);
        match number.date {
            None => self.wrong(format!("position {position} draws {ordinal}{suffix} without a date")),
            Some(date) => {
                if self.last_date.is_some_and(|last| parts(date) < parts(last)) {
                    self.wrong(format!("position {position} draws {ordinal}{suffix} with an earlier date than the number before"));
                }
                if date.year != number.year {
                    self.wrong(format!(
                        "position {position} draws {ordinal}{suffix} in another year than its date"
                    ));
                }
                self.last_date = Some(date);
            }
        }
    }

    fn wrong(&mut self, what: String) {
        self.findings_count += 1;
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(what);
        }
    }
}

#[cfg(test)]
mod tests {
    use proto::record::v1::{Ended, NumberDrawn, NumberReserved, NumberTaken, Series};

    use super::*;

    fn drawn(ordinal: u32, suffix: &str, day: i32) -> Event {
        let number = RegisterNumber {
            series_id: "ser_1".into(),
            year: 2026,
            ordinal,
            suffix: suffix.into(),
            date: Some(Date { year: 2026, month: 3, day }),
        };
        Event {
            record_id: format!("reg_ser_1_2026_{ordinal}{suffix}"),
            event: Some(What::NumberDrawn(NumberDrawn { number: Some(number), ..NumberDrawn::default() })),
        }
    }

    fn report(events: &[Event]) -> RegisterReport {
        let mut registers = Registers::default();
        for (position, event) in (1..).zip(events) {
            registers.take(event, position);
        }
        let mut reports = registers.into_reports();
        assert_eq!(reports.len(), 1);
        reports.remove(0)
    }

    #[test]
    fn a_right_register_has_no_findings() {
        let name = Series { name: "Văn bản đến".into(), ..Series::default() };
        let defined = Event { record_id: "ser_1".into(), event: Some(What::SeriesDefined(name)) };
        let void =
            Event { record_id: "reg_ser_1_2026_2".into(), event: Some(What::NumberVoided(Ended::default())) };
        let report =
            report(&[defined, drawn(1, "", 2), drawn(2, "", 2), drawn(1, "a", 3), void, drawn(3, "", 3)]);
        assert!(report.is_right(), "{report:?}");
        assert_eq!((report.last_ordinal, report.suffixed, report.void), (3, 1, 1));
        assert_eq!(report.series_name, "Văn bản đến");
    }

    fn reserved(ordinal: u32, day: i32) -> Event {
        let Event { record_id, event: Some(What::NumberDrawn(drawn)) } = drawn(ordinal, "", day) else {
            unreachable!("it is drawn")
        };
        let reserved = NumberReserved { number: drawn.number, ..NumberReserved::default() };
        Event { record_id, event: Some(What::NumberReserved(reserved)) }
    }

    fn line(ordinal: u32, event: What) -> Event {
        Event { record_id: format!("reg_ser_1_2026_{ordinal}"), event: Some(event) }
    }

    fn taken(ordinal: u32) -> Event {
        line(ordinal, What::NumberTaken(NumberTaken::default()))
    }

    fn released(ordinal: u32) -> Event {
        line(ordinal, What::NumberReleased(Ended::default()))
    }

    #[test]
    fn a_reserved_number_takes_its_place_and_is_taken_or_given_up_once() {
        let right = [
            drawn(1, "", 2),
            reserved(2, 2),
            reserved(3, 3),
            drawn(4, "", 3),
            taken(2),
            reserved(5, 4),
            released(3),
        ];
        let right = report(&right);
        assert!(right.is_right(), "{right:?}");
        assert_eq!((right.last_ordinal, right.void, right.reserved), (5, 1, 1));
        for wrong in [
            vec![drawn(1, "", 2), taken(1)],
            vec![drawn(1, "", 2), released(1)],
            vec![reserved(1, 2), taken(1), taken(1)],
            vec![reserved(1, 2), released(1), taken(1)],
            vec![reserved(1, 2), reserved(1, 2)],
            vec![reserved(2, 2)],
            vec![reserved(1, 3), drawn(2, "", 2)],
        ] {
            assert_eq!(report(&wrong).findings_count, 1, "{wrong:?}");
        }
    }

    #[test]
    fn gaps_twins_and_falling_dates_are_found() {
        for wrong in [
            vec![drawn(1, "", 2), drawn(3, "", 2)],
            vec![drawn(2, "", 2)],
            vec![drawn(1, "", 2), drawn(1, "", 2)],
            vec![drawn(1, "", 2), drawn(1, "a", 2), drawn(1, "a", 2)],
            vec![drawn(1, "", 3), drawn(2, "", 2)],
        ] {
            assert_eq!(report(&wrong).findings_count, 1, "{wrong:?}");
        }
    }

    #[test]
    fn findings_are_bounded() {
        let twins: Vec<Event> = std::iter::repeat_n(drawn(1, "", 2), 100).collect();
        let report = report(&twins);
        assert_eq!((report.findings.len(), report.findings_count), (FINDINGS_MAX, 99));
    }
}
