//! Compiles the protos without protoc: messages always, stubs behind the feature `rpc`.
use std::path::PathBuf;

const PROTOS: [&str; 10] = [
    "vanthu/record/v1/states.proto",
    "vanthu/record/v1/commands.proto",
    "vanthu/record/v1/events.proto",
    "vanthu/directory/v1/directory_service.proto",
    "vanthu/directory/v1/seal.proto",
    "vanthu/intake/v1/intake_service.proto",
    "vanthu/routing/v1/routing_service.proto",
    "vanthu/signer/v1/signer_service.proto",
    "vanthu/forms/v1/forms_service.proto",
    "vanthu/archive/v1/archive_service.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=vanthu");
    let descriptors = protox::compile(PROTOS, ["."])?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("descriptors.bin"), prost::Message::encode_to_vec(&descriptors))?;
    tonic_prost_build::configure()
        .client_mod_attribute(".", "#[cfg(feature = \"rpc\")]")
        .server_mod_attribute(".", "#[cfg(feature = \"rpc\")]")
        .build_transport(false)
        .bytes(".vanthu.archive.v1")
        .bytes(".vanthu.intake.v1")
        .compile_fds(descriptors)?;
    Ok(())
}
