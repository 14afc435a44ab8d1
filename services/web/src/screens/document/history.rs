//! What happened to a record, in words.

use proto::archive::v1::HistoryRequest;
use proto::fault::Fault;
use proto::record::v1::Date;
use proto::record::v1::event::Event as Happened;

use crate::call;
use crate::desk::Desk;
use crate::texts::{events, t};

/// Acts of the history that a page shows.
const HISTORY_MAX: i32 = 100;

/// One line of the history.
pub(crate) struct Act {
    pub(crate) when: String,
    pub(crate) who: String,
    pub(crate) what: String,
    /// True for the act in which the number was given: its line of the law is the one that the state tells nothing of.
    pub(crate) numbered: bool,
}

/// What happened to a record, newest first.
pub(crate) async fn history_of(desk: &Desk, id: &str, today: &Date) -> Result<Vec<Act>, Fault> {
    let mut request =
        HistoryRequest { record_id: id.to_owned(), page_size: HISTORY_MAX, page_token: String::new() };
    let mut items = Vec::new();
    // Oldest first on the wire: the last page holds the newest.
    for _ in 0..20 {
        let answer = call!(desk, archive.history(request.clone()))?;
        items.extend(answer.items);
        if answer.next_page_token.is_empty() {
            break;
        }
        request.page_token = answer.next_page_token;
    }
    let mut acts = Vec::new();
    for item in items.iter().rev().take(HISTORY_MAX.unsigned_abs() as usize) {
        let who = match &item.caller {
            Some(caller) => desk.roll.person(&caller.person_id),
            // A service by its own key: nobody's act.
            None => t::events::system().to_owned(),
        };
        let mut words: Vec<String> =
            item.events.iter().filter_map(|e| events::words(e, &desk.roll, today)).collect();
        words.dedup();
        if !words.is_empty() {
            let numbered = item.events.iter().any(|e| matches!(e.event, Some(Happened::Numbered(_))));
            acts.push(Act {
                when: events::when(item.at.as_ref(), today),
                who,
                what: words.join("; "),
                numbered,
            });
        }
    }
    Ok(acts)
}
