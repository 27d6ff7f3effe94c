//! The drawing of the six steps: who stands where, and the leg of each step. Which one is shown is the sheet's business,
//! by `data-step`, so that the island only has to write a number.

use std::fmt::Write as _;

use journey::guidance::spine::steps::Step;

use crate::work::ecosystem::{icons, picture::escape};

/// Who takes part: left, top, width, height, icon, name, what it is, and the steps in which it acts.
struct Part(f64, f64, f64, f64, &'static str, &'static str, &'static str, &'static str);

const PARTS: [Part; 5] = [
    Part(32.0, 256.0, 224.0, 104.0, "browser", "Consumer", "your system", "s1 s2 s3 s6"),
    Part(396.0, 64.0, 236.0, 84.0, "people", "PDS", "Personal Demographics", "s1"),
    Part(660.0, 64.0, 236.0, 84.0, "sheets", "SDS", "Spine Directory", "s2"),
    Part(536.0, 256.0, 220.0, 104.0, "gate", "SSP", "Spine Secure Proxy", "s3 s4 s5 s6"),
    Part(1024.0, 256.0, 224.0, 104.0, "practice", "Provider", "the practice’s system", "s4 s5"),
];

/// A leg: its path, its heads as (x, y, degrees), and where its number stands.
struct Leg(&'static str, &'static [(f64, f64, f64)], (f64, f64));

const LEGS: [Leg; 6] = [
    Leg("M88 244V126Q88 106 108 106H384", &[(390.0, 106.0, 0.0), (88.0, 250.0, 90.0)], (88.0, 180.0)),
    Leg("M184 244V222Q184 204 204 204H758Q778 204 778 184V160", &[(778.0, 154.0, -90.0), (184.0, 250.0, 90.0)], (300.0, 204.0)),
    Leg("M262 286H520", &[(530.0, 286.0, 0.0)], (312.0, 286.0)),
    Leg("M762 286H1008", &[(1018.0, 286.0, 0.0)], (812.0, 286.0)),
    Leg("M1018 332H772", &[(762.0, 332.0, 180.0)], (968.0, 332.0)),
    Leg("M530 332H272", &[(262.0, 332.0, 180.0)], (480.0, 332.0)),
];

/// The picture with `now` as the step that is shown. `to` is the address of a step.
#[must_use]
pub fn svg(steps: &[Step], now: u8, to: &dyn Fn(u8) -> String) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"gpc-route\" data-step=\"{now}\" viewBox=\"0 0 1280 400\" role=\"group\" aria-label=\"The way of a request in six steps\">{}<g aria-hidden=\"true\">",
        icons::definitions()
    );
    out.push_str("<rect class=\"spine\" x=\"368\" y=\"20\" width=\"560\" height=\"364\" rx=\"16\"/><text class=\"l\" x=\"388\" y=\"48\">Spine</text><path class=\"same\" d=\"M632 106h28\"/>");
    for (number, Leg(path, heads, _)) in (1..).zip(&LEGS) {
        let _ = write!(out, "<g class=\"leg s{number}\"><path d=\"{path}\"/>");
        for (x, y, turn) in *heads {
            let _ = write!(out, "<path class=\"h\" transform=\"translate({x} {y})rotate({turn})\" d=\"M0 0L-16 9V-9z\"/>");
        }
        out.push_str("</g>");
    }
    for Part(x, y, width, height, icon, name, about, acts) in &PARTS {
        let middle = y + height / 2.0;
        let _ = write!(
            out,
            "<g class=\"part {acts}\"><rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"12\"/><use href=\"#eco-{icon}\" transform=\"translate({} {})scale(1.5)\"/><text class=\"l\" x=\"{}\" y=\"{}\">{name}</text><text x=\"{}\" y=\"{}\">{about}</text></g>",
            x + 20.0,
            middle - 18.0,
            x + 68.0,
            middle - 2.0,
            x + 68.0,
            middle + 20.0,
        );
    }
    out.push_str("</g>");
    for (step, Leg(_, _, (x, y))) in steps.iter().zip(&LEGS) {
        let number = step.number;
        let _ = write!(
            out,
            "<a class=\"num s{number}\" data-to=\"{number}\" href=\"{}\" aria-label=\"{number} {}\"><circle cx=\"{x}\" cy=\"{y}\" r=\"18\"/><text x=\"{x}\" y=\"{}\">{number}</text></a>",
            escape(&to(number)),
            escape(step.title),
            y + 6.0,
        );
    }
    out.push_str("</svg>");
    out
}
