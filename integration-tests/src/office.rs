//! A whole office in this process, over a store in a folder that goes with it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use signer::service::{Checking, Raising};
use tempfile::TempDir;
use vanthu::demo::SetClock;
use vanthu::keys::{self, Keys};
use vanthu::office::{Office, Plan, keys_under};
use vanthu::role::Role;

use crate::binary;
use crate::world::{MORNING_MS, Time, World};

/// An open office with its people.
pub struct OneProcess {
    /// The people and their clients.
    pub world: World,
    /// The clock, which only the test moves.
    pub clock: SetClock,
    /// What is open.
    pub office: Office,
    /// The keys of the office.
    pub keys: Keys,
    dir: TempDir,
}

impl OneProcess {
    /// An office whose agency is founded and staffed.
    ///
    /// # Panics
    /// When anything fails.
    pub async fn staffed() -> Self {
        let mut one = Self::unfounded().await;
        let code = one.office.founding_code.clone().expect("directory is here");
        let trust = one.data().join("trust");
        one.world.settle(&code, &trust).await.expect("the agency is staffed");
        one
    }

    /// An office without its agency.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn unfounded() -> Self {
        let dir = tempfile::tempdir().expect("a scratch folder");
        let clock = SetClock::new(MORNING_MS);
        let keys = keys::load_or_make(&keys_under(dir.path())).expect("keys");
        let office = open(dir.path(), &clock, keys.clone(), None, None).await;
        let world = World::new(office.peers.clone(), Time::Set(clock.clone()));
        Self { world, clock, office, keys, dir }
    }

    /// The data directory.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.dir.path().to_path_buf()
    }

    /// Closes the office and opens it again over the same store: sessions and mandates are gone, records are not.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn reopened(self) -> Self {
        self.reopened_at(None).await
    }

    /// As [`OneProcess::reopened`], with issued documents raised from now on.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn reopened_at(self, raising: Option<Raising>) -> Self {
        self.reopened_with(raising, None).await
    }

    /// As [`OneProcess::reopened`], with authorities asked about received documents from now on.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn reopened_asking(self, checking: Option<Checking>) -> Self {
        self.reopened_with(None, checking).await
    }

    async fn reopened_with(self, raising: Option<Raising>, checking: Option<Checking>) -> Self {
        let Self { world, clock, office, keys, dir } = self;
        let people = world.detached();
        office.close().await;
        let office = open(dir.path(), &clock, keys.clone(), raising, checking).await;
        let world = people.attached(office.peers.clone());
        Self { world, clock, office, keys, dir }
    }

    /// Closes the office and gives its folder.
    pub async fn closed(self) -> TempDir {
        let Self { world, office, dir, .. } = self;
        drop(world);
        office.close().await;
        dir
    }
}

async fn open(
    data: &Path,
    clock: &SetClock,
    keys: Keys,
    raising: Option<Raising>,
    checking: Option<Checking>,
) -> Office {
    let plan = Plan {
        data: data.to_path_buf(),
        roles: BTreeSet::from(Role::ALL),
        peers: BTreeMap::new(),
        keys,
        clock: clock.clock(),
        worker: binary::vanthu(),
        demo: false,
        raising,
        checking,
    };
    Office::open(plan).await.expect("the office opens")
}
