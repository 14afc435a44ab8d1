//! Calls by the path of a method, with bytes: for tests that take their list of RPCs from the descriptors.

use bytes::{Buf as _, BufMut as _, Bytes};
use prost::Message as _;
use proto::rpc::Peer;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Status};

/// One RPC of the descriptors.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Method {
    /// `/vanthu.archive.v1.Archive/Commit`.
    pub path: String,
    /// Without slash and package: `Archive/Commit`.
    pub name: String,
}

/// Every RPC of ours, in the order of the descriptors.
///
/// # Panics
/// When the descriptors cannot be read.
#[must_use]
pub fn methods() -> Vec<Method> {
    let set =
        prost_types::FileDescriptorSet::decode(proto::FILE_DESCRIPTOR_SET).expect("descriptors are read");
    let mut found = Vec::new();
    for file in set.file.iter().filter(|file| file.package().starts_with("vanthu.")) {
        for service in &file.service {
            for method in &service.method {
                found.push(Method {
                    path: format!("/{}.{}/{}", file.package(), service.name(), method.name()),
                    name: format!("{}/{}", service.name(), method.name()),
                });
            }
        }
    }
    found
}

/// Calls a method with one message, whatever its kind of stream; gives the first answer's bytes, if there is one.
///
/// # Errors
/// The status of the call or of its stream.
pub async fn call(peer: &Peer, path: &str, request: Request<Bytes>) -> Result<Option<Bytes>, Status> {
    let mut client = tonic::client::Grpc::new(peer.clone());
    client.ready().await?;
    let path = path.parse().map_err(|_| Status::internal("no path"))?;
    let (metadata, extensions, message) = request.into_parts();
    let request = Request::from_parts(metadata, extensions, tokio_stream::once(message));
    client.streaming(request, path, Raw).await?.into_inner().message().await
}

#[derive(Debug, Clone, Copy)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining())))
    }
}
