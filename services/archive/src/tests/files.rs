//! Files: in, out, and through which door.

use bytes::Bytes;
use proto::archive::v1::archive_client::ArchiveClient;
use proto::archive::v1::{AppendFileRequest, GetFileRequest, PutFileRequest};
use proto::fault::Fault;
use proto::record::v1::{Caller, FileRef};
use proto::rpc::{CHUNK_BYTES_MAX, Peer, fault_of};
use tokio_stream::StreamExt;
use tonic::Code;

use super::office::{HOUR_MS, Office, facts, with_file};

pub(super) async fn put(office: &Office, caller: &Caller, bytes: &[u8]) -> Result<String, Fault> {
    let chunks: Vec<_> =
        bytes.chunks(100_000).map(|chunk| PutFileRequest { chunk: chunk.to_vec().into() }).collect();
    let answer = office.client().put_file(office.by(caller, tokio_stream::iter(chunks))).await;
    let answer = answer.map_err(|status| fault_of(&status))?.into_inner();
    assert_eq!(answer.digest, storage::Digest::of(bytes).to_string());
    assert_eq!(answer.size, bytes.len() as u64);
    Ok(answer.digest)
}

pub(super) async fn read(
    client: &mut ArchiveClient<Peer>,
    office: &Office,
    caller: &Caller,
    request: GetFileRequest,
) -> Result<(Vec<u8>, u64), Fault> {
    let mut answers =
        client.get_file(office.by(caller, request)).await.map_err(|status| fault_of(&status))?.into_inner();
    let mut bytes = Vec::new();
    let mut size = None;
    while let Some(answer) = answers.next().await {
        let answer = answer.map_err(|status| fault_of(&status))?;
        assert!(answer.chunk.len() <= CHUNK_BYTES_MAX);
        size.get_or_insert(answer.size);
        bytes.extend_from_slice(&answer.chunk);
    }
    Ok((bytes, size.unwrap()))
}

pub(super) fn whole(digest: &str, record_id: &str) -> GetFileRequest {
    GetFileRequest { digest: digest.to_owned(), offset: 0, length: 0, record_id: record_id.to_owned() }
}

pub(super) fn file_ref(digest: &str, size: usize) -> FileRef {
    FileRef {
        digest: digest.to_owned(),
        name: "công văn.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size: size as u64,
        pages: 1,
    }
}

fn content(length: usize) -> Vec<u8> {
    (0..=250).cycle().take(length).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_through_a_record_that_names_it() {
    let office = Office::founded().await;
    let bytes = content(700_000);
    let digest = put(&office, &office.clerk, &bytes).await.unwrap();
    let text = put(&office, &office.clerk, "Nội dung".as_bytes()).await.unwrap();
    let id = office
        .receive(with_file(facts("1", "Một"), file_ref(&digest, bytes.len()), text.clone()))
        .await
        .unwrap();
    let other = office.receive(super::office::on_paper(facts("2", "Hai"))).await.unwrap();
    office.pass(2 * HOUR_MS);
    let mut client = office.client();
    assert_eq!(
        read(&mut client, &office, &office.clerk, whole(&digest, &id)).await.unwrap(),
        (bytes.clone(), 700_000)
    );
    assert_eq!(
        read(&mut client, &office, &office.clerk, whole(&text, &id)).await.unwrap().0,
        "Nội dung".as_bytes()
    );
    let ranges = [(0, 1), (5, 300_000), (699_999, 10), (700_000, 0), (262_144, 262_144)];
    for (offset, length) in ranges {
        let request = GetFileRequest { offset, length, ..whole(&digest, &id) };
        let (got, size) = read(&mut client, &office, &office.clerk, request).await.unwrap();
        let end = if length == 0 { 700_000 } else { (offset + length).min(700_000) };
        assert_eq!(
            got,
            bytes[usize::try_from(offset).unwrap()..usize::try_from(end).unwrap()],
            "{offset} {length}"
        );
        assert_eq!(size, 700_000);
    }
    // Not through another record, not without one, not by somebody who may not see the record.
    for (caller, record_id) in
        [(&office.clerk, other.as_str()), (&office.clerk, ""), (&office.officer, id.as_str())]
    {
        let fault = read(&mut client, &office, caller, whole(&digest, record_id)).await.unwrap_err();
        assert!(matches!(fault, Fault::Unknown { .. }), "{fault}");
    }
    let behind = GetFileRequest { offset: 700_001, ..whole(&digest, &id) };
    assert!(matches!(read(&mut client, &office, &office.clerk, behind).await, Err(Fault::Invalid(_))));
    assert!(matches!(
        read(&mut client, &office, &office.clerk, whole("xyz", &id)).await,
        Err(Fault::Invalid(_))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_just_put_is_its_persons_for_an_hour() {
    let office = Office::founded().await;
    let digest = put(&office, &office.clerk, b"%PDF-1.7").await.unwrap();
    let mut client = office.client();
    assert!(read(&mut client, &office, &office.clerk, whole(&digest, "")).await.is_ok());
    assert!(read(&mut client, &office, &office.officer, whole(&digest, "")).await.is_err());
    office.pass(HOUR_MS + 1);
    assert!(read(&mut client, &office, &office.clerk, whole(&digest, "")).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_grows_by_a_tail_for_those_who_may_read_it() {
    let office = Office::founded().await;
    let base = content(300_000);
    let digest = put(&office, &office.clerk, &base).await.unwrap();
    let append = |caller: &Caller, base: &str| {
        let first = AppendFileRequest { base_digest: base.to_owned(), chunk: Bytes::from_static(b"tail ") };
        let second = AppendFileRequest { base_digest: String::new(), chunk: Bytes::from_static(b"end") };
        let request = office.by(caller, tokio_stream::iter(vec![first, second]));
        let mut client = office.client();
        async move {
            client.append_file(request).await.map(|it| it.into_inner()).map_err(|status| fault_of(&status))
        }
    };
    let appended = append(&office.clerk, &digest).await.unwrap();
    let expected = [base.as_slice(), b"tail end"].concat();
    assert_eq!(appended.digest, storage::Digest::of(&expected).to_string());
    assert_eq!(appended.size, expected.len() as u64);
    assert!(matches!(append(&office.officer, &digest).await, Err(Fault::Unknown { .. })));
    assert!(matches!(append(&office.clerk, "").await, Err(Fault::Invalid(_))));
    // Once a record names the base, whoever sees the record may.
    office.receive(with_file(facts("1", "Một"), file_ref(&digest, base.len()), String::new())).await.unwrap();
    office.pass(2 * HOUR_MS);
    assert_eq!(append(&office.clerk, &digest).await.unwrap().digest, appended.digest);
    assert!(append(&office.officer, &digest).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_or_is_too_large_leaves_nothing() {
    let office = Office::founded().await;
    let large = vec![PutFileRequest { chunk: vec![0; CHUNK_BYTES_MAX + 1].into() }];
    let status =
        office.client().put_file(office.by(&office.clerk, tokio_stream::iter(large))).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    let many = (0..900).map(|_| PutFileRequest { chunk: Bytes::from_static(&[7; CHUNK_BYTES_MAX]) });
    let status =
        office.client().put_file(office.by(&office.clerk, tokio_stream::iter(many))).await.unwrap_err();
    assert!(matches!(fault_of(&status), Fault::Refused { reason: "FILE_TOO_LARGE", .. }), "{status:?}");
    // The unfinished ones go as soon as their writers are dropped.
    let temporary = office.directory().join("files/tmp");
    for _ in 0..3_000 {
        if std::fs::read_dir(&temporary).unwrap().next().is_none() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("an unfinished file was left behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_never_given_out() {
    let mut office = Office::founded().await;
    let bytes = content(20_000);
    let digest = put(&office, &office.clerk, &bytes).await.unwrap();
    let id = office
        .receive(with_file(facts("1", "Một"), file_ref(&digest, bytes.len()), String::new()))
        .await
        .unwrap();
    office.close();
    let path = office.directory().join("files").join(&digest[..2]).join(&digest[2..4]).join(&digest);
    std::fs::remove_file(&path).unwrap();
    let mut changed = bytes.clone();
    changed[9_000] ^= 1;
    std::fs::write(&path, changed).unwrap();
    office.open();
    let fault = read(&mut office.client(), &office, &office.clerk, whole(&digest, &id)).await.unwrap_err();
    assert!(matches!(fault, Fault::Unavailable { reason: "FILE_DAMAGED", .. }), "{fault}");
    office.close();
    let report = crate::maintenance::verify_journal(&office.directory(), |_| {}).unwrap();
    assert!(!report.is_right());
    let damaged = &report.contents.unwrap().files_damaged[0];
    assert_eq!((damaged.file.as_path(), damaged.from), (path.as_path(), 8_192));
    std::fs::remove_file(&path).unwrap();
    let report = crate::maintenance::verify_journal(&office.directory(), |_| {}).unwrap();
    assert_eq!(report.contents.unwrap().files_missing[0].digest, digest);
}
