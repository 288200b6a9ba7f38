//! Output files: written under another name until they are complete, and never over a file that
//! must be kept.

use std::ffi::OsString;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// An output file. Dropped without [`commit`](Destination::commit), it leaves nothing behind.
pub struct Destination {
    /// As the user gave it, for messages.
    path: PathBuf,
    /// The same with links resolved.
    target: PathBuf,
    /// The file being written, next to the target so that it can be renamed.
    partial: PathBuf,
    force: bool,
}

impl Destination {
    /// Makes sure that writing `path` loses nothing: not `input`, and no other file without
    /// `force`.
    pub fn new(path: &Path, input: Option<&Path>, force: bool) -> Result<Self, Failure> {
        let unwritable = |error: io::Error| Failure::unwritable(path, error);
        let mut target = path.to_path_buf();
        if fs::symlink_metadata(path).is_ok() {
            target = fs::canonicalize(path).map_err(unwritable)?;
            if input.and_then(|input| fs::canonicalize(input).ok()) == Some(target.clone()) {
                return Err(Failure::file(path, "is the input: write to another file"));
            }
            if !fs::metadata(&target).map_err(unwritable)?.is_file() {
                return Err(Failure::file(path, "exists and is not a file"));
            }
            if !force {
                return Err(exists(path));
            }
        }
        let Some(name) = target.file_name() else {
            return Err(Failure::file(path, "is not the name of a file"));
        };
        let mut partial = OsString::from(name);
        partial.push(format!(".{}.partial", std::process::id()));
        let partial = target.with_file_name(partial);
        Ok(Self { path: path.into(), target, partial, force })
    }

    /// The file to write to.
    pub fn create(&self) -> Result<File, Failure> {
        File::create_new(&self.partial).map_err(|error| self.unwritable(error))
    }

    /// Gives the written file its name.
    pub fn commit(self) -> Result<(), Failure> {
        let unwritable = |error| self.unwritable(error);
        if self.force {
            return fs::rename(&self.partial, &self.target).map_err(unwritable);
        }
        // Unlike a rename, a link never replaces a file that appeared in the meantime.
        match fs::hard_link(&self.partial, &self.target) {
            Ok(()) => Ok(()), // Dropping `self` removes the other name.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists(&self.path)),
            // Not every file system has links.
            Err(_) if fs::symlink_metadata(&self.target).is_ok() => Err(exists(&self.path)),
            Err(_) => fs::rename(&self.partial, &self.target).map_err(unwritable),
        }
    }

    /// A problem with the output, under the name the user gave.
    pub fn failure(&self, problem: impl Display) -> Failure {
        Failure::file(&self.path, problem)
    }

    /// An error of writing, under the name the user gave.
    pub fn unwritable(&self, error: impl Display) -> Failure {
        Failure::unwritable(&self.path, error)
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        // A renamed file is gone already.
        let _ = fs::remove_file(&self.partial);
    }
}

/// Writes a whole file, in place of any that is there.
pub fn write(path: &Path, contents: impl AsRef<[u8]>) -> Result<(), Failure> {
    // Devices and pipes have no other name to be written under.
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return fs::write(path, contents).map_err(|error| Failure::unwritable(path, error));
    }
    let destination = Destination::new(path, None, true)?;
    let written = destination.create()?.write_all(contents.as_ref());
    written.map_err(|error| destination.unwritable(error))?;
    destination.commit()
}

fn exists(path: &Path) -> Failure {
    Failure::file(path, "exists already: give --force to replace it")
}
