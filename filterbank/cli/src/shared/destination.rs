//! Output files: without a name or under a temporary one until they are complete, and never over a
//! file that must be kept.

use std::ffi::OsString;
use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::input::is_standard;
use super::output::print;
use super::unnamed;

/// An output file. Without [`commit`](Destination::commit), it is removed on drop.
pub struct Destination {
    /// As the user gave it, for messages.
    path: PathBuf,
    /// The same with links resolved.
    target: PathBuf,
    /// A name next to the target, so that it can be renamed: of the file being written, unless it
    /// has no name.
    partial: PathBuf,
    /// The file being written, if it has no name.
    unnamed: Option<File>,
    force: bool,
}

impl Destination {
    /// Checks that writing `path` does not replace `input`, or, without `force`, any other file.
    pub fn new(path: &Path, input: Option<&Path>, force: bool) -> Result<Self, Failure> {
        let unwritable = |error: io::Error| Failure::unwritable(path, error);
        let mut target = path.to_path_buf();
        if fs::symlink_metadata(path).is_ok() {
            target = fs::canonicalize(path).map_err(unwritable)?;
            if input.and_then(|input| fs::canonicalize(input).ok()) == Some(target.clone()) {
                return Err(is_input(path));
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
        Ok(Self { path: path.into(), target, partial, unnamed: None, force })
    }

    /// The file to write to.
    pub fn create(&mut self) -> Result<File, Failure> {
        self.unnamed = unnamed::create(self.folder());
        match &self.unnamed {
            Some(file) => file.try_clone(),
            None => File::create_new(&self.partial),
        }
        .map_err(|error| self.unwritable(error))
    }

    fn folder(&self) -> &Path {
        let folder = self.target.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.unwrap_or(Path::new("."))
    }

    /// Gives the written file its name.
    pub fn commit(self) -> Result<(), Failure> {
        let unwritable = |error| self.unwritable(error);
        if let Some(file) = &self.unnamed {
            // A link never replaces a file; a rename does.
            let name = if self.force { &self.partial } else { &self.target };
            match unnamed::link(file, name) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    return Err(exists(&self.path));
                }
                linked => linked.map_err(unwritable)?,
            }
            if !self.force {
                return Ok(());
            }
        }
        if self.force {
            return fs::rename(&self.partial, &self.target).map_err(unwritable);
        }
        // Unlike a rename, a link never replaces a file that was created in the meantime.
        match fs::hard_link(&self.partial, &self.target) {
            Ok(()) => Ok(()), // Dropping `self` removes the other name.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists(&self.path)),
            // Not every file system has links.
            Err(_) if fs::symlink_metadata(&self.target).is_ok() => Err(exists(&self.path)),
            Err(_) => fs::rename(&self.partial, &self.target).map_err(unwritable),
        }
    }

    /// A problem with the output, with the name that the user gave.
    pub fn failure(&self, problem: impl Display) -> Failure {
        Failure::file(&self.path, problem)
    }

    /// A write error, with the name that the user gave.
    pub fn unwritable(&self, error: impl Display) -> Failure {
        Failure::unwritable(&self.path, error)
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        // After a rename there is no file to remove.
        let _ = fs::remove_file(&self.partial);
    }
}

/// An output that can be written: nothing is in the way.
pub enum Output {
    /// Standard output, by the name `-`.
    Standard,
    /// A device or a pipe.
    Device(PathBuf),
    /// A file, still empty and without its name.
    File(Destination, File),
}

impl Output {
    /// Makes sure that a file can be written, and replaces no other file without `force`.
    pub fn prepare(path: &Path, force: bool) -> Result<Self, Failure> {
        if is_standard(path) {
            return Ok(Self::Standard);
        }
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            return Ok(Self::Device(path.into()));
        }
        let mut destination = Destination::new(path, None, force)?;
        let file = destination.create()?;
        Ok(Self::File(destination, file))
    }

    /// Writes everything.
    pub fn write(self, contents: &str) -> Result<(), Failure> {
        match self {
            Self::Standard => print(contents),
            Self::Device(path) => {
                fs::write(&path, contents).map_err(|error| Failure::unwritable(&path, error))
            }
            Self::File(destination, mut file) => {
                let written = file.write_all(contents.as_bytes());
                written.map_err(|error| destination.unwritable(error))?;
                destination.commit()
            }
        }
    }
}

/// Writes a whole file where there is none. One with the same contents counts as written.
pub fn write_new(path: &Path, contents: &str) -> Result<(), Failure> {
    match fs::read(path) {
        Ok(found) if found == contents.as_bytes() => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Output::prepare(path, false)?.write(contents)
        }
        _ => Err(Failure::file(path, "exists already with other contents: move it away")),
    }
}

/// Makes sure that no output is an input, or the same file as another output.
pub fn check_apart<'a>(inputs: &[&'a Path], outputs: &[&'a Path]) -> Result<(), Failure> {
    let mut standard = outputs.iter().filter(|path| is_standard(path));
    if standard.nth(1).is_some() {
        return Err(Failure::usage("standard output is the output twice: give each its own file"));
    }
    let files = |paths: &[&'a Path]| -> Vec<&'a Path> {
        paths.iter().copied().filter(|path| !is_standard(path)).collect()
    };
    let inputs: Vec<_> = files(inputs).into_iter().map(identity).collect();
    let mut seen = Vec::new();
    for path in files(outputs) {
        let Some(file) = identity(path) else { continue };
        if inputs.contains(&Some(file.clone())) {
            return Err(is_input(path));
        }
        if seen.contains(&file) {
            return Err(Failure::wrong_file(path, "is the output twice: give each its own file"));
        }
        seen.push(file);
    }
    Ok(())
}

/// The one path of a file, whether it exists or not; `None` for devices and pipes, which lose
/// nothing when they are written.
fn identity(path: &Path) -> Option<PathBuf> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => None,
        Ok(_) => fs::canonicalize(path).ok(),
        Err(_) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).ok()?;
            path.file_name().map(|name| folder.join(name))
        }
    }
}

fn is_input(path: &Path) -> Failure {
    Failure::wrong_file(path, "is the input: write to another file")
}

fn exists(path: &Path) -> Failure {
    Failure::file(path, "exists already: give --force to replace it")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::path::PathBuf;

    use super::{Destination, Output};

    /// An empty folder.
    fn folder(test: &str) -> PathBuf {
        let name = format!("filterbank_destination_{test}_{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("it can be created");
        folder
    }

    #[test]
    fn a_file_appears_when_it_is_complete() {
        let folder = folder("complete");
        let path = folder.join("file");
        let mut destination = Destination::new(&path, None, false).expect("nothing is in the way");
        let mut file = destination.create().expect("it can be created");
        file.write_all(b"whole").expect("it can be written");
        assert!(!path.exists());
        destination.commit().expect("nothing is in the way");
        assert_eq!(fs::read(&path).expect("it is there"), b"whole");
        assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 1);
        fs::remove_dir_all(folder).expect("it is there");
    }

    #[test]
    fn an_abandoned_file_leaves_nothing() {
        let folder = folder("abandoned");
        let path = folder.join("file");
        let mut destination = Destination::new(&path, None, false).expect("nothing is in the way");
        destination.create().expect("it can be created");
        drop(destination);
        assert_eq!(fs::read_dir(&folder).expect("it is there").count(), 0);
        fs::remove_dir_all(folder).expect("it is there");
    }

    #[test]
    fn a_file_that_appeared_in_the_meantime_is_kept() {
        let folder = folder("meantime");
        let path = folder.join("file");
        let mut destination = Destination::new(&path, None, false).expect("nothing is in the way");
        destination.create().expect("it can be created");
        fs::write(&path, "other").expect("it can be written");
        let failure = destination.commit().expect_err("it must not be replaced");
        assert!(failure.to_string().contains("--force"), "{failure}");
        assert_eq!(fs::read(&path).expect("it is there"), b"other");
        fs::remove_dir_all(folder).expect("it is there");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed() {
        let folder = folder("links");
        let (target, link) = (folder.join("target"), folder.join("link"));
        fs::write(&target, "old").expect("it can be written");
        std::os::unix::fs::symlink(&target, &link).expect("it can be made");
        let output = Output::prepare(&link, true).expect("it can be replaced");
        output.write("new").expect("it can be written");
        assert_eq!(fs::read(&target).expect("it is there"), b"new");
        assert!(link.is_symlink());
        fs::remove_dir_all(folder).expect("it is there");
    }
}
