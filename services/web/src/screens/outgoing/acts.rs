//! What may be done with an outgoing document now. Not a rule, only what is offered: the archive decides. It follows the
//! policy's table (who) and the order of the law (when), so that no button is shown that would be refused.

use proto::record::v1::{Caller, OutgoingDocument, OutgoingStatus, Role};

use crate::actions::Action;
use crate::texts::t;

fn has(caller: &Caller, role: Role) -> bool {
    caller.roles.contains(&i32::from(role))
}

/// True while the document is not signed and not given up.
pub(super) fn is_unsigned(status: OutgoingStatus) -> bool {
    use OutgoingStatus as S;
    matches!(status, S::Drafted | S::Submitted | S::Reviewed | S::FormChecked | S::Approved)
}

/// True for the drafter, and for the head of the drafting unit.
pub(super) fn is_drafter(document: &OutgoingDocument, caller: &Caller) -> bool {
    document.drafter_id == caller.person_id
        || (has(caller, Role::HeadOfUnit) && document.unit_id == caller.unit_id)
}

/// True for whoever answers for the content of what the unit drafts.
fn is_reviewer(document: &OutgoingDocument, caller: &Caller) -> bool {
    document.unit_id == caller.unit_id && (has(caller, Role::HeadOfUnit) || has(caller, Role::Leader))
}

/// The acts that are valid now, the main one first, what sends it back last.
pub(super) fn on(id: &str, document: &OutgoingDocument, caller: &Caller) -> Vec<Action> {
    use OutgoingStatus as S;
    let status = document.status();
    let at = |act: &str| format!("/van-ban-di/{id}/{act}");
    let act = Action::new;
    let main = |label, href, key| Action::new(label, href, key).main();
    let back = |label, href, key| Action::new(label, href, key).back();
    let drafter = is_drafter(document, caller);
    let reviewer = is_reviewer(document, caller);
    let checker = has(caller, Role::FormChecker);
    let signer = document.signer_id == caller.person_id;
    let clerk = has(caller, Role::Clerk);
    let mut acts = Vec::new();
    match status {
        S::Drafted if drafter => acts.push(main(t::outgoing::submit_button(), at("trinh"), "t")),
        S::Submitted if reviewer => {
            acts.push(main(t::outgoing::review_button(), at("kiem-tra-noi-dung"), "d"));
        }
        S::Reviewed if checker => acts.push(main(t::outgoing::check_title(), at("kiem-tra-the-thuc"), "d")),
        S::FormChecked if signer => acts.push(main(t::outgoing::approve(), at("duyet"), "d")),
        S::Approved if signer => acts.push(main(t::outgoing::sign(), format!("/ky-so?vb={id}"), "k")),
        S::Signed if clerk => acts.push(main(t::outgoing::number_seal_issue(), at("ban-hanh"), "b")),
        S::Numbered if clerk => acts.push(main(t::outgoing::seal_issue(), at("ban-hanh"), "b")),
        S::Sealed if clerk => acts.push(main(t::outgoing::issue(), at("ban-hanh"), "b")),
        _ => {}
    }
    if drafter && is_unsigned(status) {
        acts.push(act(t::outgoing::edit_draft(), at("sua"), "e"));
    }
    let initialed = document.initials.iter().any(|r| r.person_id == caller.person_id);
    if is_unsigned(status) && status != S::Drafted && (checker || reviewer) && !initialed {
        acts.push(act(t::outgoing::initial_button(), at("ky-nhay"), "y"));
    }
    let own_step = match status {
        S::Submitted => reviewer,
        S::Reviewed => checker,
        S::FormChecked | S::Approved => signer,
        _ => false,
    };
    if own_step {
        acts.push(back(t::outgoing::give_back_button(), at("tra-lai"), "r"));
    }
    if drafter && is_unsigned(status) {
        acts.push(back(t::outgoing::withdraw_title(), at("bo"), "x"));
    }
    if status == S::Issued && (clerk || has(caller, Role::Leader)) {
        acts.push(back(t::outgoing::recall_short(), at("thu-hoi"), "x"));
    }
    acts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(person: &str, unit: &str, roles: &[Role]) -> Caller {
        Caller {
            person_id: person.to_owned(),
            unit_id: unit.to_owned(),
            roles: roles.iter().map(|r| i32::from(*r)).collect(),
            ..Caller::default()
        }
    }

    fn document(status: OutgoingStatus) -> OutgoingDocument {
        OutgoingDocument {
            status: status.into(),
            drafter_id: "per_1".to_owned(),
            unit_id: "unit_1".to_owned(),
            signer_id: "per_9".to_owned(),
            ..OutgoingDocument::default()
        }
    }

    fn labels(status: OutgoingStatus, caller: &Caller) -> Vec<&'static str> {
        on("out_1", &document(status), caller).iter().map(|a| a.label).collect()
    }

    #[test]
    fn each_step_is_offered_to_the_one_whose_step_it_is() {
        use OutgoingStatus as S;
        let officer = caller("per_1", "unit_1", &[Role::Officer]);
        let head = caller("per_2", "unit_1", &[Role::HeadOfUnit]);
        let checker = caller("per_3", "unit_3", &[Role::FormChecker]);
        let signer = caller("per_9", "unit_0", &[Role::Leader]);
        let clerk = caller("per_4", "unit_3", &[Role::Clerk]);
        assert_eq!(labels(S::Drafted, &officer), ["Trình", "Sửa dự thảo", "Bỏ dự thảo"]);
        assert!(labels(S::Submitted, &head).starts_with(&["Đồng ý nội dung"]));
        assert_eq!(labels(S::Reviewed, &checker), ["Kiểm tra thể thức", "Ký nháy", "Trả lại"]);
        assert_eq!(labels(S::FormChecked, &signer), ["Duyệt", "Trả lại"]);
        assert_eq!(labels(S::Approved, &signer), ["Ký số", "Trả lại"]);
        assert_eq!(labels(S::Signed, &clerk), ["Cấp số, đóng dấu, phát hành"]);
        assert_eq!(labels(S::Issued, &clerk), ["Thu hồi"]);
        for status in [S::Signed, S::Numbered, S::Sealed, S::Issued, S::Recalled, S::Withdrawn] {
            assert!(labels(status, &officer).is_empty(), "{status:?}");
        }
        assert!(labels(S::FormChecked, &clerk).is_empty());
    }

    #[test]
    fn nobody_is_asked_to_initial_one_version_twice() {
        let checker = caller("per_3", "unit_3", &[Role::FormChecker]);
        let mut document = document(OutgoingStatus::Reviewed);
        document
            .initials
            .push(proto::record::v1::Remark { person_id: "per_3".to_owned(), ..Default::default() });
        assert!(!on("out_1", &document, &checker).iter().any(|a| a.label == "Ký nháy"));
    }

    #[test]
    fn no_page_has_two_main_acts_or_one_key_twice() {
        let all = caller(
            "per_9",
            "unit_1",
            &[Role::Leader, Role::HeadOfUnit, Role::Clerk, Role::FormChecker, Role::Officer],
        );
        for i in 1..=11 {
            let Ok(status) = OutgoingStatus::try_from(i) else { continue };
            let acts = on("out_1", &document(status), &all);
            assert!(acts.iter().filter(|a| a.main).count() <= 1);
            let mut keys: Vec<_> = acts.iter().map(|a| a.key).collect();
            keys.sort_unstable();
            let n = keys.len();
            keys.dedup();
            assert_eq!(keys.len(), n, "{status:?}");
            assert!(acts.iter().skip(1).all(|a| !a.main));
        }
    }
}
