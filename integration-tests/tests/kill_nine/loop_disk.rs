//! A disk of its own: an ext4 image on a loop device. What its file holds is what reached the drive; what the kernel still
//! keeps in memory for the mounted file system is not in it. A copy of the file is the disk after a power cut.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What is there exactly where loop devices can be set up: only root may pass through its own folder.
const LOOP_DEVICES: &str = "/root/../dev/loop-control";
/// Size of the image; only what is written takes room.
const IMAGE_BYTES: u64 = 512 * 1024 * 1024;
/// How often a copy is tried again that was disturbed by writes.
const COPIES_MAX: u32 = 200;

/// A mounted image. Dropped, it is unmounted and its device given back.
pub(crate) struct LoopDisk {
    image: PathBuf,
    device: PathBuf,
    mounted: PathBuf,
}

/// Why there can be no disk here; nothing where there can.
pub(crate) fn why_not() -> Option<String> {
    if std::fs::metadata(LOOP_DEVICES).is_err() {
        return Some("only root may set up loop devices, where there are any".to_owned());
    }
    let dir = tempfile::tempdir().unwrap();
    LoopDisk::made(dir.path()).err()
}

fn run(program: &str, arguments: &[&Path]) -> Result<String, String> {
    let output =
        Command::new(program).args(arguments).output().map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    Err(format!("{program}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

impl LoopDisk {
    /// A new, empty one in `dir`, mounted.
    pub(crate) fn made(dir: &Path) -> Result<Self, String> {
        let image = dir.join("disk.ext4");
        let file = File::create(&image).map_err(|error| error.to_string())?;
        file.set_len(IMAGE_BYTES).map_err(|error| error.to_string())?;
        run("mkfs.ext4", &["-q".as_ref(), "-F".as_ref(), &image])?;
        Self::mount(image, &dir.join("mounted"))
    }

    fn mount(image: PathBuf, mounted: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(mounted).map_err(|error| error.to_string())?;
        let device = run("losetup", &["--find".as_ref(), "--show".as_ref(), &image])?;
        let disk = Self { image, device: PathBuf::from(device), mounted: mounted.to_owned() };
        run("mount", &["-t".as_ref(), "ext4".as_ref(), &disk.device, &disk.mounted])?;
        Ok(disk)
    }

    /// Where it is mounted.
    pub(crate) fn path(&self) -> &Path {
        &self.mounted
    }

    /// Writes that were finished and writes under way, as the kernel counts them.
    fn writes(&self) -> (String, bool) {
        let name = self.device.file_name().unwrap();
        let about = Path::new("/sys/block").join(name);
        let stat = std::fs::read_to_string(about.join("stat")).unwrap();
        let inflight = std::fs::read_to_string(about.join("inflight")).unwrap();
        (stat, inflight.split_whitespace().any(|count| count != "0"))
    }

    /// Copies what has reached the drive. Copied again where a write came in between: no cut sees half of two moments.
    /// Whoever writes should be standing still.
    pub(crate) fn snapshot(&self, to: &Path) {
        for _ in 0..COPIES_MAX {
            let (before, busy) = self.writes();
            if !busy {
                run("cp", &["--sparse=always".as_ref(), &self.image, to]).unwrap();
                let (after, busy) = self.writes();
                // Reading the file reads nothing from the device: all counters stand.
                if before == after && !busy {
                    return;
                }
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the disk never stood still");
    }

    /// The disk after the power came back: what `snapshot` holds, its file system mended from its own journal.
    pub(crate) fn after_the_cut(self, snapshot: &Path) -> Self {
        let (image, mounted) = (self.image.clone(), self.mounted.clone());
        drop(self);
        std::fs::rename(snapshot, &image).unwrap();
        Self::mount(image, &mounted).unwrap()
    }
}

impl Drop for LoopDisk {
    fn drop(&mut self) {
        // The first may find nothing mounted; a process that just ended may hold it for a moment.
        for _ in 0..50 {
            if run("umount", &[&self.mounted]).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = run("losetup", &["--detach".as_ref(), &self.device]);
    }
}
