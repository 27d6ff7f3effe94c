//! Work on a SCAL: the copy that a supplier works on (`book`), its workbook (`sheet`), the files that prove something
//! (`evidence`), what reviewers say of each row (`verdicts`), what it comes to for its users (`summary`), and new versions of a product.

pub mod book;
pub mod evidence;
pub mod sheet;
pub mod stage;
pub mod summary;
pub mod verdicts;
pub mod withdrawn;
