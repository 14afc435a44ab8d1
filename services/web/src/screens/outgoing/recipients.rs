//! Nơi nhận: ticked units and people inside, one line for each outside (`Bộ Nội vụ | H01`).

use proto::record::v1::principal::Who;
use proto::record::v1::{Principal, Recipient};

use super::pairs::lines;
use crate::desk::Desk;
use crate::form::Form;

/// Inputs.
pub(super) const UNITS: &str = "nhan.don-vi";
pub(super) const PEOPLE: &str = "nhan.nguoi";
pub(super) const OUTSIDE: &str = "nhan.ngoai";

/// What an input offers.
pub(super) struct Tick {
    /// What is sent.
    pub(super) value: String,
    /// Its words.
    pub(super) label: String,
    /// The second line.
    pub(super) sub: String,
    /// True when ticked.
    pub(super) ticked: bool,
}

/// The units that work.
pub(super) fn units(desk: &Desk, form: &Form) -> Vec<Tick> {
    let mut units: Vec<_> = desk.roll.open_units().collect();
    units.sort_by_key(|(_, u)| u.rank);
    units
        .into_iter()
        .map(|(id, unit)| Tick {
            value: id.to_owned(),
            label: unit.name.clone(),
            sub: String::new(),
            ticked: form.all(UNITS).any(|v| v == id),
        })
        .collect()
}

/// The people who hold a position today, each once.
pub(super) fn people(desk: &Desk, form: &Form) -> Vec<Tick> {
    let mut people: Vec<Tick> = Vec::new();
    for (_, position) in desk.roll.held(&desk.today()) {
        if people.iter().any(|t| t.value == position.person_id) {
            continue;
        }
        people.push(Tick {
            value: position.person_id.clone(),
            label: desk.roll.person(&position.person_id),
            sub: position.title.clone(),
            ticked: form.all(PEOPLE).any(|v| v == position.person_id),
        });
    }
    people.sort_by_key(|t| given_name(&t.label));
    people
}

/// People are looked up by their given name, which stands last.
pub(crate) fn given_name(full: &str) -> (String, String) {
    let bare = full.split('(').next().unwrap_or_default().trim();
    (bare.rsplit(' ').next().unwrap_or_default().to_lowercase(), full.to_lowercase())
}

/// Who gets it, as the form says.
pub(super) fn read(form: &Form) -> Vec<Recipient> {
    let inside = |who| Recipient { inside: Some(Principal { who: Some(who) }), ..Recipient::default() };
    let mut all: Vec<Recipient> = form.all(UNITS).map(|id| inside(Who::UnitId(id.to_owned()))).collect();
    all.extend(form.all(PEOPLE).map(|id| inside(Who::PersonId(id.to_owned()))));
    all.extend(lines(form.text(OUTSIDE)).iter().map(|line| outside(line)));
    all
}

/// `Bộ Nội vụ | H01`: what stands behind the bar is the mã định danh.
fn outside(line: &str) -> Recipient {
    let (name, code) = line.rsplit_once('|').unwrap_or((line, ""));
    let name = name.trim().trim_end_matches([';', '.', ',']).trim();
    Recipient { name: name.to_owned(), organ_id: code.trim().to_owned(), ..Recipient::default() }
}

/// What the inputs hold for recipients that are there.
pub(super) fn prefill(recipients: &[Recipient]) -> Vec<(&'static str, String)> {
    let mut pairs = Vec::new();
    let mut outside = Vec::new();
    for recipient in recipients {
        match recipient.inside.as_ref().and_then(|p| p.who.as_ref()) {
            Some(Who::UnitId(id)) => pairs.push((UNITS, id.clone())),
            Some(Who::PersonId(id)) => pairs.push((PEOPLE, id.clone())),
            Some(Who::Role(_)) => {}
            None if recipient.organ_id.is_empty() => outside.push(recipient.name.clone()),
            None => outside.push(format!("{} | {}", recipient.name, recipient.organ_id)),
        }
    }
    pairs.push((OUTSIDE, outside.join("\n")));
    pairs
}

#[cfg(test)]
mod tests {
    use super::super::pairs;
    use super::*;

    #[test]
    fn recipients_come_back_from_the_form_as_they_went() {
        let recipients = vec![
            Recipient {
                inside: Some(Principal { who: Some(Who::UnitId("unit_2".to_owned())) }),
                ..Recipient::default()
            },
            Recipient {
                inside: Some(Principal { who: Some(Who::PersonId("per_5".to_owned())) }),
                ..Recipient::default()
            },
            Recipient {
                name: "Bộ Nội vụ".to_owned(), organ_id: "H01".to_owned(), ..Recipient::default()
            },
            Recipient { name: "UBND xã Thanh Lâm".to_owned(), ..Recipient::default() },
        ];
        assert_eq!(read(&pairs::form(prefill(&recipients))), recipients);
    }

    #[test]
    fn a_line_as_it_is_printed_is_understood() {
        let form = pairs::form([(OUTSIDE, "- Bộ Nội vụ;\n- Sở Tài chính | H99.03 \n\n- Lưu: VT.")]);
        let names: Vec<_> = read(&form).into_iter().map(|r| (r.name, r.organ_id)).collect();
        assert_eq!(names[0], ("Bộ Nội vụ".to_owned(), String::new()));
        assert_eq!(names[1], ("Sở Tài chính".to_owned(), "H99.03".to_owned()));
        assert_eq!(names[2].0, "Lưu: VT");
    }

    #[test]
    fn people_are_looked_up_by_their_given_name() {
        assert!(given_name("Vũ Thị An (demo)") < given_name("Đỗ Quốc Bình (demo)"));
    }
}
