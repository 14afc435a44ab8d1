//! The disk of the machine.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::{DirectoryEntry, Disk, DiskError, DiskFile, Metadata, Operation};

/// New files: the service reads and writes, its group reads, nobody else.
const FILE_MODE: u32 = 0o640;
/// Files that never change again.
const FILE_MODE_READ_ONLY: u32 = 0o440;
/// New directories.
const DIRECTORY_MODE: u32 = 0o750;

/// The disk of the machine, by way of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealDisk;

#[derive(Debug)]
struct RealFile {
    file: File,
    path: PathBuf,
    length: u64,
}

fn at<T>(operation: Operation, path: &Path, result: io::Result<T>) -> Result<T, DiskError> {
    result.map_err(|source| DiskError::new(operation, path, source))
}

impl RealDisk {
    fn boxed(
        operation: Operation,
        path: &Path,
        file: io::Result<File>,
    ) -> Result<Box<dyn DiskFile>, DiskError> {
        let file = at(operation, path, file)?;
        let length = at(Operation::Len, path, file.metadata())?.len();
        Ok(Box::new(RealFile { file, path: path.to_owned(), length }))
    }
}

impl Disk for RealDisk {
    fn create(&self, path: &Path) -> Result<Box<dyn DiskFile>, DiskError> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create_new(true).mode(FILE_MODE).open(path);
        Self::boxed(Operation::Create, path, file)
    }

    fn open(&self, path: &Path) -> Result<Box<dyn DiskFile>, DiskError> {
        Self::boxed(Operation::Open, path, File::open(path))
    }

    fn open_writable(&self, path: &Path) -> Result<Box<dyn DiskFile>, DiskError> {
        Self::boxed(Operation::Open, path, OpenOptions::new().read(true).write(true).open(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<(), DiskError> {
        at(Operation::Rename, from, fs::rename(from, to))
    }

    fn hard_link(&self, existing: &Path, new: &Path) -> Result<(), DiskError> {
        at(Operation::HardLink, existing, fs::hard_link(existing, new))
    }

    fn remove(&self, path: &Path) -> Result<(), DiskError> {
        at(Operation::Remove, path, fs::remove_file(path))
    }

    fn create_dir_all(&self, path: &Path) -> Result<(), DiskError> {
        let made = fs::DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(path);
        at(Operation::CreateDirAll, path, made)
    }

    fn sync_dir(&self, path: &Path) -> Result<(), DiskError> {
        at(Operation::SyncDir, path, File::open(path).and_then(|directory| directory.sync_all()))
    }

    fn list(&self, path: &Path) -> Result<Vec<DirectoryEntry>, DiskError> {
        let mut entries = Vec::new();
        for entry in at(Operation::List, path, fs::read_dir(path))? {
            let entry = at(Operation::List, path, entry)?;
            let is_directory = at(Operation::List, path, entry.file_type())?.is_dir();
            // A name that is not UTF-8 is none of ours.
            if let Ok(name) = entry.file_name().into_string() {
                entries.push(DirectoryEntry { name, is_directory });
            }
        }
        entries.sort();
        Ok(entries)
    }

    fn metadata(&self, path: &Path) -> Result<Option<Metadata>, DiskError> {
        match fs::metadata(path) {
            Ok(found) => Ok(Some(Metadata {
                is_directory: found.is_dir(),
                length: found.len(),
                modified_ms: found.mtime() * 1000 + found.mtime_nsec() / 1_000_000,
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DiskError::new(Operation::Metadata, path, error)),
        }
    }

    fn set_read_only(&self, path: &Path) -> Result<(), DiskError> {
        let set = fs::set_permissions(path, fs::Permissions::from_mode(FILE_MODE_READ_ONLY));
        at(Operation::SetReadOnly, path, set)
    }
}

impl DiskFile for RealFile {
    fn append(&mut self, bytes: &[u8]) -> Result<(), DiskError> {
        at(Operation::Append, &self.path, self.file.write_all_at(bytes, self.length))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        at(Operation::WriteAt, &self.path, self.file.write_all_at(bytes, offset))?;
        self.length = self.length.max(offset + bytes.len() as u64);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), DiskError> {
        at(Operation::Sync, &self.path, self.file.sync_data())
    }

    fn truncate(&mut self, length: u64) -> Result<(), DiskError> {
        at(Operation::Truncate, &self.path, self.file.set_len(length))?;
        self.length = length;
        Ok(())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, DiskError> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(&mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(DiskError::new(Operation::ReadAt, &self.path, error)),
            }
        }
        Ok(filled)
    }

    fn len(&self) -> Result<u64, DiskError> {
        Ok(at(Operation::Len, &self.path, self.file.metadata())?.len())
    }
}
