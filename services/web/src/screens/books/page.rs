//! A register on the screen, and as it is printed.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use proto::archive::v1::ListRequest;
use proto::intake::v1::PrintRegisterRequest;
use proto::record::v1::Role;
use tokio_stream::StreamExt as _;

use super::columns::{Days, Line, leads, line};
use super::{Asked, Register, Whole, standing, whole, years};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::screens::files;
use crate::settings::PAGE_LINES;
use crate::texts::t;
use crate::view::day;
use crate::{call, link};

struct SeriesChoice {
    id: String,
    name: String,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "books/book.html")]
struct Page {
    frame: Frame,
    path: &'static str,
    outgoing: bool,
    secret: bool,
    agency: String,
    series: Vec<SeriesChoice>,
    years: Vec<(i32, bool)>,
    from: String,
    to: String,
    wrong_day: bool,
    lines: Vec<Line>,
    first: String,
    last: String,
    position: String,
    newer: bool,
    older: String,
    here: String,
    shown: String,
    print: String,
    export: String,
    void: String,
    whole: Whole,
    may_receive: bool,
    printed: String,
}

pub(super) async fn page(
    desk: Desk,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let register = Register::named(&slug, &desk)?;
    let mut form = Form::parse(query.as_deref().unwrap_or_default());
    let asked = Asked::of(&desk, register, &mut form);
    let wrong_day = form.checked().is_err();
    let token = form.text("trang").to_owned();
    let newer = !token.is_empty();
    let answer = if asked.series_id.is_empty() {
        proto::archive::v1::ListResponse::default()
    } else {
        let request = ListRequest { page_size: PAGE_LINES, page_token: token, ..asked.list() };
        desk.calls().list(request).await?
    };
    let today = desk.today();
    let leads = leads(&desk, &answer.items).await?;
    let lines: Vec<Line> =
        answer.items.iter().filter_map(|i| line(i, &leads, &desk, &today, Days::Short)).collect();
    let standing = standing(&desk).await?;
    let of_series = |s: &super::Standing| s.series_id == asked.series_id;
    let whole = whole(&desk, standing.iter().find(|s| of_series(s) && s.year == asked.year)).await?;
    let now = domain::calendar::timestamp(desk.app.now());
    let title = register.title(asked.year);
    let mut shown = asked.address();
    for name in ["tu", "toi"] {
        if form.is_set(name) {
            shown = link::with(&shown, name, form.text(name));
        }
    }
    let page = Page {
        frame: desk.frame(&title, register.path()).await?,
        path: register.path(),
        outgoing: register == Register::Outgoing,
        secret: register == Register::Secret,
        agency: desk.roll.agency.name.clone(),
        series: register
            .series(&desk)
            .into_iter()
            .map(|(id, s)| SeriesChoice {
                id: id.to_owned(),
                name: s.name.clone(),
                chosen: id == asked.series_id,
            })
            .collect(),
        years: years(&desk, &standing, asked.year, of_series),
        from: form.text("tu").to_owned(),
        to: form.text("toi").to_owned(),
        wrong_day,
        first: lines.last().map(|l| l.number.clone()).unwrap_or_default(),
        last: lines.first().map(|l| l.number.clone()).unwrap_or_default(),
        position: answer.position.to_string(),
        newer,
        older: link::next_page(&shown, &answer.next_page_token),
        lines,
        here: asked.address(),
        shown,
        print: asked.part("in"),
        export: if register == Register::Secret { String::new() } else { asked.part("xuat") },
        void: format!("/so/huy?nam={}", asked.year),
        whole,
        may_receive: desk.has(Role::Clerk),
        printed: day::moment(Some(&now)),
    };
    desk.page(&page)
}

pub(super) async fn print(
    desk: Desk,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let register = Register::named(&slug, &desk)?;
    let mut form = Form::parse(query.as_deref().unwrap_or_default());
    let Asked { series_id, year, from, to, .. } = Asked::of(&desk, register, &mut form);
    form.checked()?;
    let answers = call!(desk, intake.print_register(PrintRegisterRequest { series_id, year, from, to }))?;
    Ok(files::made_pdf(answers.map(|a| a.map(|a| a.chunk)), &format!("so-{slug}-{year}.pdf")))
}
