//! A plain list as a workbook of one sheet: words as words, days as days.

use jiff::civil::Date;
use rust_xlsxwriter::{Color, ExcelDateTime, Format, Workbook, XlsxError};

use crate::workbook::tidy;

/// What a workbook is.
pub const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What stands in a cell.
pub enum Cell {
    /// Words, never a formula.
    Text(String),
    /// Words that must be looked at, in red.
    Alarm(String),
    /// A day, or nothing.
    Day(Option<Date>),
}

/// The workbook, its first line frozen and with a filter on each column.
///
/// # Errors
/// When it cannot be made.
pub fn write(name: &str, head: &[&str], rows: impl Iterator<Item = Vec<Cell>>) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let bold = Format::new().set_bold();
    let text = Format::new().set_quote_prefix();
    let alarm = Format::new().set_quote_prefix().set_bold().set_font_color(Color::RGB(0x00d5_281b));
    let day = Format::new().set_num_format("d mmm yyyy");
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    for (column, name) in (0..).zip(head) {
        sheet.write_string_with_format(0, column, *name, &bold)?;
        sheet.set_column_width(column, 22.0)?;
    }
    let mut last = 0;
    for (line, row) in (1..).zip(rows) {
        last = line;
        for (column, cell) in (0..).zip(row) {
            match cell {
                Cell::Text(words) => {
                    sheet.write_string_with_format(line, column, tidy(&words), &text)?;
                }
                Cell::Alarm(words) => {
                    sheet.write_string_with_format(line, column, tidy(&words), &alarm)?;
                }
                Cell::Day(Some(date)) => {
                    let (year, month, of_month) =
                        (date.year().unsigned_abs(), date.month().unsigned_abs(), date.day().unsigned_abs());
                    sheet.write_datetime_with_format(line, column, &ExcelDateTime::from_ymd(year, month, of_month)?, &day)?;
                }
                Cell::Day(None) => {}
            }
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    sheet.autofilter(0, 0, last, u16::try_from(head.len()).unwrap_or(1).saturating_sub(1))?;
    workbook.save_to_buffer()
}
