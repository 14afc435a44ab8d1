//! The search index, from outside.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use storage::disk::Random;
use storage::search::{
    Change, Document, FILTER_VALUES_MAX, Facet, Filter, Found, OFFSET_MAX, Opened, Request, Search,
    SearchError, Sort, Start, Text,
};

fn document(id: &str, subject: &str, text: &str) -> Document {
    Document {
        id: id.to_owned(),
        kind: "incoming".to_owned(),
        subject: subject.to_owned(),
        text: text.to_owned(),
        principals: vec!["unit/vp".to_owned()],
        year: 2026,
        state: "registered".to_owned(),
        ..Document::default()
    }
}

fn put(document: Document) -> Change {
    Change::Put(Box::new(document))
}

fn index(dir: &Path, documents: impl IntoIterator<Item = Document>) -> Search {
    let (search, opened) = Search::open(dir, 0).expect("opens");
    assert_eq!(opened, Opened::New);
    for (position, document) in (1..).zip(documents) {
        search.apply(position, &[put(document)]).expect("is fed");
    }
    search.commit().expect("commits");
    search
}

fn find(search: &Search, text: &str) -> Found {
    let text = Text { text, last_is_beginning: false };
    search.find(&Request { text, limit: 100, ..Request::default() }).expect("finds")
}

fn ids(search: &Search, text: &str) -> BTreeSet<String> {
    let found = find(search, text);
    assert_eq!(found.count, found.hits.len() as u64, "{text}");
    found.hits.into_iter().map(|hit| hit.id).collect()
}

#[track_caller]
fn finds(search: &Search, text: &str, expected: &[&str]) {
    assert_eq!(ids(search, text), expected.iter().map(|id| (*id).to_owned()).collect(), "{text}");
}

#[test]
fn marks_are_respected_where_typed_and_ignored_where_not() {
    let dir = tempfile::tempdir().unwrap();
    let search = index(
        dir.path(),
        [
            document("street", "Về việc đặt tên đường phố", "thành phố Đà Nẵng"),
            document("goat", "Chăn nuôi dê, cừu ở Ninh Thuận", "họ Dương"),
            document("plain", "duong pho khong dau", "Da Nang"),
            document("committee", "Uỷ ban nhân dân xã hoà bình", ""),
            document("court", "Ủy ban, hòa giải, quý", ""),
            document("decomposed", "Quye\u{302}\u{301}t d\u{323}i\u{323}nh", "nghie\u{323}\u{302}p"),
        ],
    );
    finds(&search, "đường", &["street"]);
    finds(&search, "dương", &["goat"]);
    finds(&search, "duong", &["street", "goat", "plain"]);
    finds(&search, "DUONG", &["street", "goat", "plain"]);
    finds(&search, "da nang", &["street", "plain"]);
    finds(&search, "Đà Nẵng", &["street"]);
    finds(&search, "đà nang", &["street"]);
    for typed in ["uỷ ban", "ủy ban", "Ủy Ban", "uy ban"] {
        finds(&search, typed, &["committee", "court"]);
    }
    for typed in ["hoà", "hòa", "hoa"] {
        finds(&search, typed, &["committee", "court"]);
    }
    finds(&search, "hoá", &[]);
    finds(&search, "quết", &[]);
    // Typed decomposed, found composed; and the other way round.
    finds(&search, "đu\u{31b}o\u{31b}\u{300}ng", &["street"]);
    finds(&search, "quyết", &["decomposed"]);
    finds(&search, "nghiệp", &["decomposed"]);
}

#[test]
fn quotation_marks_ask_for_words_in_a_row() {
    let dir = tempfile::tempdir().unwrap();
    let search = index(
        dir.path(),
        [
            document("row", "quyết định thu hồi đất", ""),
            document("apart", "quyết toán và định mức, thu phí, thu hồi", "đất đai"),
            Document {
                notation: "12/QĐ-UBND".to_owned(),
                number: "15a".to_owned(),
                ..document("notation", "", "")
            },
            Document {
                notation: "UBND-12/2025".to_owned(),
                number: "12".to_owned(),
                ..document("other", "qd", "")
            },
        ],
    );
    finds(&search, "quyết định", &["row", "apart"]);
    finds(&search, "\"quyết định\"", &["row"]);
    finds(&search, "“quyet dinh”", &["row"]);
    finds(&search, "\"quyết dinh\" đất", &["row"]);
    finds(&search, "\"quyêt dinh\"", &[]);
    finds(&search, "12/QĐ-UBND", &["notation"]);
    finds(&search, "12/qd-ubnd", &["notation"]);
    finds(&search, "12 ubnd", &["notation", "other"]);
    finds(&search, "15a", &["notation"]);
    finds(&search, "15", &[]);
}

#[test]
fn a_beginning_finds_all_words_that_begin_so() {
    let dir = tempfile::tempdir().unwrap();
    let subjects = ["đường phố", "đưa tin", "dưa hấu", "dung dịch", "hoàng hôn", "hòa bình"];
    let search = index(dir.path(), subjects.map(|subject| document(subject, subject, "")));
    finds(&search, "du*", &["đường phố", "đưa tin", "dưa hấu", "dung dịch"]);
    finds(&search, "đư*", &["đưa tin"]);
    finds(&search, "đườ*", &["đường phố"]);
    finds(&search, "hoà*", &["hoàng hôn", "hòa bình"]);
    finds(&search, "phố du*", &["đường phố"]);
    let text = Text { text: "dun", last_is_beginning: true };
    assert_eq!(search.find(&Request { text, ..Request::default() }).unwrap().count, 1);
    let quoted = Text { text: "\"dun\"", last_is_beginning: true };
    assert_eq!(search.find(&Request { text: quoted, ..Request::default() }).unwrap().count, 0);
}

#[test]
fn nobody_finds_what_they_may_not_see() {
    let dir = tempfile::tempdir().unwrap();
    let seen_by = |id: &str, principals: &[&str]| Document {
        principals: principals.iter().map(|&who| who.to_owned()).collect(),
        agency: "sở xây dựng".to_owned(),
        ..document(id, "một việc", "")
    };
    let search = index(
        dir.path(),
        [
            seen_by("a", &["person/an", "unit/vp"]),
            seen_by("b", &["person/binh"]),
            seen_by("c", &["person/an-2", "unit/vp/con"]),
            seen_by("d", &[]),
        ],
    );
    let see = |who: Option<&[&str]>| {
        let principals = who.map(|who| who.iter().map(|&who| who.to_owned()).collect());
        let filter = Filter { principals, ..Filter::default() };
        let found = search
            .find(&Request {
                filter,
                facets: vec![Facet::Agency],
                sort: Sort::OldestFirst,
                ..Request::default()
            })
            .unwrap();
        let counted = found.facets[0].1.iter().map(|(_, count)| count).sum::<u64>();
        assert_eq!(counted, found.count, "a facet counts only what may be seen");
        found.hits.into_iter().map(|hit| hit.id).collect::<String>()
    };
    assert_eq!(see(Some(&["person/an"])), "a");
    assert_eq!(see(Some(&["person/an", "person/binh"])), "ab");
    assert_eq!(see(Some(&["unit"])), "");
    assert_eq!(see(Some(&[])), "");
    assert_eq!(see(None), "abcd");
}

#[test]
fn filters_sorts_pages_and_facets_agree_with_a_plain_count() {
    let dir = tempfile::tempdir().unwrap();
    let mut random = Random::new(3);
    let words = ["đất", "đường", "dương"];
    let documents: Vec<Document> = (0..1500_u64)
        .map(|n| {
            let mut pick =
                |from: &[&str]| from[usize::try_from(random.below(from.len() as u64)).unwrap()].to_owned();
            Document {
                id: format!("doc{n}"),
                kind: pick(&["incoming", "outgoing"]),
                subject: format!("{} {}", pick(&words), pick(&words)),
                state: pick(&["registered", "directed", "completed"]),
                agency: pick(&["sở a", "sở b", "sở c", ""]),
                document_kind: pick(&["công văn", "quyết định"]),
                principals: vec![pick(&["p1", "p2", "p3"]), "all".to_owned()],
                year: if n % 3 == 0 { 2025 } else { 2026 },
                date: i32::try_from(n % 50).unwrap() - 25,
                sequence: n,
                ..Document::default()
            }
        })
        .collect();
    let search = index(dir.path(), documents.clone());
    let filter = Filter {
        principals: Some(vec!["p1".to_owned(), "p3".to_owned()]),
        kinds: vec!["incoming".to_owned()],
        years: vec![2026],
        states: vec!["registered".to_owned(), "directed".to_owned()],
        date_from: Some(-20),
        date_to: Some(19),
        ..Filter::default()
    };
    let fits = |d: &&Document| {
        d.subject.contains("đường")
            && ["p1", "p3"].contains(&d.principals[0].as_str())
            && d.kind == "incoming"
            && d.year == 2026
            && d.state != "completed"
            && (-20..=19).contains(&d.date)
    };
    let mut expected: Vec<&Document> = documents.iter().filter(fits).collect();
    expected.sort_by_key(|d| (d.date, d.sequence));
    assert!(expected.len() > 15);

    let text = Text { text: "đường", last_is_beginning: false };
    for (sort, reversed) in [(Sort::OldestFirst, false), (Sort::NewestFirst, true)] {
        let mut wanted: Vec<&str> = expected.iter().map(|d| d.id.as_str()).collect();
        if reversed {
            wanted.reverse();
        }
        let (mut got, mut from) = (Vec::new(), Start::Offset(0));
        loop {
            let facets = vec![Facet::Agency, Facet::State, Facet::Year, Facet::Kind, Facet::DocumentKind];
            let request = Request { text, filter: filter.clone(), sort, from, limit: 4, facets };
            let found = search.find(&request).unwrap();
            assert_eq!(found.count, expected.len() as u64, "every page says how many there are in all");
            for (facet, values) in &found.facets {
                for (value, count) in values {
                    let plain = expected.iter().filter(|d| match facet {
                        Facet::Agency => d.agency == *value,
                        Facet::State => d.state == *value,
                        Facet::Year => d.year.to_string() == *value,
                        Facet::Kind => d.kind == *value,
                        Facet::DocumentKind => d.document_kind == *value,
                    });
                    assert_eq!(*count, plain.count() as u64, "{facet:?} {value}");
                }
            }
            assert_eq!(found.facets[0].1.len(), 3, "no agency is no value");
            let Some(last) = found.hits.last() else { break };
            from = Start::After(last.order);
            got.extend(found.hits.iter().map(|hit| hit.id.clone()));
        }
        assert_eq!(got, wanted);
    }
}

#[test]
fn the_word_as_typed_comes_before_the_words_it_may_be() {
    let dir = tempfile::tempdir().unwrap();
    let search = index(
        dir.path(),
        [
            document("marked", "bàn giao", ""),
            document("plain", "ban giao", ""),
            document("text", "khác", "bạn giao"),
        ],
    );
    let found: Vec<String> = find(&search, "ban").hits.into_iter().map(|hit| hit.id).collect();
    assert_eq!(found, ["plain", "marked", "text"]);
}

#[test]
fn a_document_put_again_takes_the_place_of_the_old_one() {
    let dir = tempfile::tempdir().unwrap();
    let search = index(dir.path(), [document("a", "cũ", ""), document("b", "cũ", "")]);
    search.apply(3, &[put(document("a", "mới", "")), put(document("a", "mới hơn", ""))]).unwrap();
    search.apply(4, &[Change::Delete("b".to_owned())]).unwrap();
    finds(&search, "cũ", &["a", "b"]);
    assert_eq!(find(&search, "").position, 2, "not committed yet");
    assert_eq!(search.commit().unwrap(), 4);
    finds(&search, "cũ", &[]);
    finds(&search, "mới", &["a"]);
    assert_eq!((search.documents(), find(&search, "").position), (1, 4));
    assert!(matches!(search.apply(4, &[]), Err(SearchError::NotNewer { fed: 4, .. })));
}

#[test]
fn an_index_opened_again_goes_on_where_it_was_committed() {
    let dir = tempfile::tempdir().unwrap();
    let search = index(dir.path(), [document("a", "một", "")]);
    search.apply(7, &[put(document("b", "một", ""))]).unwrap();
    drop(search);
    let (search, opened) = Search::open(dir.path(), 9).unwrap();
    assert_eq!((opened, search.position()), (Opened::AsItWas, 1), "7 was never committed");
    search.apply(7, &[put(document("b", "một", ""))]).unwrap();
    search.apply(8, &[]).unwrap();
    search.commit().unwrap();
    drop(search);
    let (search, _) = Search::open(dir.path(), 9).unwrap();
    assert_eq!((search.position(), search.documents()), (8, 2));
    finds(&search, "một", &["a", "b"]);
}

#[test]
fn an_index_that_is_damaged_or_ahead_is_thrown_away() {
    let dir = tempfile::tempdir().unwrap();
    drop(index(dir.path(), (0..50).map(|n| document(&format!("d{n}"), "một việc", "chữ"))));
    let files: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    let mut thrown_away = 0;
    for file in &files {
        let length = std::fs::metadata(file).unwrap().len();
        for offset in [0, length / 2, length.saturating_sub(1)] {
            if offset >= length || file.extension().is_some_and(|it| it == "lock") {
                continue;
            }
            let copy = tempfile::tempdir().unwrap();
            for file in &files {
                std::fs::copy(file, copy.path().join(file.file_name().unwrap())).unwrap();
            }
            let hurt = copy.path().join(file.file_name().unwrap());
            let mut bytes = std::fs::read(&hurt).unwrap();
            bytes[usize::try_from(offset).unwrap()] ^= 4;
            std::fs::write(&hurt, bytes).unwrap();
            let (search, opened) = Search::open(copy.path(), 50).unwrap();
            match opened {
                Opened::ThrownAway(_) => {
                    assert_eq!((search.position(), search.documents()), (0, 0));
                    search.apply(1, &[put(document("a", "lại", ""))]).unwrap();
                    search.commit().unwrap();
                    thrown_away += 1;
                }
                Opened::AsItWas => assert_eq!(find(&search, "việc").count, 50, "{} {offset}", hurt.display()),
                Opened::New => panic!("there was one"),
            }
        }
    }
    assert!(thrown_away > 10, "{thrown_away}");
    let (search, opened) = Search::open(dir.path(), 49).unwrap();
    assert!(matches!(opened, Opened::ThrownAway(_)));
    assert_eq!(search.position(), 0);
}

#[test]
fn what_is_beyond_a_limit_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let search = index(dir.path(), []);
    let too_large = |request: &Request<'_>| matches!(search.find(request), Err(SearchError::TooLarge { .. }));
    assert!(too_large(&Request { from: Start::Offset(OFFSET_MAX + 1), ..Request::default() }));
    let principals = Some(vec![String::new(); FILTER_VALUES_MAX + 1]);
    assert!(too_large(&Request { filter: Filter { principals, ..Filter::default() }, ..Request::default() }));
    let many = Document { principals: vec!["p".to_owned(); 10_001], ..document("a", "", "") };
    assert!(matches!(search.apply(1, &[put(many)]), Err(SearchError::TooLarge { .. })));
    search.apply(1, &[put(document("a", "", &"chữ ".repeat(1_000_000)))]).unwrap();
    search.commit().unwrap();
    finds(&search, "chữ", &["a"]);
}

#[test]
fn hits_show_why_they_were_found() {
    let dir = tempfile::tempdir().unwrap();
    let text =
        format!("{} cấp giấy chứng nhận quyền sử dụng đất {}", "mở đầu ".repeat(60), "kết thúc ".repeat(60));
    let search = index(dir.path(), [document("a", "về thuế", &text)]);
    let hit = find(&search, "\"quyền sử dụng\"").hits.remove(0);
    let marked: Vec<&str> = hit.snippet.ranges.iter().map(|range| &hit.snippet.text[range.clone()]).collect();
    assert_eq!(marked, ["quyền", "sử", "dụng"]);
    let hit = find(&search, "thue").hits.remove(0);
    assert_eq!((&hit.snippet.text[..], hit.snippet.ranges.len()), ("về thuế", 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_query_panics_or_fails(typed in "\\PC{0,60}", last_is_beginning in any::<bool>()) {
        thread_local! {
            static INDEX: (tempfile::TempDir, Search) = {
                let dir = tempfile::tempdir().expect("a directory");
                let search = index(dir.path(), [document("a", "một việc (đất) .* [x]", "“chữ” \\d+ ~du")]);
                (dir, search)
            };
        }
        INDEX.with(|(_, search)| {
            for text in [typed.clone(), format!("{typed}*"), format!("\"{typed}"), format!("đ{typed}"), format!(".*{typed}[")] {
                let request = Request { text: Text { text: &text, last_is_beginning }, ..Request::default() };
                let found = search.find(&request);
                prop_assert!(found.is_ok(), "{text}: {found:?}");
            }
            Ok(())
        })?;
    }
}
