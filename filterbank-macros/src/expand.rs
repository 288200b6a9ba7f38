//! A checked specification to tokens.
//!
//! What is generated is small: a struct around the library's own cascade or bank with arrays for
//! stores, the baked coefficients, and the way from parameters to sections. Everything else is
//! the library's.

use filterbank_core::grammar::Arrangement;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use crate::checked::{Checked, CheckedBand, Tuned};
use crate::document;
use crate::expression::{
    band_expression, count, number, parameter, quantity, svf_expression, tune_expression, variable,
};
use crate::index::index_name;

/// Where the sections of a band lie.
struct Placed<'a> {
    band: &'a CheckedBand,
    start: usize,
    count: usize,
}

pub(crate) fn expand(checked: &Checked, library: &TokenStream) -> TokenStream {
    let mut start = 0;
    let bands: Vec<Placed> = checked
        .bands
        .iter()
        .map(|band| {
            let count = band.band.section_count();
            start += count;
            Placed { band, start: start - count, count }
        })
        .collect();
    let parts = Parts { checked, library, bands, sections: start };
    let definition = parts.definition();
    let constants = parts.constants();
    let construction = parts.construction();
    let clamping = parts.clamping();
    let access = parts.access();
    let svf = parts.svf();
    let tuning = parts.tuning();
    let at = parts.at();
    quote! {
        #definition
        #constants
        #construction
        #clamping
        #access
        #svf
        #tuning
        #at
    }
}

struct Parts<'a> {
    checked: &'a Checked,
    /// The path of the library crate.
    library: &'a TokenStream,
    bands: Vec<Placed<'a>>,
    /// Sections of all bands.
    sections: usize,
}

impl Parts<'_> {
    fn is_bank(&self) -> bool {
        self.checked.arrangement == Arrangement::Bank
    }

    /// The module of the library that is for generated code. It carries the version, which is the
    /// same for all crates of the library.
    fn codegen(&self) -> TokenStream {
        let library = self.library;
        let module = format_ident!(
            "__codegen_{}_{}_{}",
            env!("CARGO_PKG_VERSION_MAJOR"),
            env!("CARGO_PKG_VERSION_MINOR"),
            env!("CARGO_PKG_VERSION_PATCH"),
        );
        quote!(#library::#module)
    }

    /// The name of the type of its states.
    fn state(&self) -> Ident {
        format_ident!("{}State", self.checked.name)
    }

    /// The library's type that the struct wraps, on the scalar `S`.
    fn inner(&self, scalar: &TokenStream) -> TokenStream {
        let (library, sections) = (self.library, count(self.sections));
        let store = quote!([#library::Section<#scalar>; #sections]);
        if self.is_bank() {
            let bands = count(self.bands.len());
            quote!(#library::Bank<#scalar, #store, [usize; #bands]>)
        } else {
            quote!(#library::Cascade<#scalar, #store>)
        }
    }

    /// An expression that makes the inner type from `sections`, an expression.
    fn make_inner(&self, sections: &TokenStream, sample_rate: &TokenStream) -> TokenStream {
        let codegen = self.codegen();
        if self.is_bank() {
            let ends = self.ends();
            quote!(#codegen::bank(#sections, [#(#ends),*], #sample_rate))
        } else {
            quote!(#codegen::cascade(#sections, #sample_rate))
        }
    }

    /// For each band of a bank, the number of sections up to its last.
    fn ends(&self) -> impl Iterator<Item = Literal> {
        self.bands.iter().map(|placed| count(placed.start + placed.count))
    }

    fn definition(&self) -> TokenStream {
        let Self { checked, library, .. } = self;
        let sections = count(self.sections);
        let Checked { attributes, visibility, name, .. } = checked;
        let docs = document::filter(checked);
        let inner = self.inner(&quote!(S));
        let state = self.state();
        let state_doc = format!(" What a running [`{name}`] remembers, for one channel.");
        let states = quote!([#library::section::SectionState<S>; #sections]);
        let inner_state = quote!(#library::run::FilterState<S, #states>);
        quote! {
            #(#attributes)*
            #(#[doc = #docs])*
            #[derive(
                ::core::clone::Clone,
                ::core::marker::Copy,
                ::core::fmt::Debug,
                ::core::cmp::PartialEq,
            )]
            #visibility struct #name<S = f64>(#inner);

            #[doc = #state_doc]
            #visibility type #state<S = f64> = #inner_state;

            impl<S> ::core::ops::Deref for #name<S> {
                type Target = #inner;

                fn deref(&self) -> &Self::Target {
                    &self.0
                }
            }

            impl<S> ::core::convert::AsRef<[#library::Section<S>]> for #name<S> {
                fn as_ref(&self) -> &[#library::Section<S>] {
                    self.0.as_ref()
                }
            }
        }
    }

    fn constants(&self) -> TokenStream {
        let Self { checked, library, bands, .. } = self;
        let name = &checked.name;
        let (band_count, sections) = (count(bands.len()), count(self.sections));
        let tuned: Vec<_> = self.tuned().collect();
        let params = count(tuned.len());
        let starts = tuned.iter().map(|(_, tuned)| number(tuned.start));
        let names =
            tuned.iter().map(|(band, tuned)| format!("{}.{}", band.label(), tuned.parameter.name));
        let indices = tuned.iter().enumerate().map(|(index, (band, tuned))| {
            let docs = document::index(band, tuned);
            let (name, index) = (index_name(band, tuned.parameter), count(index));
            quote! {
                #(#[doc = #docs])*
                pub const #name: usize = #index;
            }
        });
        let codegen = self.codegen();
        let quantities = tuned.iter().map(|(_, tuned)| quantity(tuned.parameter.quantity, library));
        let bounds = tuned.iter().map(|(_, tuned)| {
            let Some((low, high)) = tuned.bounds else {
                return quote!(#codegen::UNBOUNDED);
            };
            let (low, high) = (number(low), number(high));
            quote!((#low, #high))
        });
        let rate = checked.sample_rate.map(|rate| {
            let rate = number(rate);
            quote! {
                /// Samples per second.
                pub const SAMPLE_RATE: f64 = #rate;
            }
        });
        let baked = checked.sample_rate.map(|_| {
            let rows = bands.iter().flat_map(|placed| &placed.band.coefficients).map(|row| {
                let row = row.map(number);
                quote!([#(#row),*])
            });
            quote! {
                /// The designed sections: rows `[b0, b1, b2, a1, a2]`.
                const BAKED: [[f64; 5]; #sections] = [#(#rows),*];
            }
        });
        quote! {
            impl #name {
                /// Number of bands.
                pub const BANDS: usize = #band_count;
                /// Number of second-order sections, of all bands together.
                pub const SECTIONS: usize = #sections;
                #rate
                /// What is tuned, as it was written: where fitting starts.
                pub const PARAMS: [f64; #params] = [#(#starts),*];
                /// What is tuned: `"band.parameter"`.
                pub const PARAM_NAMES: [&'static str; #params] = [#(#names),*];
                /// The lowest and the highest value of each parameter; infinite where none is
                /// given.
                pub const BOUNDS: [(f64, f64); #params] = [#(#bounds),*];
                /// What each parameter measures: its unit and scale.
                pub const QUANTITIES: [#library::spec::Quantity; #params] = [#(#quantities),*];
                #(#indices)*
                #baked
            }
        }
    }

    /// `new`, `new_f32` and `from_params`.
    fn construction(&self) -> TokenStream {
        if self.checked.sample_rate.is_some() {
            let (new, from_params) = (self.baked_new(), self.baked_from_params());
            quote!(#new #from_params)
        } else {
            let (new, from_params) = (self.rated_new(), self.rated_from_params());
            quote!(#new #from_params)
        }
    }

    fn baked_new(&self) -> TokenStream {
        let (name, codegen) = (&self.checked.name, self.codegen());
        let baked =
            self.make_inner(&quote!(#codegen::baked_f64(&Self::BAKED)), &quote!(Self::SAMPLE_RATE));
        let baked_f32 = self.make_inner(
            &quote!(#codegen::baked_f32(&#name::<f64>::BAKED)),
            &quote!(#name::<f64>::SAMPLE_RATE),
        );
        quote! {
            impl #name {
                /// The filter as it was written, designed when this was compiled.
                #[must_use]
                pub const fn new() -> Self {
                    Self(#baked)
                }
            }

            impl #name<f32> {
                /// The filter as it was written, its coefficients rounded to `f32`.
                #[must_use]
                pub const fn new_f32() -> Self {
                    Self(#baked_f32)
                }
            }

            impl ::core::default::Default for #name {
                fn default() -> Self {
                    Self::new()
                }
            }
        }
    }

    fn rated_new(&self) -> TokenStream {
        let Self { checked, library, .. } = self;
        let name = &checked.name;
        quote! {
            impl #name {
                /// The filter as it was written, designed for a sample rate in Hz.
                ///
                /// # Errors
                ///
                /// If the sample rate is invalid or too low for one of the bands.
                pub fn new(
                    sample_rate: f64,
                ) -> ::core::result::Result<Self, #library::DesignError> {
                    Self::from_params(&Self::PARAMS, sample_rate)
                }
            }
        }
    }

    /// Redesigns the bands that are tuned; the others stay as they were baked.
    fn baked_from_params(&self) -> TokenStream {
        let name = &self.checked.name;
        let redesigned: Vec<_> =
            self.bands.iter().filter(|placed| placed.band.tuned().next().is_some()).collect();
        let mutable = (!redesigned.is_empty()).then(|| quote!(mut));
        let sections = quote! {
            let sample_rate = #name::<f64>::SAMPLE_RATE;
            let #mutable sections = codegen::constants(&#name::<f64>::BAKED);
        };
        self.with_params(&TokenStream::new(), &sections, &redesigned)
    }

    fn rated_from_params(&self) -> TokenStream {
        let (library, count) = (self.library, count(self.sections));
        let sections = quote!(let mut sections = [#library::Section::identity(); #count];);
        let all: Vec<_> = self.bands.iter().collect();
        self.with_params(&quote!(sample_rate: f64), &sections, &all)
    }

    fn with_params(
        &self,
        sample_rate: &TokenStream,
        sections: &TokenStream,
        designed: &[&Placed],
    ) -> TokenStream {
        let Self { checked, library, .. } = self;
        let name = &checked.name;
        let length = count(self.tuned().count());
        let values = self.values();
        let designs = designed.iter().map(|placed| {
            let band = band_expression(placed.band, library);
            let (label, start) = (placed.band.label(), count(placed.start));
            quote!(codegen::design(&mut sections, #start, #label, &#band, sample_rate)?;)
        });
        let inner = self.make_inner(&quote!(sections), &quote!(sample_rate));
        let codegen = self.codegen();
        quote! {
            impl<S: #library::Scalar> #name<S> {
                /// The filter with these values of its parameters, in the order of
                /// `PARAM_NAMES`, on any scalar. Allocates nothing.
                ///
                /// A value that is beyond a bound by at most 1e-6 of it counts as the bound.
                ///
                /// # Errors
                ///
                /// If a value is out of its bounds, or no filter can be designed from it. Values
                /// that are each within their bounds may exclude each other: a `high` that is not
                /// above `low`, a slope too steep for its gain. The error names the parameter.
                pub fn from_params(
                    params: &[S; #length],
                    #sample_rate
                ) -> ::core::result::Result<Self, #library::DesignError> {
                    use #codegen as codegen;

                    #values
                    #sections
                    #(#designs)*
                    ::core::result::Result::Ok(Self(#inner))
                }
            }
        }
    }

    /// A variable for each parameter, with its value from `params` once its bounds are checked.
    fn values(&self) -> TokenStream {
        let library = self.library;
        let tuned: Vec<_> = self.tuned().collect();
        let variables = tuned.iter().map(|(band, tuned)| variable(band, tuned.parameter));
        let bounded = tuned.iter().filter_map(|(band, tuned)| {
            let (low, high) = tuned.bounds?;
            let variable = variable(band, tuned.parameter);
            let (label, parameter) = (band.label(), parameter(tuned.parameter, library));
            let (low, high) = (number(low), number(high));
            let bounded = quote!(codegen::within(#label, #parameter, #variable, #low, #high)?);
            Some(quote!(let #variable = #bounded;))
        });
        quote! {
            let [#(#variables),*] = *params;
            #(#bounded)*
        }
    }

    /// `svf_from_params`, of a cascade.
    fn svf(&self) -> TokenStream {
        if self.is_bank() {
            return TokenStream::new();
        }
        let Self { checked, library, bands, .. } = self;
        let (name, codegen) = (&checked.name, self.codegen());
        let (length, sections) = (count(self.tuned().count()), count(self.sections));
        let values = self.values();
        let baked = checked.sample_rate.is_some();
        let is_designed = |placed: &Placed| !baked || placed.band.tuned().next().is_some();
        // Bands that are not designed are as they were written.
        let start = bands.iter().flat_map(|placed| {
            let fixed =
                (!is_designed(placed)).then(|| placed.band.svf_sections(checked.sample_rate));
            let fixed = fixed.unwrap_or_default();
            (0..placed.count).map(move |index| {
                let section = fixed.get(index).map(|section| svf_expression(section, library));
                section.unwrap_or_else(|| quote!(#library::section::SvfSection::identity()))
            })
        });
        let designed: Vec<_> = bands.iter().filter(|placed| is_designed(placed)).collect();
        let mutable = (!designed.is_empty()).then(|| quote!(mut));
        let designs = designed.iter().map(|placed| {
            let band = band_expression(placed.band, library);
            let (label, start) = (placed.band.label(), count(placed.start));
            quote!(codegen::design_svf(&mut sections, #start, #label, &#band, sample_rate)?;)
        });
        let argument = (!baked).then(|| quote!(sample_rate: f64));
        // A damping of √2 is the number that the design gave.
        let allowed = baked.then(|| quote!(#[allow(clippy::approx_constant)]));
        let rate = (baked && !designed.is_empty())
            .then(|| quote!(let sample_rate = #name::<f64>::SAMPLE_RATE;));
        quote! {
            impl<S: #library::Scalar> #name<S> {
                /// The filter with these values of its parameters as state-variable sections: for
                /// parameters that move while it runs, as often as every sample, and for low
                /// frequencies in `f32`. The sections and their transfer functions are those of
                /// `from_params`. Allocates nothing.
                ///
                /// # Errors
                ///
                /// As `from_params`.
                #allowed
                pub fn svf_from_params(
                    params: &[S; #length],
                    #argument
                ) -> ::core::result::Result<
                    #library::section::SvfCascade<S, #sections>,
                    #library::DesignError,
                > {
                    use #codegen as codegen;

                    #values
                    #rate
                    let #mutable sections = [#(#start),*];
                    #(#designs)*
                    ::core::result::Result::Ok(#library::section::SvfCascade::new(sections))
                }
            }
        }
    }

    /// `at`: the filter as bands chosen at run time, where there is an allocator.
    fn at(&self) -> TokenStream {
        let Self { checked, library, bands, .. } = self;
        let (name, codegen) = (&checked.name, self.codegen());
        let (tunable, make) = if self.is_bank() {
            (quote!(#library::TunableBank), quote!(#codegen::tunable_bank))
        } else {
            (quote!(#library::TunableCascade), quote!(#codegen::tunable_cascade))
        };
        let bands = bands.iter().map(|Placed { band, .. }| {
            let (label, band) = (band.label(), tune_expression(band, library));
            quote!((#label, #band))
        });
        quote! {
            #codegen::with_alloc! {
                impl #name {
                    /// The same bands and parameters at any sample rate, in Hz, as a filter that is
                    /// designed at run time.
                    ///
                    /// Tuned frequencies, and their bounds, are clipped to 0.49 of the sample rate.
                    ///
                    /// # Errors
                    ///
                    /// If the sample rate is invalid, or too low for a fixed frequency.
                    pub fn at(
                        sample_rate: f64,
                    ) -> ::core::result::Result<#tunable, #library::DesignError> {
                        #make([#(#bands),*], sample_rate)
                    }
                }
            }
        }
    }

    /// Each band by its name; for a bank, `tick` with an array.
    fn access(&self) -> TokenStream {
        let Self { checked, library, bands, .. } = self;
        let (name, state, codegen) = (&checked.name, self.state(), self.codegen());
        let band_count = count(bands.len());
        let bands = bands.iter().map(|placed| {
            let Placed { band, .. } = placed;
            let (start, count) = (count(placed.start), count(placed.count));
            let (ident, attributes) = (&band.name, &band.attributes);
            let docs = document::accessor(band);
            quote! {
                #(#attributes)*
                #(#[doc = #docs])*
                #[must_use]
                pub fn #ident(&self) -> #library::Cascade<S, [#library::Section<S>; #count]> {
                    #codegen::part::<S, #start, #count>(self.0.sections(), self.0.sample_rate())
                }
            }
        });
        let tick = self.is_bank().then(|| {
            quote! {
                impl<S: #library::run::Sample> #name<S> {
                    /// Filters one sample: one value for each band.
                    pub fn tick(&self, state: &mut #state<S>, x: S) -> [S; #band_count] {
                        let mut output = [x; #band_count];
                        // The lengths are equal: this cannot fail.
                        let _ = self.0.tick(state, x, &mut output);
                        output
                    }
                }
            }
        });
        quote! {
            impl<S: #library::Scalar> #name<S> {
                #(#bands)*

                /// The same filter on another scalar, without tangents: design in `f64`, cast
                /// to `f32` to run.
                #[must_use]
                pub fn cast<T: #library::Scalar>(&self) -> #name<T> {
                    #name(self.0.cast())
                }
            }

            #tick
        }
    }

    /// The nearest parameters within their bounds.
    fn clamping(&self) -> TokenStream {
        let (name, codegen) = (&self.checked.name, self.codegen());
        let length = count(self.tuned().count());
        quote! {
            impl #name {
                /// For each parameter, the value within its bounds that is nearest to the given
                /// one. NaN stays NaN.
                #[must_use]
                pub fn clamp_params(params: &[f64; #length]) -> [f64; #length] {
                    #codegen::clamp(params, &Self::BOUNDS)
                }
            }
        }
    }

    /// What fitting and gradient checks take.
    fn tuning(&self) -> TokenStream {
        let Self { checked, library, .. } = self;
        // Without a sample rate the type alone does not say which filter it is.
        if checked.sample_rate.is_none() {
            return TokenStream::new();
        }
        let (name, codegen) = (&checked.name, self.codegen());
        let single =
            (!self.is_bank()).then(|| quote!(impl #library::tune::SingleOutput for #name {}));
        let ends = self.is_bank().then(|| {
            let ends = self.ends();
            quote! {
                fn ends(&self) -> &[usize] {
                    &[#(#ends),*]
                }
            }
        });
        quote! {
            #single

            impl #library::Tunable for #name {
                type Filter<S: #library::Scalar> = #name<S>;

                fn sample_rate(&self) -> f64 {
                    Self::SAMPLE_RATE
                }

                fn params(
                    &self,
                ) -> impl ::core::iter::ExactSizeIterator<Item = #library::tune::Param<'_>> {
                    #codegen::params(
                        &Self::PARAM_NAMES, &Self::QUANTITIES, &Self::PARAMS, &Self::BOUNDS,
                    )
                }

                fn tuned<S: #library::Scalar>(
                    &self,
                    params: &[S],
                ) -> ::core::result::Result<Self::Filter<S>, #library::DesignError> {
                    #name::<S>::from_params(#codegen::exactly(params)?)
                }

                #ends
            }
        }
    }

    fn tuned(&self) -> impl Iterator<Item = (&CheckedBand, Tuned)> {
        let bands = self.bands.iter().map(|placed| placed.band);
        bands.flat_map(|band| band.tuned().map(move |tuned| (band, tuned)))
    }
}
