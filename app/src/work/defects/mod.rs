//! Defects that tests show: the list of a journey, the page of each, and the forms that raise, assess, mend and close them. Who may
//! do what is `journey::rule::defects`.

pub mod actions;
pub mod file;
pub mod list;
pub mod new;
pub mod one;
pub mod seen;
