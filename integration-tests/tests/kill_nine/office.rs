//! The process that is killed: how it is started, and its office founded.

use std::path::{Path, PathBuf};

use integration_tests::process::{Served, all_at, peers_at, ready};
use integration_tests::world::{Time, World};

/// An office of its own, started again and again.
pub(crate) struct Office {
    dir: PathBuf,
    data: PathBuf,
}

impl Office {
    /// Its data lie in `data`; everything else lies in `dir`.
    pub(crate) fn new(dir: &Path, data: PathBuf) -> Self {
        Self { dir: dir.to_owned(), data }
    }

    /// Starts it.
    pub(crate) fn start(&self) -> Served {
        let roles = "archive,directory,intake,routing,signer,forms";
        let (data, grpc) = (self.data.display().to_string(), format!("unix:{}", self.socket().display()));
        let args = ["--data", &data, "--grpc", &grpc, "--role", roles].map(str::to_owned);
        Served::start(&self.dir, "serve", &args)
    }

    /// Starts it for the first time, founds the agency and staffs it.
    pub(crate) async fn founded(&self) -> (Served, World) {
        let mut served = self.start();
        let code = served.founding_code().await;
        let keys_dir = self.data.join("keys");
        let peers = peers_at(&keys_dir, all_at(&self.socket())).await;
        ready(&mut served, &peers).await.expect("it runs");
        let mut world = World::new(peers, Time::Real);
        world.settle(&code, &self.data.join("trust")).await.unwrap();
        // From now on seals are made with the office's own key: sessions would end with every start.
        world.key = Some(vanthu::keys::load_or_make(&keys_dir).unwrap().directory);
        (served, world)
    }

    fn socket(&self) -> PathBuf {
        self.dir.join("v.sock")
    }
}
