//! Files without a name, which vanish with the process that writes them, and get their name when
//! they are complete. Linux has them on most file systems.

use std::fs::File;
use std::io;
use std::path::Path;

/// A new file without a name in a folder; `None` where there are none.
#[cfg(target_os = "linux")]
pub fn create(folder: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags};

    // Without it the file could not be given a name.
    if !Path::new("/proc/self/fd").exists() {
        return None;
    }
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    rustix::fs::open(folder, flags, Mode::from_raw_mode(0o666)).ok().map(File::from)
}

/// Gives a file its name, unless another file has it.
#[cfg(target_os = "linux")]
pub fn link(file: &File, name: &Path) -> io::Result<()> {
    use std::os::fd::AsRawFd;

    use rustix::fs::{AtFlags, CWD};

    let unnamed = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(rustix::fs::linkat(CWD, unnamed, CWD, name, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
pub fn create(_folder: &Path) -> Option<File> {
    None
}

#[cfg(not(target_os = "linux"))]
pub fn link(_file: &File, _name: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
