//! WAV files as blocks of samples, a `Vec<f64>` for each channel; full scale is 1.

use std::fs::File;
use std::io::{BufReader, Chain, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use hound::WavReader;

use super::encoding::Encoding;
use crate::shared::failure::Failure;

/// Frames (a sample of every channel) in a block.
pub const BLOCK: usize = 4096;

/// The longest format chunk that hound supports.
const LONGEST_FORMAT: u32 = 40;

/// A WAV file, open for reading.
pub struct Source {
    path: PathBuf,
    reader: WavReader<Chain<Cursor<Vec<u8>>, BufReader<File>>>,
    encoding: Encoding,
}

impl Source {
    /// Opens a file and checks that it holds as much audio as its header declares.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let failure = |error| read_failure(path, error);
        let file = File::open(path).map_err(|error| failure(error.into()))?;
        let mut file = BufReader::new(file);

        let header = Header::read(&mut file).map_err(failure)?;
        let reader = WavReader::new(header.to_reader().chain(file)).map_err(failure)?;
        let spec = reader.spec();
        if spec.sample_rate == 0 {
            return Err(Failure::wrong_file(path, "has a sample rate of 0 Hz"));
        }
        let encoding = Encoding::of(spec).filter(|encoding| {
            // hound reads the lower bytes of padded samples, but the sample is in the upper bytes.
            encoding.frame_bytes(spec.channels) == header.frame_bytes()
        });
        let Some(encoding) = encoding else {
            return Err(failure(hound::Error::Unsupported));
        };
        let frames = reader.duration();
        if frames == 0 {
            return Err(Failure::wrong_file(path, "holds no audio (0 frames)"));
        }
        let held = header.held / header.frame_bytes();
        if held < frames.into() {
            let problem = format!("is truncated: it holds {held} of {frames} frames");
            return Err(Failure::wrong_file(path, problem));
        }
        Ok(Self { path: path.into(), reader, encoding })
    }

    /// The encoding of samples.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Number of channels.
    pub fn channels(&self) -> u16 {
        self.reader.spec().channels
    }

    /// Samples of a channel per second.
    pub fn sample_rate(&self) -> u32 {
        self.reader.spec().sample_rate
    }

    /// Samples of a channel in the whole file.
    pub fn frames(&self) -> u32 {
        self.reader.duration()
    }

    /// Replaces the contents of `channels` by the next block, which is empty at the end.
    pub fn read(&mut self, channels: &mut [Vec<f64>]) -> Result<(), Failure> {
        match self.encoding {
            Encoding::Float => {
                let samples = self.reader.samples::<f32>();
                deinterleave(samples.map(|x| x.map(f64::from)), channels)
            }
            Encoding::Int { .. } => {
                let full_scale = self.encoding.full_scale();
                let samples = self.reader.samples::<i32>();
                deinterleave(samples.map(|x| x.map(|x| f64::from(x) / full_scale)), channels)
            }
        }
        .map_err(|error| read_failure(&self.path, error))
    }
    /// The rest of the file: all samples of each channel.
    pub fn read_all(mut self) -> Result<Vec<Vec<f64>>, Failure> {
        let mut whole = vec![Vec::new(); usize::from(self.channels())];
        let mut block = whole.clone();
        loop {
            self.read(&mut block)?;
            if block.iter().all(Vec::is_empty) {
                return Ok(whole);
            }
            for (whole, block) in whole.iter_mut().zip(&block) {
                whole.extend_from_slice(block);
            }
        }
    }
}

/// The chunks `fmt ` and `data`. They are read here because hound fails on chunks of odd length
/// before the data and takes the value for an unknown length as a length.
struct Header {
    /// The format chunk with its own header; empty if there is none.
    format: Vec<u8>,
    /// Bytes of samples.
    length: u32,
    /// Bytes left in the file.
    held: u64,
}

impl Header {
    /// Reads up to the first sample.
    fn read(file: &mut BufReader<File>) -> hound::Result<Self> {
        hound::read_wave_header(file)?;
        let mut format = Vec::new();
        loop {
            let mut kind = [0; 4];
            let mut length = [0; 4];
            file.read_exact(&mut kind)?;
            file.read_exact(&mut length)?;
            let length = u32::from_le_bytes(length);
            if &kind == b"data" {
                let held = file.get_ref().metadata()?.len().saturating_sub(file.stream_position()?);
                return Ok(Self { format, length, held }.known_length());
            }
            let mut rest = i64::from(length) + i64::from(length % 2);
            if &kind == b"fmt " {
                let known = length.min(LONGEST_FORMAT);
                format = [kind, known.to_le_bytes()].concat();
                file.take(known.into()).read_to_end(&mut format)?;
                rest -= i64::from(known);
            }
            file.seek_relative(rest)?;
        }
    }

    /// Programs that write to a pipe do not know the length and write the largest number of 31 or
    /// 32 bits: the audio then extends to the end of the file.
    fn known_length(mut self) -> Self {
        if self.length == u32::MAX || (0x7ffe_f000..=0x7fff_f000).contains(&self.length) {
            let most = self.held.min(self.length.into());
            let whole = most - most.checked_rem(self.frame_bytes()).unwrap_or(0);
            self.length = u32::try_from(whole).unwrap_or(self.length);
        }
        self
    }

    /// Bytes of a frame, from the format chunk; 0 if there is none.
    fn frame_bytes(&self) -> u64 {
        let field = self.format.get(20..22).and_then(|bytes| bytes.try_into().ok());
        u64::from(field.map_or(0, u16::from_le_bytes))
    }

    /// The beginning of a file for hound, up to the first sample.
    fn to_reader(&self) -> Cursor<Vec<u8>> {
        let length = self.length.to_le_bytes();
        Cursor::new([b"RIFF\0\0\0\0WAVE", &self.format[..], b"data", &length].concat())
    }
}

fn deinterleave(
    mut samples: impl Iterator<Item = hound::Result<f64>>,
    channels: &mut [Vec<f64>],
) -> hound::Result<()> {
    channels.iter_mut().for_each(Vec::clear);
    for _ in 0..BLOCK {
        for channel in &mut *channels {
            let Some(sample) = samples.next() else { return Ok(()) };
            channel.push(sample?);
        }
    }
    Ok(())
}

fn read_failure(path: &Path, error: hound::Error) -> Failure {
    let problem = match error {
        hound::Error::IoError(error) if error.raw_os_error().is_some() => {
            format!("cannot be read: {error}")
        }
        // The end of the file, which is not a system error.
        hound::Error::IoError(_) => "ends too early: it is truncated, or not a WAV file".into(),
        hound::Error::FormatError(reason) => format!("is not a valid WAV file: {reason}"),
        _ => "has an unsupported format; integers of 8, 16, 24 and 32 bits (without padding) and \
              32-bit float are read"
            .into(),
    };
    Failure::wrong_file(path, problem)
}
