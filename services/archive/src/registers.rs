//! What the journal says of the registers: numbers consecutive from 1, each drawn once, dates that never fall.

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
    /// Numbers that were voided.
    pub void: u64,
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
}

#[derive(Debug, Default)]
struct Register {
    last_ordinal: u32,
    last_date: Option<Date>,
    suffixes: HashSet<(u32, String)>,
    void: u64,
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
                let key = (number.series_id.clone(), number.year);
                self.lines.insert(event.record_id.clone(), key.clone());
                self.registers.entry(key).or_default().draw(number, position);
            }
            Some(What::NumberVoided(_)) => {
                if let Some(register) =
                    self.lines.get(&event.record_id).and_then(|key| self.registers.get_mut(key))
                {
                    register.void += 1;
                }
            }
            _ => {}
        }
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
    use proto::record::v1::{Ended, NumberDrawn, Series};

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
