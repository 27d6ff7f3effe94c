//! `draw`: a process as a picture (SVG) or a Markdown table, made from the same definition that journeys follow.

use std::{collections::BTreeMap, fmt::Write as _};

use app::work::ecosystem::picture::escape;
use journey::{
    base::ids::TaskId,
    plan::process::{Process, Processes, Settle, TaskSpec},
};

use crate::{config::Drawing, terminal::say};

pub(crate) fn run(wanted: Option<String>, drawing: Drawing) -> Result<(), String> {
    let processes =
        Processes::shipped().map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let process = match wanted {
        Some(name) => name.parse().ok().and_then(|id| processes.get(&id)).ok_or_else(|| {
            let known: Vec<&str> = processes.all().map(|p| p.id.as_str()).collect();
            format!("there is no process “{name}”; known are {}", known.join(", "))
        })?,
        None => processes.newest("consumer").ok_or("there is no consumer process")?,
    };
    say(&if drawing == Drawing::Svg { svg(process) } else { table(process) });
    Ok(())
}

/// A process as a Markdown table, stage by stage.
#[must_use]
pub fn table(process: &Process) -> String {
    let mut out = format!("# {} ({})\n", process.title, process.id);
    for stage in &process.stages {
        let _ = write!(out, "\n## {}\n\n{}\n\n", stage.title, stage.about);
        out.push_str(
            "| task | who acts | ends by | needs | only if | target | waivable | node |\n|---|---|---|---|---|---|---|---|\n",
        );
        for task in process.tasks.iter().filter(|task| task.stage == stage.id) {
            let by: Vec<&str> = task.by.iter().map(|role| role.title()).collect();
            let needs: Vec<&str> = task.needs.iter().map(journey::base::ids::TaskId::as_str).collect();
            let when: Vec<&str> = task.when.iter().map(|condition| condition.name()).collect();
            let target = task.target.map_or_else(String::new, journey::plan::process::Target::in_words);
            let _ = writeln!(
                out,
                "| `{}` {} | {} | {} | {} | {} | {target} | {} | {} |",
                task.id,
                task.label,
                by.join(", "),
                ends(task),
                needs.join(", "),
                when.join(", "),
                if task.waivable { "yes" } else { "" },
                task.node,
            );
        }
    }
    out
}

fn ends(task: &TaskSpec) -> String {
    let who: Vec<&str> = task.decide.iter().map(|role| role.title()).collect();
    let who = who.join(", ");
    match task.settle {
        Settle::OnSubmit => "its own mark".to_owned(),
        Settle::ByReview => format!("approval: {who}"),
        Settle::ByAcknowledgement if task.confirm => format!("confirmation: {who}"),
        Settle::ByAcknowledgement => format!("answer: {who}"),
        Settle::ByIssue => format!("issue: {who}"),
        Settle::BySignatures => format!("signatures: {who}"),
        Settle::WithJourney => "going live".to_owned(),
    }
}

const WIDTH: usize = 250;
const GAP: usize = 70;
const ROW: usize = 58;
const TOP: usize = 64;

/// A process as a picture: one column per stage, one box per task, one line per gate.
#[must_use]
pub fn svg(process: &Process) -> String {
    let mut at: BTreeMap<&TaskId, (usize, usize)> = BTreeMap::new();
    let mut tallest = 0;
    for (column, stage) in process.stages.iter().enumerate() {
        for (row, task) in process.tasks.iter().filter(|task| task.stage == stage.id).enumerate() {
            at.insert(&task.id, (24 + column * (WIDTH + GAP), TOP + row * ROW));
            tallest = tallest.max(row + 1);
        }
    }
    let (width, height) = (24 + process.stages.len() * (WIDTH + GAP), TOP + tallest * ROW + 24);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"Arial, sans-serif\" font-size=\"12\" role=\"img\" \
         aria-label=\"{}\">\n<defs><marker id=\"to\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto-start-reverse\">\
         <path d=\"M0 0L8 4L0 8z\" fill=\"#768692\"/></marker></defs>\n<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n",
        escape(&process.title)
    );
    for (column, stage) in process.stages.iter().enumerate() {
        let x = 24 + column * (WIDTH + GAP);
        let _ = writeln!(
            out,
            "<text x=\"{x}\" y=\"36\" font-size=\"16\" font-weight=\"bold\" fill=\"#212b32\">{}</text>",
            escape(&stage.title)
        );
    }
    for task in &process.tasks {
        for need in &task.needs {
            if let (Some((x1, y1)), Some((x2, y2))) = (at.get(need), at.get(&task.id)) {
                let (y1, y2) = (y1 + 22, y2 + 22);
                let path = if x1 == x2 {
                    // Each distance has its own lane beside the column, so that gates do not run into one line.
                    let lane = (10 + 3 * (y1.abs_diff(y2) / ROW)).min(GAP - 10);
                    format!("M{} {y1} h{lane} V{y2} h-{lane}", x1 + WIDTH)
                } else {
                    format!("M{} {y1} C{} {y1} {} {y2} {x2} {y2}", x1 + WIDTH, x1 + WIDTH + GAP / 2, x2 - GAP / 2)
                };
                let _ = writeln!(
                    out,
                    "<path d=\"{path}\" fill=\"none\" stroke=\"#768692\" stroke-width=\"1.2\" marker-end=\"url(#to)\"/>"
                );
            }
        }
    }
    for task in &process.tasks {
        let Some((x, y)) = at.get(&task.id) else { continue };
        let dash = if task.when.is_empty() { "" } else { " stroke-dasharray=\"5 3\"" };
        let _ = writeln!(
            out,
            "<g><title>{}: {}</title><rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"44\" rx=\"4\" fill=\"#e6eff8\" stroke=\"#005eb8\"{dash}/>",
            escape(&task.label),
            escape(&ends(task))
        );
        for (line, text) in wrapped(&task.label).into_iter().enumerate() {
            let _ =
                writeln!(out, "<text x=\"{}\" y=\"{}\" fill=\"#212b32\">{}</text>", x + 10, y + 19 + line * 15, escape(&text));
        }
        out.push_str("</g>\n");
    }
    out.push_str("</svg>");
    out
}

/// At most two lines of about 38 characters.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.len() - 1;
        if lines[last].len() + word.len() > 38 && last == 0 && !lines[0].is_empty() {
            lines.push(String::new());
        }
        let last = lines.len() - 1;
        if !lines[last].is_empty() {
            lines[last].push(' ');
        }
        lines[last].push_str(word);
    }
    for line in &mut lines {
        if line.chars().count() > 42 {
            *line = line.chars().take(41).chain(['…']).collect();
        }
    }
    lines
}
