//! The constants that hold the indices of parameters: `BODY_GAIN_DB`.

use std::collections::{HashMap, HashSet};

use filterbank_core::Parameter;
use proc_macro2::Ident;

use crate::checked::CheckedBand;
use crate::errors::Errors;

/// The constant's name: band and parameter in capitals.
pub(crate) fn index_name(band: &CheckedBand, parameter: Parameter) -> Ident {
    let name = format!("{}_{}", band.label(), parameter.name);
    // A letter may have capitals that are not a name.
    let capitals = syn::parse_str(&name.to_uppercase());
    let mut ident = capitals
        .unwrap_or_else(|_| Ident::new(&name.to_ascii_uppercase(), proc_macro2::Span::call_site()));
    ident.set_span(band.name.span());
    ident
}

/// Drops and reports the bands whose constants would have names that are taken: by the functions
/// of other bands, or by the constants of bands that differ in capitals only. (No other generated
/// name ends as a parameter does.)
pub(crate) fn refuse_collisions(bands: &mut Vec<CheckedBand>, errors: &mut Errors) {
    let constants: HashSet<String> = bands
        .iter()
        .flat_map(|band| band.tuned().map(|tuned| index_name(band, tuned.parameter).to_string()))
        .collect();
    let mut owners = HashMap::new();
    bands.retain(|band| {
        let label = band.label();
        if constants.contains(&label) {
            let message = format!(
                "`{label}` names the index of a parameter: choose another name for the band"
            );
            errors.push(band.name.span(), message);
            return false;
        }
        let names: Vec<String> =
            band.tuned().map(|tuned| index_name(band, tuned.parameter).to_string()).collect();
        if let Some((name, owner)) =
            names.iter().find_map(|name| Some((name, owners.get(name)?)))
        {
            let message = format!(
                "`{label}` and `{owner}` would share the constant `{name}`: choose another name for \
                 the band"
            );
            errors.push(band.name.span(), message);
            return false;
        }
        owners.extend(names.into_iter().map(|name| (name, label.clone())));
        true
    });
}
