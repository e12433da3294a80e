//! The methods there are, by the names that JavaScript calls them.
//!
//! In: a name. Out: [`Method`]. May touch: nothing. Native method lists are generated from this one.

/// A method of the plugin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "camelCase")]
#[allow(missing_docs)] // each is explained in the package's `definitions.ts`, which a test compares with this list
pub enum Method {
    NotifyAppReady,
    Current,
    /// A page announces itself with its token; sent by the document-start script, never answered.
    PageBegan,
}

impl Method {
    /// Every method there is.
    pub fn all() -> &'static [Self] {
        <Self as strum::VariantArray>::VARIANTS
    }

    /// The name in JavaScript.
    pub fn name(self) -> &'static str {
        self.into()
    }
}
