//! The figures as a table: on the terminal and, when asked, in the documents.

use std::path::Path;

struct Line {
    name: String,
    value: f64,
    unit: &'static str,
    budget: String,
    ratio: Option<f64>,
    verdict: &'static str,
}

/// Every figure, in the order in which it was measured.
#[derive(Default)]
pub struct Table(Vec<Line>);

impl Table {
    /// A figure that shall be small.
    pub fn add(&mut self, name: &str, value: f64, unit: &'static str, budget: &str, most: Option<f64>, ratio: Option<f64>) {
        let verdict = most.map_or("", |most| if value <= most { "holds" } else { "MISSED" });
        self.push(name, value, unit, budget, ratio, verdict);
    }

    /// A figure that shall be large.
    pub fn at_least(&mut self, name: &str, value: f64, unit: &'static str, budget: &str, least: f64, ratio: f64) {
        let verdict = if value >= least { "holds" } else { "MISSED" };
        self.push(name, value, unit, budget, Some(ratio), verdict);
    }

    fn push(&mut self, name: &str, value: f64, unit: &'static str, budget: &str, ratio: Option<f64>, verdict: &'static str) {
        println!("{name}: {value:.2} {unit} ({budget}) {verdict}");
        self.0.push(Line { name: name.to_owned(), value, unit, budget: budget.to_owned(), ratio, verdict });
    }

    fn rows(&self) -> Vec<[String; 6]> {
        let row = |line: &Line| {
            let ratio = line.ratio.map_or(String::new(), |ratio| format!("{ratio:.2}"));
            [
                line.name.clone(),
                format!("{:.2}", line.value),
                line.unit.to_owned(),
                line.budget.clone(),
                ratio,
                line.verdict.to_owned(),
            ]
        };
        self.0.iter().map(row).collect()
    }

    /// One line for each.
    pub fn print(&self) {
        println!("\n{:<48} {:>10} {:<5} {:<22} {:>8} verdict", "name", "value", "unit", "budget", "ratio");
        for [name, value, unit, budget, ratio, verdict] in self.rows() {
            println!("{name:<48} {value:>10} {unit:<5} {budget:<22} {ratio:>8} {verdict}");
        }
    }

    /// Replaces the table of the document; the words around it stay.
    pub fn write(&self, path: &Path) {
        const MARK: &str = "<!-- figures -->\n";
        let text = std::fs::read_to_string(path).unwrap();
        let mut parts = text.split(MARK);
        let (before, after) = (parts.next().unwrap(), parts.nth(1).unwrap());
        let mut made = "\n| figure | value | unit | budget | ratio | |\n|---|---:|---|---|---:|---|\n".to_owned();
        for row in self.rows() {
            made += &format!("| {} |\n", row.join(" | "));
        }
        std::fs::write(path, format!("{before}{MARK}{made}\n{MARK}{after}")).unwrap();
    }
}
