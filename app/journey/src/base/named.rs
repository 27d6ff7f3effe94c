//! Closed lists of words: each has a name in definitions, forms and the database, and many a title for pages.

/// An enum whose variants have a name, and after a comma a title, if one is given for each. Makes `ALL` in the order of the
/// list, `name`, `named` (the one with this name) and `title`.
macro_rules! named {
    ($(#[$meta:meta])* pub enum $of:ident { $($(#[$doc:meta])* $variant:ident = ($name:literal, $title:literal),)* }) => {
        $crate::base::named::named! { $(#[$meta])* pub enum $of { $($(#[$doc])* $variant = $name,)* } }

        impl $of {
            /// The words on a page.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $($of::$variant => $title,)* }
            }
        }
    };
    ($(#[$meta:meta])* pub enum $of:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $of { $($(#[$doc])* $variant,)* }

        impl $of {
            /// Every one, in the order of the list.
            pub const ALL: &'static [$of] = &[$($of::$variant),*];

            /// The name in definitions, forms and the database.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($of::$variant => $name,)* }
            }

            /// The one with this name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }
    };
}
pub(crate) use named;
