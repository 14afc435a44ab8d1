//! Keys come in and are opened: enrolment and mandates.

use proto::archive::v1::{CommitResponse, GetRequest};
use proto::fault::Fault;
use proto::record::v1::command::Command as Cmd;
use proto::record::v1::record::State;
use proto::record::v1::{Certificate, EnrolCertificate, Role};
use proto::rpc::{Identity, fault_of, outgoing, pass};
use proto::signer::v1::{EnrolKeyRequest, EnrolKeyResponse, UnlockRequest, UnlockResponse};
use zeroize::Zeroizing;

use super::{Inner, fault};
use crate::cms::CertificateInfo;
use crate::keys::{KeyError, SigningKey};
use crate::mandate::DIGESTS_MAX;
use crate::sign::Image;
use crate::vault::Kept;

/// Keeps a key and binds its certificate.
pub(super) async fn enrol(
    inner: &Inner,
    identity: &Identity,
    request: EnrolKeyRequest,
) -> Result<EnrolKeyResponse, Fault> {
    identity.caller()?;
    let password = Zeroizing::new(request.password);
    let pkcs12 = Zeroizing::new(request.pkcs12);
    let now_s = inner.now_ms().div_euclid(1_000);
    let (key, pkcs12) = opened(pkcs12, password).await?;
    let key = key.map_err(|e| fault::of_key(&e))?;
    key.check_valid_at(now_s).map_err(|e| fault::of_key(&e))?;
    if !request.image_png.is_empty() {
        Image::from_png(&request.image_png)
            .map_err(|e| Fault::invalid("image_png", "IMAGE_UNREADABLE", e.to_string()))?;
    }
    let info = key.info();
    let _one = inner.enrolling.lock().await;
    let kept = inner.vault.keep(&info.fingerprint.to_lowercase(), &pkcs12, &request.image_png)?;
    let receipt = bind(inner, identity, request.request_id, request.person_id, info, false, kept).await?;
    Ok(EnrolKeyResponse { receipt: Some(receipt) })
}

/// Binds a certificate that is kept to its owner. Where it is refused, everything is as it was before; where nobody knows,
/// what was there before is.
pub(super) async fn bind(
    inner: &Inner,
    identity: &Identity,
    request_id: String,
    person_id: String,
    info: CertificateInfo,
    outside: bool,
    kept: Kept,
) -> Result<CommitResponse, Fault> {
    let seconds = |s: i64| Some(prost_types::Timestamp { seconds: s.clamp(0, 253_402_300_799), nanos: 0 });
    let certificate = Certificate {
        seal: person_id.is_empty(),
        person_id,
        subject: info.subject,
        issuer: info.issuer,
        serial: info.serial.to_lowercase(),
        sha256: info.fingerprint.to_lowercase(),
        valid_from: seconds(info.not_before),
        valid_to: seconds(info.not_after),
        withdrawn: false,
        outside,
    };
    let command = Cmd::EnrolCertificate(EnrolCertificate { certificate: Some(certificate) });
    let bound = pass::commit(&inner.archive, identity, request_id, command, Vec::new()).await;
    match &bound {
        Ok(_) => kept.accept()?,
        Err(Fault::Unavailable { .. } | Fault::Broken { .. }) => kept.leave(),
        Err(_) => kept.refuse(),
    }
    bound
}

/// A certificate that the caller may sign with: one's own, or the seal's for a clerk.
pub(super) async fn own_certificate(
    inner: &Inner,
    identity: &Identity,
    id: &str,
) -> Result<Certificate, Fault> {
    let caller = identity.caller()?;
    let certificate = certificate(inner, identity, id).await?;
    let own = if certificate.seal {
        caller.roles.contains(&Role::Clerk.into())
    } else {
        certificate.person_id == caller.person_id
    };
    if !own {
        return Err(Fault::denied("KEY_NOT_YOURS", "the key is another's"));
    }
    if certificate.withdrawn {
        return Err(Fault::refused("CERTIFICATE_WITHDRAWN", "the certificate has been withdrawn"));
    }
    Ok(certificate)
}

/// Opens a key for the files that were shown.
pub(super) async fn unlock(
    inner: &Inner,
    identity: &Identity,
    request: UnlockRequest,
) -> Result<UnlockResponse, Fault> {
    let caller = identity.caller()?;
    let password = Zeroizing::new(request.password);
    let now_ms = inner.now_ms();
    if request.digests.is_empty() || request.digests.len() > DIGESTS_MAX {
        return Err(Fault::invalid("digests", "DIGESTS_COUNT", format!("1 to {DIGESTS_MAX} files")));
    }
    let certificate = own_certificate(inner, identity, &request.certificate_id).await?;
    inner.mandates.admit(&request.certificate_id, now_ms)?;
    let pkcs12 = Zeroizing::new(inner.vault.key(&certificate.sha256)?);
    let (key, _) = opened(pkcs12, password).await?;
    inner.mandates.tried(
        &request.certificate_id,
        !matches!(key, Err(KeyError::WrongPassword | KeyError::PasswordZeroByte)),
        now_ms,
    );
    let key = key.map_err(|e| fault::of_key(&e))?;
    key.check_valid_at(now_ms.div_euclid(1_000)).map_err(|e| fault::of_key(&e))?;
    let (mandate, ends_ms) = inner.mandates.give(
        &caller.person_id,
        &request.certificate_id,
        &certificate.sha256,
        certificate.seal,
        key,
        request.digests,
        now_ms,
    )?;
    tracing::info!(person = caller.person_id, certificate = request.certificate_id, "key unlocked");
    let ends_at = prost_types::Timestamp { seconds: ends_ms.div_euclid(1_000), nanos: 0 };
    Ok(UnlockResponse { mandate, ends_at: Some(ends_at) })
}

/// Key derivation takes its time: not on an async thread.
async fn opened(
    pkcs12: Zeroizing<Vec<u8>>,
    password: Zeroizing<String>,
) -> Result<(Result<SigningKey, KeyError>, Zeroizing<Vec<u8>>), Fault> {
    tokio::task::spawn_blocking(move || (SigningKey::from_pkcs12(&pkcs12, &password), pkcs12))
        .await
        .map_err(Fault::broken)
}

async fn certificate(inner: &Inner, identity: &Identity, id: &str) -> Result<Certificate, Fault> {
    let request = GetRequest { id: id.to_owned(), at_least: 0 };
    let answer = inner.archive.clone().get(outgoing(identity, request)).await.map_err(|s| fault_of(&s))?;
    match answer.into_inner().record.and_then(|r| r.state) {
        Some(State::Certificate(certificate)) => Ok(certificate),
        _ => Err(Fault::unknown(id)),
    }
}
