//! Filters as firmware has them: no allocator, no standard library.
#![no_std]

use filterbank::filterbank;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    loop {}
}

/// Four fixed sections on `f32`, with a constant for the filter and for its state.
#[cfg(feature = "fixed")]
mod fixed {
    use filterbank::section::SectionState;

    super::filterbank! {
        pub struct Speaker: cascade(sample_rate = 48_000.0) {
            subsonic: highpass(butterworth(order = 4), cutoff = 40.0),
            box_peak: peak(center = 180.0, q = 1.4, gain_db = -4.0),
            air: high_shelf(cutoff = 9_000.0, q = 0.7, gain_db = 3.0),
        }
    }

    static SPEAKER: Speaker<f32> = Speaker::new_f32();
    const REST: SpeakerState<f32> =
        SpeakerState::<f32>::new([SectionState::<f32>::REST; Speaker::SECTIONS]);

    #[unsafe(no_mangle)]
    pub fn reset(state: &mut SpeakerState<f32>) {
        *state = REST;
    }

    #[unsafe(no_mangle)]
    pub fn process(state: &mut SpeakerState<f32>, block: &mut [f32]) {
        SPEAKER.process(state, block);
    }
}

/// A peak and a shelf with knobs: as biquads, and as state-variable filters in motion.
#[cfg(any(feature = "tuned", feature = "moving"))]
mod tuned {
    super::filterbank! {
        pub struct Tone: cascade(sample_rate = 48_000.0) {
            body: peak(
                center = tune(250.0 in 60.0..=2_000.0), q = 1.0, gain_db = tune(0.0 in -12.0..=12.0)
            ),
            air: high_shelf(cutoff = 8_000.0, q = 0.7, gain_db = tune(0.0 in -12.0..=12.0)),
        }
    }

    #[cfg(feature = "tuned")]
    #[unsafe(no_mangle)]
    pub fn retune(tone: &mut Tone<f32>, params: &[f32; 3]) -> bool {
        let Ok(tuned) = Tone::from_params(params) else { return false };
        *tone = tuned;
        true
    }

    #[cfg(feature = "moving")]
    use filterbank::section::{SvfCascade, SvfState};

    #[cfg(feature = "moving")]
    type Channel = [SvfState<f32>; Tone::SECTIONS];

    #[cfg(feature = "moving")]
    #[unsafe(no_mangle)]
    pub static REST: Channel = [SvfState::<f32>::REST; Tone::SECTIONS];

    #[cfg(feature = "moving")]
    #[unsafe(no_mangle)]
    pub fn retune(tone: &mut SvfCascade<f32, { Tone::SECTIONS }>, params: &[f32; 3]) -> bool {
        let Ok(tuned) = Tone::svf_from_params(params) else { return false };
        *tone = tuned;
        true
    }

    #[cfg(feature = "moving")]
    #[unsafe(no_mangle)]
    pub fn process(
        tone: &SvfCascade<f32, { Tone::SECTIONS }>,
        states: &mut Channel,
        block: &mut [f32],
    ) {
        tone.process(states, block);
    }
}
