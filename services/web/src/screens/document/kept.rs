//! What authorities said of the signatures of a received document: shown, taken away, asked for again.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use proto::archive::v1::GetFileRequest;
use proto::fault::Fault;
use proto::record::v1::{EvidenceSource, IncomingDocument, RevocationSource, Role};
use proto::signer::v1::CheckReceivedRequest;
use tokio_stream::StreamExt as _;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::form::Form;
use crate::frame::Frame;
use crate::screens::evidence::why;
use crate::screens::files;
use crate::texts::{reasons, t};
use crate::toast::Toast;
use crate::view::day;
use crate::view::document::DocumentView;
use crate::view::signature::{self, ReportView};
use crate::works::Works;
use crate::{call, link};

/// What is kept, in words.
pub(super) struct Kept {
    /// Whether its issuers are still being asked.
    pub(super) asking: bool,
    /// Whether and when it was kept.
    pub(super) sentence: String,
    /// Who said something of revocation.
    pub(super) sources: Vec<String>,
    /// For what time it was judged; empty where nothing is kept.
    pub(super) judged_for: String,
    /// Where the evidence is taken away; empty where nothing is kept.
    pub(super) href: String,
    /// Whether the person may have it checked again.
    pub(super) again: bool,
}

/// Whether the issuers of the certificates of a document are still being asked, as far as the person is told.
pub(crate) async fn is_asked(desk: &Desk, document: &IncomingDocument) -> bool {
    domain::index::is_signed(document) && domain::index::check_of(document).is_none() && asks(desk).await
}

async fn asks(desk: &Desk) -> bool {
    desk.has(Role::Clerk) && Works::of(desk).await.online_evidence
}

/// What is kept of a document; nothing where it bears no signatures.
pub(super) async fn of(desk: &Desk, id: &str, document: &IncomingDocument) -> Option<Kept> {
    if !domain::index::is_signed(document) {
        return None;
    }
    let on = asks(desk).await;
    let check = domain::index::check_of(document);
    let at = check.map(|it| day::moment(it.kept_at.as_ref())).unwrap_or_default();
    let sentence = match check {
        Some(it) if it.complete => t::document::evidence_kept(at),
        Some(_) => t::document::evidence_part(at),
        None if on => t::document::evidence_waiting().to_owned(),
        None => t::document::evidence_none().to_owned(),
    };
    Some(Kept {
        asking: on && check.is_none(),
        sentence,
        sources: check.map(|it| it.sources.iter().map(told).collect()).unwrap_or_default(),
        judged_for: check
            .and(document.received_at.as_ref())
            .map(|at| t::document::evidence_for(day::exact(at)))
            .unwrap_or_default(),
        href: check.map(|_| format!("{}/bang-chung", link::document(id))).unwrap_or_default(),
        again: on,
    })
}

fn told(source: &EvidenceSource) -> String {
    let at = source.at.as_ref().map(day::exact).unwrap_or_default();
    let by =
        if source.by.is_empty() { t::document::evidence_unnamed().to_owned() } else { named(&source.by) };
    match source.source() {
        RevocationSource::Crl => t::document::evidence_crl(at, by),
        RevocationSource::Ocsp | RevocationSource::Unspecified => t::document::evidence_ocsp(at, by),
    }
}

#[derive(Template)]
#[template(path = "document/signatures_now.html")]
struct Now {
    frame: Frame,
    document: DocumentView,
    report: ReportView,
    kept: Option<Kept>,
}

/// What the page tells of the signatures, once their issuers were asked; nothing before.
pub(super) async fn now(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    let (_, document) = desk.calls().incoming(&id).await?;
    if is_asked(&desk, &document).await {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let view = DocumentView::incoming(&id, &document, desk.today(), &desk.roll.work);
    desk.page(&Now {
        frame: desk.frame(&view.headline(), "").await?,
        report: signature::report(document.signatures.as_ref()),
        kept: of(&desk, &id, &document).await,
        document: view,
    })
}

/// The name of who spoke, as people write it: the common name and the organization of a distinguished name.
fn named(by: &str) -> String {
    let part = |key: &str| by.split(", ").find_map(|part| part.strip_prefix(key)).unwrap_or_default();
    match (part("CN="), part("O=")) {
        ("", _) => by.to_owned(),
        (name, "") => name.to_owned(),
        (name, organization) => format!("{name}, {organization}"),
    }
}

/// The evidence of the main file, to be kept elsewhere.
pub(super) async fn take(desk: Desk, Path(id): Path<String>) -> Result<Response, Failure> {
    let (_, document) = desk.calls().incoming(&id).await?;
    let kept = domain::index::check_of(&document).ok_or_else(|| Fault::unknown(&id))?;
    let request =
        GetFileRequest { digest: kept.evidence_digest.clone(), offset: 0, length: 0, record_id: id.clone() };
    let answers = call!(desk, archive.get_file(request))?;
    let body = files::stream(answers.map(|answer| answer.map(|a| a.chunk)));
    Ok(files::made(body, "application/zip", "attachment", &format!("bang-chung-{id}.zip")))
}

/// Asks the authorities now, and says what came of it.
pub(super) async fn again(desk: Desk, Path(id): Path<String>, _: Form) -> Result<Response, Failure> {
    let times = |document: &IncomingDocument| domain::index::check_of(document).map_or(0, |it| it.times);
    let before = times(&desk.calls().incoming(&id).await?.1);
    let toast = match call!(desk, signer.check_received(CheckReceivedRequest { document_id: id.clone() })) {
        Ok(_) if times(&desk.calls().incoming(&id).await?.1) > before => {
            Toast::done(t::document::checked_again())
        }
        Ok(answer) => {
            let error = answer.checks.map(|it| it.last_error).unwrap_or_default();
            Toast::failed(t::document::not_checked_again(why(&error)))
        }
        Err(Fault::Refused { reason, .. }) => Toast::failed(reasons::sentence(reason)),
        Err(other) => return Err(other.into()),
    };
    Ok(desk.go(&link::document(&id), toast))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_spoke_is_named_as_people_write_it_and_else_as_it_came() {
        assert_eq!(named("O=Cơ yếu tỉnh, CN=OCSP nơi gửi"), "OCSP nơi gửi, Cơ yếu tỉnh");
        assert_eq!(named("CN=ocsp.ca.gov.vn"), "ocsp.ca.gov.vn");
        assert_eq!(named("O=Cơ yếu tỉnh"), "O=Cơ yếu tỉnh");
        assert_eq!(named("by key 0a1b"), "by key 0a1b");
    }
}
