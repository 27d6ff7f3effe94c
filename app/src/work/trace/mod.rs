//! Traceability: what each requirement of a journey rests on, as a page and for the workbook.

pub mod found;
pub mod page;
