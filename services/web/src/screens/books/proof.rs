//! Kiểm chứng sổ: every register of every year with what was counted, and the root of the journal's tree.

use askama::Template;
use axum::response::Response;
use proto::archive::v1::TreeHeadRequest;

use super::{Register, Standing, Whole, address, standing, whole};
use crate::call;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::frame::Frame;
use crate::texts::{t, terms};
use crate::view::day;

struct Proven {
    book: &'static str,
    series: String,
    year: i32,
    last: String,
    date: String,
    whole: Whole,
    href: String,
}

#[derive(Template)]
#[template(path = "books/proof.html")]
struct Page {
    frame: Frame,
    size: String,
    root: String,
    at: String,
    books: Vec<Proven>,
}

pub(super) async fn page(desk: Desk) -> Result<Response, Failure> {
    let head = call!(desk, archive.tree_head(TreeHeadRequest {}))?;
    let mut books = Vec::new();
    for standing in standing(&desk).await? {
        let Standing { series_id, year, last, date } = &standing;
        let Some((_, series)) = desk.roll.series.iter().find(|(id, _)| id == series_id) else { continue };
        books.push(Proven {
            book: terms::book(series.book()),
            series: series.name.clone(),
            year: *year,
            last: format!("{last:02}"),
            date: day::full(date.as_ref()),
            whole: whole(&desk, Some(&standing)).await?,
            href: address(Register::of(series), series_id, *year),
        });
    }
    books.sort_by(|a, b| (b.year, a.book, &a.series).cmp(&(a.year, b.book, &b.series)));
    let fours = head.root.as_bytes().chunks(4).filter_map(|c| std::str::from_utf8(c).ok());
    let now = domain::calendar::timestamp(desk.app.now());
    let page = Page {
        frame: desk.frame(t::books::proof(), "/so/kiem-chung").await?,
        size: day::number(head.size),
        root: fours.collect::<Vec<_>>().join(" "),
        at: day::exact(&now),
        books,
    };
    desk.page(&page)
}
