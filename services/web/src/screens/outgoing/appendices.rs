//! Phụ lục in the same file (NĐ 30/2020, Phụ lục III, mẫu 2.1): each a title and its content, one after the other.

use proto::forms::v1::Appendix;

use super::letter::paragraphs;
use crate::form::Form;

/// Where what is wrong with them is told.
pub(super) const FIELD: &str = "appendices";
/// Inputs, one of each for every appendix, in their order.
const TITLE: &str = "phu-luc.tieu-de";
const CONTENT: &str = "phu-luc.noi-dung";

/// An appendix as the form shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct AppendixView {
    /// Its title.
    pub(super) title: String,
    /// Its content.
    pub(super) content: String,
}

fn typed(form: &Form) -> Vec<AppendixView> {
    let titles = form.all(TITLE).map(str::to_owned);
    let contents = form.all(CONTENT).map(str::to_owned);
    titles
        .zip(contents)
        .map(|(title, content)| AppendixView { title, content })
        .filter(|it| !it.title.is_empty() || !it.content.is_empty())
        .collect()
}

/// What was typed, and an empty one for the next.
pub(super) fn shown(form: &Form) -> Vec<AppendixView> {
    let mut all = typed(form);
    all.push(AppendixView::default());
    all
}

/// True when each has both title and content.
pub(super) fn are_whole(form: &Form) -> bool {
    typed(form).iter().all(|it| !it.title.is_empty() && !it.content.is_empty())
}

/// As the layout takes them.
pub(super) fn read(form: &Form) -> Vec<Appendix> {
    typed(form).into_iter().map(|it| Appendix { title: it.title, body: paragraphs(&it.content) }).collect()
}

/// The fields of the form for those of a letter that was kept.
pub(super) fn prefill(kept: &[Appendix]) -> impl Iterator<Item = (&'static str, String)> {
    kept.iter().flat_map(|it| {
        let content: Vec<&str> = it.body.iter().map(|p| p.text.as_str()).collect();
        [(TITLE, it.title.clone()), (CONTENT, content.join("\n"))]
    })
}

#[cfg(test)]
mod tests {
    use super::super::pairs;
    use super::*;

    #[test]
    fn appendices_come_back_as_they_were_written_and_empty_ones_are_none() {
        let form = pairs::form([
            (TITLE, "Danh sách"),
            (CONTENT, "1. An\n2. Bình"),
            (TITLE, ""),
            (CONTENT, ""),
            (TITLE, "Biểu mẫu"),
            (CONTENT, "Một dòng"),
        ]);
        let read_back = read(&form);
        assert_eq!(read_back.len(), 2);
        assert_eq!(read_back[0].body.len(), 2);
        assert_eq!(read(&pairs::form(prefill(&read_back))), read_back);
        assert_eq!(shown(&form).len(), 3);
        assert!(are_whole(&form));
    }

    #[test]
    fn half_an_appendix_is_noticed_and_kept() {
        let form = pairs::form([(TITLE, ""), (CONTENT, "Chỉ có nội dung")]);
        assert!(!are_whole(&form));
        assert_eq!(shown(&form)[0].content, "Chỉ có nội dung");
        assert!(are_whole(&Form::default()));
    }
}
