//! Sites in waves, one a line, as the plan of a deployment names them.

use std::fmt;

use jiff::civil::Date;

use crate::{
    base::text,
    form::read::{Named, between, day, each_organisation, organisations},
};

/// Sites that go live together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wave {
    /// Its number, from 1. 0 for a list of sites that has no waves.
    pub number: usize,
    /// The day on which it is planned to begin, where that is said.
    pub from: Option<Date>,
    /// Its sites, in the order of the list.
    pub sites: Vec<Named>,
}

impl fmt::Display for Wave {
    /// As it is kept: its own line, then one for each site. A list without waves has only the sites.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = Vec::new();
        match (self.number, self.from) {
            (0, _) => {}
            (number, None) => lines.push(format!("Wave {number}")),
            (number, Some(from)) => lines.push(format!("Wave {number} from {}", from.strftime("%-d %B %Y"))),
        }
        lines.extend(self.sites.iter().map(|site| format!("{} {}", site.ods_code, site.name)));
        f.write_str(&lines.join("\n"))
    }
}

/// Sites written one a line as [`organisations`], in waves: a line like `Wave 2` or `Wave 2 from 2 March 2027` begins the next
/// one. Without such a line all sites are in one list without a number, as in plans of before.
///
/// # Errors
/// A sentence that names each line that cannot be read: a site, a wave that is not the next one, a day that comes before that
/// of the wave before, or a wave without sites.
pub fn waves(text: &str) -> Result<Vec<Wave>, String> {
    let mut waves: Vec<Wave> = Vec::new();
    let mut faults = Vec::new();
    let mut sites = String::new();
    let mut begun: Vec<(usize, usize)> = Vec::new();
    for (at, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line)) {
        let Some(heading) = wave_line(line) else {
            sites.push_str(line);
            sites.push('\n');
            continue;
        };
        sites.push('\n');
        let number = waves.len() + 1;
        match &heading {
            Ok((said, _)) if *said != number => faults.push(format!("line {at}: the next wave is wave {number}")),
            Ok((_, Some(from))) if waves.iter().filter_map(|wave| wave.from).any(|before| before > *from) => {
                faults.push(format!("line {at}: wave {number} cannot begin before the wave above it"));
            }
            Ok(_) => {}
            Err(says) => faults.push(format!("line {at}: {says}")),
        }
        let from = heading.ok().and_then(|(_, from)| from);
        waves.push(Wave { number, from, sites: Vec::new() });
        begun.push((at, number));
    }
    // Codes that come twice are found in the whole list, and its lines keep their numbers.
    let all = match organisations(&sites) {
        Ok(all) => all,
        Err(says) if faults.is_empty() => return Err(says),
        Err(says) => return Err(format!("{says}; {}", faults.join("; "))),
    };
    if waves.is_empty() {
        return Ok(vec![Wave { number: 0, from: None, sites: all }]);
    }
    let mut all = all.into_iter();
    for (at, named) in each_organisation(&sites) {
        let Some(site) = all.next().filter(|_| named.is_ok()) else { break };
        match begun.iter().rfind(|(line, _)| *line < at) {
            Some((_, number)) => waves[*number - 1].sites.push(site),
            None => faults.push(format!("line {at}: begin with “Wave 1”, so that each site is in a wave")),
        }
    }
    for (at, number) in begun.iter().filter(|(_, number)| waves[*number - 1].sites.is_empty()) {
        faults.push(format!("line {at}: wave {number} has no site"));
    }
    if faults.is_empty() {
        return Ok(waves);
    }
    faults.truncate(5);
    Err(format!("Begin each wave with a line like “Wave 2 from 2 March 2027”: {}", faults.join("; ")))
}

/// A line that begins a wave: its number, and its day where one is written. `None` for every other line.
fn wave_line(line: &str) -> Option<Result<(usize, Option<Date>), String>> {
    let line = text::line(line);
    let rest = line.get(..4).filter(|word| word.eq_ignore_ascii_case("wave")).and_then(|_| line.get(4..))?;
    if !rest.starts_with(between) {
        return None;
    }
    let rest = rest.trim_matches(|c| between(c) || c == ':');
    let (number, rest) = rest.split_once(|c| between(c) || c == ':').unwrap_or((rest, ""));
    let Ok(number) = number.parse() else { return Some(Err("write the number of the wave, like “Wave 2”".to_owned())) };
    let rest = rest.trim_matches(|c| between(c) || c == ':');
    let rest = rest.get(..4).filter(|word| word.eq_ignore_ascii_case("from")).and_then(|_| rest.get(4..)).unwrap_or(rest).trim();
    if rest.is_empty() {
        return Some(Ok((number, None)));
    }
    Some(match day(rest) {
        Ok(from) => Ok((number, Some(from))),
        Err(why) => Err(why.says("the first day of the wave")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_read_in_waves_and_one_of_before_as_one_list() {
        let read = waves(
            "Wave 1 from 12 January 2027\na21471 Willow Lane\n\nwave 2, 2/3/2027\nRLP Longshore\nB82617 Elm\nWave 3:\nC81002 Oak",
        )
        .expect("three waves");
        let told: Vec<_> = read.iter().map(|wave| (wave.number, wave.from, wave.sites.len())).collect();
        let day = |month, day| Some(jiff::civil::date(2027, month, day));
        assert_eq!(told, [(1, day(1, 12), 1), (2, day(3, 2), 2), (3, None, 1)]);
        assert_eq!(read[1].to_string(), "Wave 2 from 2 March 2027\nRLP Longshore\nB82617 Elm");
        let kept = read.iter().map(Wave::to_string).collect::<Vec<_>>().join("\n");
        assert_eq!(waves(&kept).expect("as it is kept"), read);
        let before = waves("A21471 Willow Lane\nRLP Longshore").expect("no waves");
        assert_eq!((before.len(), before[0].number, before[0].sites.len()), (1, 0, 2));
        assert_eq!(before[0].to_string(), "A21471 Willow Lane\nRLP Longshore");
    }

    #[test]
    fn what_is_wrong_in_a_plan_is_told_by_line() {
        for (text, says) in [
            ("A21471 Willow Lane\nWave 1\nRLP Longshore", "line 1: begin with “Wave 1”"),
            ("Wave 2\nA21471 Willow Lane", "line 1: the next wave is wave 1"),
            ("Wave 1\nA21471 Willow Lane\nWave 1\nRLP Longshore", "line 3: the next wave is wave 2"),
            ("Wave one\nA21471 Willow Lane", "line 1: write the number of the wave"),
            ("Wave 1 from 31 2 2027\nA21471 Willow Lane", "February 2027 has 28 days"),
            ("Wave 1 from 2 3 2027\nA21471 Willow\nWave 2 from 1 3 2027\nRLP Long", "line 3: wave 2 cannot begin before"),
            ("Wave 1\nWave 2\nA21471 Willow Lane", "line 1: wave 1 has no site"),
            ("Wave 1\nA21471 Willow Lane\nWave 2\nA21471 Willow Lane", "line 4: A21471 is there already, in line 2"),
            ("Wave 1\nWillow Lane", "line 2 does not begin with an ODS code"),
        ] {
            let said = waves(text).expect_err(text);
            assert!(said.contains(says), "{text}: {said}");
        }
    }
}
