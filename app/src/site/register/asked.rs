//! What somebody looks for in the register, as its address says it: whoever is sent the address sees the same.

use journey::{
    base::text,
    plan::capability::Capability,
    port::register::{RegisterEntry, RegisterFilter, RegisterOrder, product_key},
    rule::certificate::CertificateNumber,
    view::register::ProductSide,
};

use crate::base::{paths, words::encode};

/// Lines of a page.
pub const PAGE: u32 = 25;

/// Longest text that is looked for.
const LONGEST: usize = 200;

/// A question to the register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// In product, number, supplier or site.
    pub find: String,
    /// For this capability.
    pub capability: Option<Capability>,
    /// Consumers or providers.
    pub side: Option<ProductSide>,
    /// Only what is valid.
    pub valid: bool,
    /// What was assured last first; otherwise by product.
    pub by_issue: bool,
    /// From here on.
    after: String,
}

impl Asked {
    /// The question of an address, which `of` knows by the names of its fields. What nobody can have chosen counts as not chosen.
    #[must_use]
    pub fn read(of: impl Fn(&str) -> String) -> Self {
        Self {
            find: text::line(&of("find")).chars().take(LONGEST).collect(),
            capability: of("capability").parse().ok(),
            side: ProductSide::named(&of("side")),
            valid: of("state") == "valid",
            by_issue: of("order") == "assured",
            after: of("after"),
        }
    }

    /// Whether anything is asked for but the order.
    #[must_use]
    pub fn narrows(&self) -> bool {
        !self.find.is_empty() || self.capability.is_some() || self.side.is_some() || self.valid
    }

    /// Whether it goes on after a page.
    #[must_use]
    pub fn goes_on(&self) -> bool {
        !self.after.is_empty()
    }

    /// What follows the address of the register and of its download; empty for all of it.
    #[must_use]
    pub fn tail(&self) -> String {
        let capability = self.capability.map(Capability::name).unwrap_or_default();
        let side = self.side.map(ProductSide::name).unwrap_or_default();
        let state = if self.valid { "valid" } else { "" };
        let order = if self.by_issue { "assured" } else { "" };
        let fields = [("find", &*self.find), ("capability", capability), ("side", side), ("state", state), ("order", order)];
        let said: Vec<String> = fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) }
    }

    /// Where the page after this line is.
    #[must_use]
    pub fn next(&self, last: &RegisterEntry) -> String {
        let (tail, after) = (self.tail(), encode(&self.clone().after(last).after));
        format!("{}{tail}{}after={after}", paths::REGISTER, if tail.is_empty() { "?" } else { "&" })
    }

    /// The same question after this line.
    #[must_use]
    pub fn after(self, last: &RegisterEntry) -> Self {
        let key = if self.by_issue { last.line.issued_at.as_microsecond().to_string() } else { product_key(&last.line.product) };
        Self { after: format!("{}_{key}", last.line.number), ..self }
    }

    /// The same for the database.
    #[must_use]
    pub fn filter(&self, limit: u32) -> RegisterFilter {
        let after = self.after.split_once('_').and_then(|(number, key)| Some((key, CertificateNumber::typed(number)?)));
        let order = if self.by_issue {
            RegisterOrder::ByIssue(after.and_then(|(key, number)| Some((key.parse().ok()?, number))))
        } else {
            RegisterOrder::ByProduct(after.map(|(key, number)| (key.to_owned(), number)))
        };
        RegisterFilter { find: self.find.clone(), capability: self.capability, side: self.side, valid: self.valid, order, limit }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_again_what_it_was_read_from() {
        let asked = Asked {
            find: "Söhne & Co = 1".to_owned(),
            capability: Some(Capability::SendDocument),
            side: Some(ProductSide::Provider),
            valid: true,
            by_issue: true,
            after: String::new(),
        };
        let tail = asked.tail();
        assert_eq!(
            tail,
            "?find=S%C3%B6hne%20%26%20Co%20%3D%201&capability=send-document&side=provider&state=valid&order=assured"
        );
        assert_eq!(Asked::default().tail(), "");
        let read = Asked::read(|name| {
            let found = tail[1..].split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
            percent_encoding::percent_decode_str(found.unwrap_or_default()).decode_utf8_lossy().into_owned()
        });
        assert_eq!(read, asked);
    }

    #[test]
    fn what_nobody_can_have_chosen_is_not_chosen() {
        let asked = Asked::read(|name| if name == "find" { "  a\n b ".to_owned() } else { "nonsense".to_owned() });
        assert_eq!(asked.find, "a b");
        assert!(asked.capability.is_none() && asked.side.is_none() && !asked.valid && !asked.by_issue);
        assert_eq!(asked.filter(1).order, RegisterOrder::ByProduct(None));
    }
}
