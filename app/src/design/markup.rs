//! A page that is drawn already, as one text.

use leptos::tachys::{
    html::attribute::{Attribute, any_attribute::AnyAttribute},
    hydration::Cursor,
    view::{Position, PositionState, Render, RenderHtml, add_attr::AddAnyAttr},
};

/// Markup that is written as it is. Pages are drawn on the server alone: to a browser it says nothing.
pub struct Markup(pub String);

impl Render for Markup {
    type State = ();

    fn build(self) {}

    fn rebuild(self, _state: &mut ()) {}
}

impl AddAnyAttr for Markup {
    type Output<Added: Attribute> = Self;

    fn add_any_attr<Added: Attribute>(self, _attribute: Added) -> Self {
        self
    }
}

impl RenderHtml for Markup {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn html_len(&self) -> usize {
        self.0.len()
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        written: &mut String,
        position: &mut Position,
        _escape: bool,
        _mark_branches: bool,
        _attributes: Vec<AnyAttribute>,
    ) {
        written.push_str(&self.0);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, _cursor: &Cursor, _position: &PositionState) {}

    fn into_owned(self) -> Self {
        self
    }
}
