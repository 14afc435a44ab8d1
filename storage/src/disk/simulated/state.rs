//! What a simulated disk holds, and what of it survives a power cut.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk::random::Random;
use crate::disk::{DiskError, Operation, SECTOR_BYTES};

#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) files: BTreeMap<u64, Content>,
    pub(super) names: BTreeMap<PathBuf, Node>,
    pub(super) durable_names: BTreeMap<PathBuf, Node>,
    pub(super) pending_names: Vec<Vec<(PathBuf, Option<Node>)>>,
    pub(super) next_file: u64,
    pub(super) random: Random,
    pub(super) now_ms: i64,
    pub(super) calls: u64,
    pub(super) powered: bool,
    /// Counts power cuts: a handle from before one is dead.
    pub(super) life: u64,
    pub(super) fail_in: Option<u64>,
    pub(super) fail_operation: Option<(Operation, u64)>,
    pub(super) power_off_in: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    File(u64),
    Directory,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    pub(super) current: Vec<u8>,
    pub(super) durable: Vec<u8>,
    pub(super) pending: Vec<Change>,
    pub(super) modified_ms: i64,
    pub(super) read_only: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate(usize),
}

impl Change {
    pub(super) fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => put(content, *offset, bytes),
            Self::Truncate(length) => content.truncate(*length),
        }
    }
}

fn put(content: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if content.len() < end {
        content.resize(end, 0);
    }
    content[offset..end].copy_from_slice(bytes);
}

impl Content {
    pub(super) fn change(&mut self, change: Change, now_ms: i64) {
        change.apply(&mut self.current);
        self.pending.push(change);
        self.modified_ms = now_ms;
    }

    pub(super) fn settle(&mut self) {
        for change in self.pending.drain(..) {
            change.apply(&mut self.durable);
        }
    }

    /// Lets chance decide, sector by sector, what of the waiting writes reaches the drive.
    pub(super) fn settle_by_chance(&mut self, random: &mut Random) {
        let chance = [0, 50, 90, 100][usize::try_from(random.below(4)).unwrap_or(0)];
        for change in std::mem::take(&mut self.pending) {
            match change {
                Change::Write { offset, bytes } => {
                    let mut done = 0;
                    while done < bytes.len() {
                        let at = offset + done;
                        let room = SECTOR_BYTES - at % SECTOR_BYTES;
                        let piece = &bytes[done..bytes.len().min(done + room)];
                        if random.percent(chance) {
                            put(&mut self.durable, at, piece);
                        }
                        done += piece.len();
                    }
                    // The length may be written without the data.
                    if random.percent(20) && self.durable.len() < offset + bytes.len() {
                        self.durable.resize(offset + bytes.len(), 0);
                    }
                }
                Change::Truncate(length) => {
                    if random.percent(chance) {
                        self.durable.truncate(length);
                    }
                }
            }
        }
    }
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            files: BTreeMap::new(),
            names: BTreeMap::new(),
            durable_names: BTreeMap::new(),
            pending_names: Vec::new(),
            next_file: 0,
            random: Random::new(seed),
            now_ms: 0,
            calls: 0,
            powered: true,
            life: 0,
            fail_in: None,
            fail_operation: None,
            power_off_in: None,
        }
    }

    pub(super) fn begin(&mut self, operation: Operation, path: &Path) -> Result<(), DiskError> {
        let error = |text: &str| Err(DiskError::new(operation, path, io::Error::other(text.to_owned())));
        if !self.powered {
            return error("the power is off");
        }
        self.calls += 1;
        if countdown(&mut self.power_off_in) {
            self.powered = false;
            return error("the power went off");
        }
        if countdown(&mut self.fail_in) {
            return error("simulated failure");
        }
        if let Some((failing, times)) = self.fail_operation
            && failing == operation
        {
            self.fail_operation = times.checked_sub(1).filter(|&left| left > 0).map(|left| (failing, left));
            return error("simulated failure");
        }
        Ok(())
    }

    pub(super) fn name(&mut self, changes: Vec<(PathBuf, Option<Node>)>) {
        apply_names(&mut self.names, &changes);
        self.pending_names.push(changes);
    }

    pub(super) fn is_directory(&self, path: &Path) -> bool {
        path.parent().is_none()
            || path.as_os_str().is_empty()
            || self.names.get(path) == Some(&Node::Directory)
    }

    pub(super) fn parent_exists(&self, path: &Path) -> io::Result<()> {
        match path.parent() {
            Some(parent) if self.is_directory(parent) => Ok(()),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn file_at(&self, path: &Path) -> io::Result<u64> {
        match self.names.get(path) {
            Some(Node::File(file)) => Ok(*file),
            Some(Node::Directory) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn content(&mut self, file: u64) -> io::Result<&mut Content> {
        self.files.get_mut(&file).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn create(&mut self, path: &Path) -> io::Result<u64> {
        self.parent_exists(path)?;
        if self.names.contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = self.next_file;
        self.next_file += 1;
        self.files.insert(file, Content { modified_ms: self.now_ms, ..Content::default() });
        self.name(vec![(path.to_owned(), Some(Node::File(file)))]);
        Ok(file)
    }

    pub(super) fn hard_link(&mut self, existing: &Path, new: &Path) -> io::Result<()> {
        let file = self.file_at(existing)?;
        self.parent_exists(new)?;
        if self.names.contains_key(new) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.name(vec![(new.to_owned(), Some(Node::File(file)))]);
        Ok(())
    }

    pub(super) fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let file = self.file_at(from)?;
        self.parent_exists(to)?;
        if self.names.get(to) == Some(&Node::Directory) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        self.name(vec![(from.to_owned(), None), (to.to_owned(), Some(Node::File(file)))]);
        Ok(())
    }

    /// Makes every change durable that touches the directory, and those before it that touch the
    /// same names.
    pub(super) fn sync_dir(&mut self, path: &Path) -> io::Result<()> {
        if !self.is_directory(path) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut names: Vec<PathBuf> = Vec::new();
        let mut chosen = vec![false; self.pending_names.len()];
        for (index, changes) in self.pending_names.iter().enumerate().rev() {
            if changes.iter().any(|(name, _)| name.parent() == Some(path) || names.contains(name)) {
                chosen[index] = true;
                names.extend(changes.iter().map(|(name, _)| name.clone()));
            }
        }
        for (changes, chosen) in std::mem::take(&mut self.pending_names).into_iter().zip(chosen) {
            if chosen {
                apply_names(&mut self.durable_names, &changes);
            } else {
                self.pending_names.push(changes);
            }
        }
        Ok(())
    }

    pub(super) fn restart(&mut self) {
        let random = &mut self.random;
        let chance = [0, 50, 90, 100][usize::try_from(random.below(4)).unwrap_or(0)];
        for changes in std::mem::take(&mut self.pending_names) {
            if random.percent(chance) {
                apply_names(&mut self.durable_names, &changes);
            }
        }
        // What lay in a directory that is not there is not there either.
        let known = self.durable_names.clone();
        self.durable_names.retain(|path, _| {
            path.ancestors()
                .skip(1)
                .filter(|above| above.parent().is_some())
                .all(|above| known.get(above) == Some(&Node::Directory))
        });
        for content in self.files.values_mut() {
            content.settle_by_chance(random);
            content.current = content.durable.clone();
        }
        self.names = self.durable_names.clone();
        let named: Vec<u64> = self
            .names
            .values()
            .filter_map(|node| match node {
                Node::File(file) => Some(*file),
                Node::Directory => None,
            })
            .collect();
        self.files.retain(|file, _| named.contains(file));
        self.powered = true;
        self.life += 1;
        self.fail_in = None;
        self.fail_operation = None;
        self.power_off_in = None;
    }
}

fn apply_names(names: &mut BTreeMap<PathBuf, Node>, changes: &[(PathBuf, Option<Node>)]) {
    for (path, node) in changes {
        match node {
            Some(node) => names.insert(path.clone(), *node),
            None => names.remove(path),
        };
    }
}

fn countdown(counter: &mut Option<u64>) -> bool {
    match counter {
        Some(0) => {
            *counter = None;
            true
        }
        Some(left) => {
            *left -= 1;
            false
        }
        None => false,
    }
}
