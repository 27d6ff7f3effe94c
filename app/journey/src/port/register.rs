//! The register of products: what everybody may read of all journeys.

use async_trait::async_trait;

use crate::{
    base::identity::Identity,
    plan::capability::Capability,
    port::answer::Answer,
    rule::certificate::CertificateNumber,
    view::register::{ProductSide, RegisterLine},
};

/// A line of the register as it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterEntry {
    /// What the ledger says.
    pub line: RegisterLine,
    /// Who the supplier is today: it may have been renamed since, and some ledgers never say.
    pub supplier_now: Identity,
}

impl RegisterEntry {
    /// The supplier as it was when the certificate was issued; where its ledger does not say, as it is today.
    #[must_use]
    pub fn supplier(&self) -> &Identity {
        self.line.supplier.as_ref().unwrap_or(&self.supplier_now)
    }
}

/// In which order, and after which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterOrder {
    /// By product; after this product, in the form that it is ordered by, and number.
    ByProduct(Option<(String, CertificateNumber)>),
    /// What was assured last first; after this issue, in microseconds, and number.
    ByIssue(Option<(i64, CertificateNumber)>),
}

impl Default for RegisterOrder {
    fn default() -> Self {
        Self::ByProduct(None)
    }
}

/// Which lines of the register.
#[derive(Clone, Debug, Default)]
pub struct RegisterFilter {
    /// Product, number, supplier or a site at which the product is live contains this, by name or by code.
    pub find: String,
    /// Only certificates for this capability.
    pub capability: Option<Capability>,
    /// Only products of this side.
    pub side: Option<ProductSide>,
    /// Only certificates that are valid.
    pub valid: bool,
    /// In which order, from where on.
    pub order: RegisterOrder,
    /// At most so many.
    pub limit: u32,
}

/// The register of products. Its lines are made with the other lists of a journey ([`crate::view::overview::Projection`]).
#[async_trait]
pub trait ProductRegister: Send + Sync {
    /// A page of the register.
    async fn products(&self, filter: &RegisterFilter) -> Answer<Vec<RegisterEntry>>;
    /// How many lines there are for this filter, from the first on.
    async fn count_products(&self, filter: &RegisterFilter) -> Answer<u32>;
}

/// A product in the form that the register is ordered by.
#[must_use]
pub fn product_key(product: &str) -> String {
    product.to_lowercase().chars().take(LONGEST_KEY).collect()
}

/// Characters of a product that its place in the register looks at: a key of an index is short.
const LONGEST_KEY: usize = 80;
