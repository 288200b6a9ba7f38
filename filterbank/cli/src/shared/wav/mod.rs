//! WAV files: reading and writing in blocks.

mod encoding;
mod read;
mod write;

pub use encoding::Encoding;
pub use read::{BLOCK, Source};
pub use write::Sink;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{Encoding, Sink, Source};
    use crate::shared::destination::Destination;

    /// The path of a test's file.
    fn path(test: &str) -> PathBuf {
        std::env::temp_dir().join(format!("filterbank_wav_{test}_{}.wav", std::process::id()))
    }

    fn write(path: &Path, encoding: Encoding, channels: &[Vec<f64>]) {
        let destination = Destination::new(path, None, true).expect("it can be written");
        let frames = u32::try_from(channels[0].len()).expect("few");
        let count = u16::try_from(channels.len()).expect("few");
        let mut sink = Sink::create(destination, encoding, (count, 44_100, frames), false)
            .expect("it can be written");
        sink.write(channels).expect("it can be written");
        assert_eq!(sink.clipped(), 0);
        sink.finish().expect("it can be written");
    }

    /// A file with these chunks between its head and its samples, 16 bits.
    fn bytes(chunks: &[u8], length: u32, samples: &[i16]) -> Vec<u8> {
        let format = [
            &b"fmt "[..],
            &16_u32.to_le_bytes(),
            &1_u16.to_le_bytes(),
            &1_u16.to_le_bytes(),
            &44_100_u32.to_le_bytes(),
            &88_200_u32.to_le_bytes(),
            &2_u16.to_le_bytes(),
            &16_u16.to_le_bytes(),
        ]
        .concat();
        let samples: Vec<u8> = samples.iter().flat_map(|x| x.to_le_bytes()).collect();
        let head = b"RIFF\0\0\0\0WAVE";
        [head, &format[..], chunks, b"data", &length.to_le_bytes(), &samples].concat()
    }

    fn read_bytes(test: &str, bytes: &[u8]) -> Result<Vec<Vec<f64>>, String> {
        let path = path(test);
        fs::write(&path, bytes).expect("it can be written");
        let read = Source::open(&path).and_then(Source::read_all);
        fs::remove_file(path).expect("it is there");
        read.map_err(|failure| failure.to_string())
    }

    #[test]
    fn every_encoding_gives_back_its_samples() {
        let path = path("encodings");
        // Longer than a block; exact in 8 bits.
        let left: Vec<f64> = (0..5_000).map(|n| f64::from(n % 255 - 128) / 128.0).collect();
        let right: Vec<f64> = left.iter().rev().copied().collect();
        let channels = [left, right];
        let encodings = [8, 16, 24, 32].map(|bits| Encoding::Int { bits });
        for encoding in encodings.into_iter().chain([Encoding::Float]) {
            write(&path, encoding, &channels);
            let source = Source::open(&path).expect("it was written");
            assert_eq!(source.encoding(), encoding);
            assert_eq!(
                (source.channels(), source.sample_rate(), source.frames()),
                (2, 44_100, 5_000)
            );
            assert!(source.read_all().expect("it is whole") == channels, "{encoding}");
        }
        fs::remove_file(path).expect("it is there");
    }

    #[test]
    fn files_of_other_programs_are_read() {
        let expected = Ok(vec![vec![0.5, -1.0]]);
        let samples = [16_384, -32_768];
        assert_eq!(read_bytes("plain", &bytes(&[], 4, &samples)), expected);
        // A chunk of odd length is padded.
        let odd = [&b"note"[..], &3_u32.to_le_bytes(), b"abc\0"].concat();
        assert_eq!(read_bytes("odd", &bytes(&odd, 4, &samples)), expected);
        // Written to a pipe: the length is unknown.
        for length in [u32::MAX, 0x7fff_f000] {
            assert_eq!(read_bytes("pipe", &bytes(&[], length, &samples)), expected);
        }
    }

    #[test]
    fn truncated_files_are_refused() {
        let whole = bytes(&[], 400, &[1; 200]);
        assert!(read_bytes("whole", &whole).is_ok());
        for (length, problem) in [
            (whole.len() - 2, "it holds 199 of 200 frames"),
            (30, "ends too early"),
            (0, "ends too early"),
        ] {
            let failure = read_bytes("truncated", &whole[..length]).expect_err("it is not whole");
            assert!(failure.contains(problem), "{failure}");
        }
    }
}
