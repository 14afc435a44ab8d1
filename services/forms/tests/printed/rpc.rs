use forms::limits;
use proto::fault::Fault;
use proto::forms::v1::forms_server::Forms;
use proto::forms::v1::{RenderLetterRequest, RenderRegisterRequest, RenderSlipRequest};
use proto::rpc::fault_of;
use tonic::{Code, Request};

use crate::samples;

#[tokio::test]
async fn a_letter_comes_back_with_its_places() {
    let service = forms::service().unwrap();
    let reply = service.render_letter(Request::new(samples::official_letter())).await.unwrap().into_inner();
    assert!(reply.pdf.starts_with(b"%PDF-") && reply.places.len() == 4);
}

#[tokio::test]
async fn faulty_fields_travel_as_details() {
    let service = forms::service().unwrap();
    let statuses = [
        service.render_letter(Request::new(RenderLetterRequest::default())).await.unwrap_err(),
        service.render_register(Request::new(RenderRegisterRequest::default())).await.unwrap_err(),
        service.render_slip(Request::new(RenderSlipRequest::default())).await.unwrap_err(),
    ];
    for status in statuses {
        assert_eq!(status.code(), Code::InvalidArgument);
        let Fault::Invalid(violations) = fault_of(&status) else { panic!("{status:?}") };
        assert!(violations.iter().any(|v| v.field == "stamp" && v.reason == "FIELD_EMPTY"), "{violations:?}");
    }
}

#[tokio::test]
async fn more_requests_than_the_queue_holds_are_told_to_come_back() {
    let service = forms::service().unwrap();
    let room = limits::TYPESETTING_AT_ONCE + limits::TYPESETTING_WAITING;
    let calls: Vec<_> = (0..room + 5)
        .map(|_| {
            let service = service.clone();
            tokio::spawn(async move { service.render_letter(Request::new(samples::decision())).await })
        })
        .collect();
    let (mut printed, mut refused) = (0, 0);
    for call in calls {
        match call.await.unwrap() {
            Ok(_) => printed += 1,
            Err(status) => {
                assert_eq!(status.code(), Code::ResourceExhausted, "{status:?}");
                refused += 1;
            }
        }
    }
    assert_eq!((printed, refused), (room, 5));
}
