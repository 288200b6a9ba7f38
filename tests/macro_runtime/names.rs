//! Names reserved for the library's functions, which a band cannot have.
//!
//! The macro cannot see the library's functions, so it keeps a list. These tests compare the list
//! with the source.

use syn::{Expr, ImplItem, Item, Type, Visibility};

/// The file with the macro's list of reserved names.
const MACRO: &str = include_str!("../../filterbank-macros/src/check.rs");
/// The files of the types that generated structs dereference to.
const CORE: [&str; 3] = [
    include_str!("../../filterbank/core/src/cascade.rs"),
    include_str!("../../filterbank/core/src/zero_phase.rs"),
    include_str!("../../filterbank/core/src/bank.rs"),
];

/// The names in the constant `TAKEN`.
fn taken() -> Vec<String> {
    let file = syn::parse_file(MACRO).expect("Rust");
    let list = file.items.iter().find_map(|item| match item {
        Item::Const(constant) if constant.ident == "TAKEN" => Some(&*constant.expr),
        _ => None,
    });
    let Some(Expr::Reference(list)) = list else { panic!("the list of names") };
    let Expr::Array(list) = &*list.expr else { panic!("the list of names") };
    let text = |element: &Expr| match element {
        Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) => name.value(),
        _ => panic!("a name in quotes"),
    };
    list.elems.iter().map(text).collect()
}

/// The public functions of a file that exist for filters of fixed size.
fn methods(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for item in syn::parse_file(code).expect("Rust").items {
        let Item::Impl(item) = item else { continue };
        let Type::Path(target) = &*item.self_ty else { continue };
        let target = target.path.segments.last().expect("a path");
        // An `impl` block for any store, or for arrays.
        let arguments = match &target.arguments {
            syn::PathArguments::AngleBracketed(arguments) => arguments.args.len(),
            _ => 0,
        };
        if arguments < 2 {
            continue;
        }
        for item in item.items {
            if let ImplItem::Fn(function) = item
                && function.sig.receiver().is_some()
                && matches!(function.vis, Visibility::Public(_))
            {
                names.push(function.sig.ident.to_string());
            }
        }
    }
    names
}

#[test]
fn a_band_cannot_hide_a_function_of_the_library() {
    let taken = taken();
    let methods: Vec<String> = CORE.into_iter().flat_map(methods).collect();
    for expected in ["magnitude_db", "process", "tick", "band_count"] {
        assert!(methods.iter().any(|name| name == expected), "{methods:?}");
    }
    let hidden: Vec<_> = methods.iter().filter(|name| !taken.contains(name)).collect();
    assert!(hidden.is_empty(), "the macro's TAKEN lacks {hidden:?}");
}
