//! Enums whose variants are words of a specification.

/// Defines an enum without fields, with the word that each variant has in specifications. The
/// list of all variants and the lookup by word come from the same lines, so that neither can lack
/// a variant.
macro_rules! words {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident {
            $($(#[$variant_attribute:meta])* $variant:ident => $word:expr,)*
        }
    ) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_attribute])* $variant,)*
        }

        impl $name {
            /// All of them, in the order in which messages list them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in a specification.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// The variant that a word stands for.
            pub fn from_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.word() == word)
            }
        }

        #[cfg(feature = "serde")]
        impl ::serde::Serialize for $name {
            fn serialize<Z: ::serde::Serializer>(&self, to: Z) -> Result<Z::Ok, Z::Error> {
                to.serialize_str(self.word())
            }
        }

        #[cfg(feature = "serde")]
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = <::alloc::string::String>::deserialize(from)?;
                Self::from_word(&word).ok_or_else(|| {
                    let words: ::alloc::vec::Vec<_> =
                        Self::ALL.iter().map(|known| known.word()).collect();
                    let words = words.join(", ");
                    ::serde::de::Error::custom(::core::format_args!(
                        "unknown word `{word}`, expected one of: {words}"
                    ))
                })
            }
        }

        impl ::core::fmt::Display for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

pub(super) use words;
