//! Who issued a letter, from the head of its first page (NĐ 30/2020 Phụ lục I, ô 2): capitals in one, two or three lines,
//! often under the name of the agency above. What earlier documents call the same agency goes before what is made here.

use domain::index::fold;
use domain::notation;

/// Lines of the head that may belong to the name.
const LINES_MAX: usize = 12;
/// Shortest name, in characters.
const NAME_MIN: usize = 4;

/// Words with which the name of an agency begins; the longer of two comes first. With them, in capitals, a new name
/// begins; a line without goes on with the one above.
const BEGINNINGS: &[&str] = &[
    "Ủy ban nhân dân",
    "Uỷ ban nhân dân",
    "Ủy ban Mặt trận Tổ quốc",
    "Ủy ban",
    "Uỷ ban",
    "UBND",
    "Hội đồng nhân dân",
    "HĐND",
    "Hội đồng",
    "Văn phòng",
    "Tổng cục",
    "Chi cục",
    "Cục",
    "Vụ",
    "Bộ",
    "Sở",
    "Ban quản lý",
    "Ban",
    "Thanh tra",
    "Kiểm toán",
    "Kho bạc",
    "Bảo hiểm xã hội",
    "Ngân hàng",
    "Tòa án nhân dân",
    "Toà án nhân dân",
    "Viện kiểm sát nhân dân",
    "Viện",
    "Công an",
    "Bệnh viện",
    "Trung tâm",
    "Trường",
    "Học viện",
    "Đại học",
    "Công ty",
    "Tổng công ty",
    "Tập đoàn",
    "Liên đoàn",
    "Hội",
    "Phòng",
    "Chính phủ",
    "Quốc hội",
    "Tỉnh ủy",
    "Tỉnh uỷ",
    "Thành ủy",
    "Huyện ủy",
    "Đảng ủy",
];

/// Kinds of places; the names behind them have a capital in every word.
const PLACES: &[&str] =
    &["tỉnh", "thành phố", "tp.", "quận", "huyện", "thị xã", "thị trấn", "xã", "phường", "đặc khu"];

/// What stands in capitals in a head and is no agency.
const NO_AGENCY: &[&str] = &[
    "cong hoa xa hoi",
    "doc lap - tu do",
    "doc lap tu do",
    "dang cong san",
    "hoa toc",
    "thuong khan",
    "khan",
    "mat",
    "toi mat",
    "tuyet mat",
    "cong van den",
    "den",
];

/// The names that the head may give to who issued it, the likeliest first; each as in running text.
pub(crate) fn candidates(lines: &[&str]) -> Vec<String> {
    let end = lines
        .iter()
        .position(|line| line.to_lowercase().starts_with("số"))
        .filter(|at| *at > 0)
        .unwrap_or(lines.len())
        .min(LINES_MAX);
    let capitals: Vec<&str> = lines[..end].iter().filter_map(|line| of_letterhead(line)).collect();
    // Lines that begin no name go on with the one above.
    let mut names: Vec<String> = Vec::new();
    for line in &capitals {
        match names.last_mut() {
            Some(name) if beginning(line).is_none() => {
                name.push(' ');
                name.push_str(line);
            }
            _ => names.push((*line).to_owned()),
        }
    }
    let mut found: Vec<String> = Vec::new();
    let mut add = |name: String| {
        let name = in_running_text(&name);
        if name.chars().count() >= NAME_MIN && !found.contains(&name) {
            found.push(name);
        }
    };
    if let Some(last) = names.last() {
        // “SỞ NỘI VỤ” under “UBND TỈNH MINH GIANG” is that province's.
        let place = names.iter().rev().skip(1).find_map(|above| place_of(above));
        add(last.clone());
        if let Some(place) = place
            && place_of(last).is_none()
        {
            add(format!("{last} {place}"));
        }
    }
    for count in (2..=3).filter(|count| *count <= capitals.len()) {
        add(capitals[capitals.len() - count..].join(" "));
    }
    found
}

/// The part of a line in capitals that may be of the letterhead.
fn of_letterhead(line: &str) -> Option<&str> {
    // The name of the state may stand on the same line, to the right.
    let own = ["CỘNG HÒA", "CỘNG HOÀ", "ĐẢNG CỘNG SẢN"]
        .iter()
        .find_map(|state| line.find(state))
        .map_or(line, |at| &line[..at]);
    let own = own.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '-' | '_' | '–' | '.'));
    let folded = fold(own);
    let capital = own.chars().any(char::is_alphabetic) && !own.chars().any(char::is_lowercase);
    let other = NO_AGENCY.iter().any(|it| folded == *it || (it.len() > 8 && folded.starts_with(it)));
    (capital && !other && notation::kind_by_name(own).is_none()).then_some(own)
}

/// The words with which a name begins, as in running text.
fn beginning(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    BEGINNINGS.iter().copied().find(|it| {
        lower
            .strip_prefix(&it.to_lowercase())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', ',', '-']))
    })
}

/// “TỈNH MINH GIANG” of “UBND TỈNH MINH GIANG”.
fn place_of(name: &str) -> Option<&str> {
    let mut found = None;
    for (at, _) in name.char_indices().filter(|(at, _)| *at == 0 || name[..*at].ends_with(' ')) {
        let rest = name[at..].to_lowercase();
        if PLACES.iter().any(|place| rest.strip_prefix(place).is_some_and(|rest| rest.starts_with(' '))) {
            found.get_or_insert(&name[at..]);
        }
    }
    found
}

/// A name in capitals as it is written in a text: “Sở Kế hoạch và Đầu tư tỉnh Minh Giang”.
fn in_running_text(name: &str) -> String {
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let mut written: Vec<String> = Vec::with_capacity(words.len());
    let mut at = 0;
    let mut in_place = false;
    let mut capital_next = true;
    while let Some(word) = words.get(at) {
        let rest = words[at..].join(" ");
        let place = PLACES
            .iter()
            .filter(|place| rest.strip_prefix(**place).is_some_and(|rest| rest.starts_with(' ')))
            .max_by_key(|place| place.len());
        if let Some(place) = place.filter(|_| at > 0) {
            for word in place.split(' ') {
                written.push(if word == "tp." { "TP.".to_owned() } else { word.to_owned() });
                at += 1;
            }
            in_place = true;
            continue;
        }
        // “Vụ” begins a name, but not within “Nội vụ”.
        if let Some(known) = beginning(&rest).filter(|it| at == 0 || it.contains(' ') || is_short(it)) {
            written.extend(known.split(' ').map(str::to_owned));
            at += known.split(' ').count();
            (in_place, capital_next) = (false, true);
            continue;
        }
        let joins = matches!(word.as_str(), "và" | "của" | "về" | "các" | "cho");
        written.push(if (in_place || capital_next) && !joins { capitalized(word) } else { word.clone() });
        capital_next = joins || word.ends_with([',', '-', '–']);
        at += 1;
    }
    written.join(" ")
}

fn is_short(beginning: &str) -> bool {
    matches!(beginning, "UBND" | "HĐND")
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Of the names that earlier documents bear, the one that is a candidate: the likeliest first.
pub(crate) fn known<'n>(candidates: &[String], names: &'n [String]) -> Option<&'n str> {
    // The longer names first: they say more.
    let mut candidates: Vec<(usize, String)> =
        candidates.iter().map(|name| (name.chars().count(), fold(&plain(name)))).collect();
    candidates.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    candidates
        .iter()
        .find_map(|(_, wanted)| names.iter().find(|name| fold(&plain(name)) == *wanted).map(String::as_str))
}

/// Long and short for the same.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    lower.replace("uỷ ban", "ủy ban").replace("ubnd", "ủy ban nhân dân").replace("hđnd", "hội đồng nhân dân")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(head: &str) -> String {
        let lines: Vec<&str> = head.lines().map(str::trim).collect();
        candidates(&lines).into_iter().next().unwrap_or_default()
    }

    #[test]
    fn lines_of_one_name_are_joined_and_written_as_in_a_text() {
        for (head, issuer) in [
            ("ỦY BAN NHÂN DÂN\nTỈNH MINH GIANG\nSố: 15/UBND-NC", "Ủy ban nhân dân tỉnh Minh Giang"),
            ("UBND TỈNH MINH GIANG\nSỞ NỘI VỤ\nSố: 15/SNV", "Sở Nội vụ"),
            (
                "UBND TỈNH MINH GIANG\nSỞ KẾ HOẠCH\nVÀ ĐẦU TƯ\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nSố: 1",
                "Sở Kế hoạch và Đầu tư",
            ),
            ("BỘ VĂN HÓA, THỂ THAO\nVÀ DU LỊCH\nSố: 9/BVHTTDL-VP", "Bộ Văn hóa, Thể thao và Du lịch"),
            ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nBỘ NỘI VỤ\nSố: 5/BNV", "Bộ Nội vụ"),
            ("BỘ NỘI VỤ CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 5/BNV", "Bộ Nội vụ"),
            ("BẢO HIỂM XÃ HỘI VIỆT NAM\nBẢO HIỂM XÃ HỘI TỈNH HÀ TĨNH\nSố: 1", "Bảo hiểm xã hội tỉnh Hà Tĩnh"),
            ("UBND THÀNH PHỐ HÀ NỘI\nCHI CỤC THUẾ\nQUẬN BA ĐÌNH\nSố: 1", "Chi cục Thuế quận Ba Đình"),
            ("HỎA TỐC\nUBND TỈNH MINH GIANG\nSố: 3/UBND", "UBND tỉnh Minh Giang"),
            ("VĂN PHÒNG CHÍNH PHỦ\n_______\nSố: 7816/VPCP-TTĐT", "Văn phòng Chính phủ"),
        ] {
            assert_eq!(first(head), issuer, "{head}");
        }
        assert!(candidates(&[]).is_empty());
        assert!(candidates(&["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Số: 1"]).is_empty());
        assert!(candidates(&["QUYẾT ĐỊNH", "lời"]).is_empty());
    }

    #[test]
    fn what_earlier_documents_call_it_goes_before() {
        let names: Vec<String> =
            ["Sở Nội vụ tỉnh Minh Giang", "Uỷ ban nhân dân tỉnh Minh Giang", "Sở Nội vụ tỉnh Hà Tĩnh"]
                .map(str::to_owned)
                .into();
        let of = |head: &str| {
            let lines: Vec<&str> = head.lines().collect();
            known(&candidates(&lines), &names).map(str::to_owned)
        };
        assert_eq!(
            of("UBND TỈNH MINH GIANG\nSỞ NỘI VỤ\nSố: 1").as_deref(),
            Some("Sở Nội vụ tỉnh Minh Giang")
        );
        assert_eq!(of("UBND TỈNH HÀ TĨNH\nSỞ NỘI VỤ\nSố: 1").as_deref(), Some("Sở Nội vụ tỉnh Hà Tĩnh"));
        assert_eq!(
            of("ỦY BAN NHÂN DÂN\nTỈNH MINH GIANG\nSố: 1").as_deref(),
            Some("Uỷ ban nhân dân tỉnh Minh Giang")
        );
        assert_eq!(of("UBND TỈNH MINH GIANG\nSố: 1").as_deref(), Some("Uỷ ban nhân dân tỉnh Minh Giang"));
        assert_eq!(of("BỘ NỘI VỤ\nSố: 1"), None);
    }
}
