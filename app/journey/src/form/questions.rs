//! Questions, their checks and their messages, kept together: one [`Form`] per page that asks something.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::{
    base::{actor::Role, ids::FieldId, text},
    form::{
        answers::{Answers, Problem, Problems},
        field::{Field, FileRef, Kind},
        read::{self},
    },
};

/// What answers must be together, beside what each must be alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A figure that is not below its limit is explained.
    Explained {
        /// The figure.
        figure: &'static str,
        /// What it must be below.
        must: u32,
        /// Where it is explained.
        by: &'static str,
        /// What is said otherwise.
        says: &'static str,
    },
    /// The second day is not before the first.
    NotBefore {
        /// The earlier one.
        from: &'static str,
        /// The later one.
        to: &'static str,
        /// What is said otherwise, of the later one.
        says: &'static str,
    },
    /// When a question has one of these answers, another one must be answered too.
    Needs {
        /// The question.
        when: String,
        /// The answers.
        is: &'static [&'static str],
        /// One of these must be answered then; what is said goes to the first.
        one_of: Vec<String>,
        /// What is said otherwise.
        says: String,
    },
    /// One of several questions has this answer.
    Any {
        /// The questions; what is said goes to the first.
        of: Vec<&'static str>,
        /// The answer.
        is: &'static str,
        /// What is said otherwise.
        says: &'static str,
    },
    /// Everything that can be ticked is.
    Every {
        /// The question.
        field: &'static str,
        /// How many there are to tick.
        of: usize,
        /// What is said otherwise.
        says: &'static str,
    },
    /// A question must not have this answer.
    Not {
        /// The question.
        field: &'static str,
        /// The answer.
        is: &'static str,
        /// What is said then.
        says: &'static str,
    },
    /// A name that goes into emails to strangers is a name and not an address that they might follow.
    NoAddress {
        /// The question.
        field: &'static str,
    },
}

impl Rule {
    fn broken(&self, answers: &Answers) -> Option<Problem> {
        match self {
            Rule::Explained { figure, must, by, says } => {
                let missed = answers.one(figure).parse::<u32>().is_ok_and(|figure| figure >= *must);
                (missed && answers.many(by).is_empty()).then(|| Problem::new(by, *says))
            }
            Rule::NotBefore { from, to, says } => {
                let (from, last) = (answers.one(from), answers.one(to));
                // Days are stored as they sort.
                (!from.is_empty() && !last.is_empty() && last < from).then(|| Problem::new(to, *says))
            }
            Rule::Needs { when, is, one_of, says } => {
                let asked = is.contains(&answers.one(when));
                let answered = one_of.iter().any(|field| !answers.many(field).is_empty());
                (asked && !answered).then(|| Problem::new(one_of.first().map_or("", String::as_str), says.clone()))
            }
            Rule::Any { of, is, says } => {
                let some = of.iter().any(|field| answers.one(field) == *is);
                (!some).then(|| Problem::new(of.first().copied().unwrap_or_default(), *says))
            }
            Rule::Every { field, of, says } => {
                let ticked: BTreeSet<&String> = answers.many(field).iter().collect();
                (ticked.len() < *of).then(|| Problem::new(field, *says))
            }
            Rule::Not { field, is, says } => (answers.one(field) == *is).then(|| Problem::new(field, *says)),
            Rule::NoAddress { field } => read::holds_address(answers.one(field))
                .then(|| Problem::new(field, "Write the name without a web or email address")),
        }
    }
}

/// Answers that are judged together, such as a row of the SCAL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What findings name.
    pub id: FieldId,
    /// Its heading.
    pub label: String,
    /// What the reviewer must know; may be empty.
    pub about: String,
    /// The questions in it.
    pub fields: Vec<FieldId>,
    /// The role that judges it; `None` for every role that decides.
    pub owner: Option<Role>,
}

impl Part {
    /// An answer that is judged by itself.
    #[must_use]
    pub fn alone(field: &Field) -> Self {
        Self {
            id: field.id.clone(),
            label: field.label.clone(),
            about: String::new(),
            fields: vec![field.id.clone()],
            owner: None,
        }
    }

    /// Whether nothing in it was answered.
    #[must_use]
    pub fn is_blank(&self, answers: &Answers) -> bool {
        self.fields.iter().all(|id| answers.many(id.as_str()).is_empty())
    }

    /// Whether an answer of this part differs between two submissions in anything that can be seen.
    #[must_use]
    pub fn differs(&self, old: &Answers, new: &Answers) -> bool {
        // What an older release recorded was tidied less.
        let seen = |answers: &Answers, id: &FieldId| answers.many(id.as_str()).iter().map(|v| text::tidy(v)).collect::<Vec<_>>();
        self.fields.iter().any(|id| old.many(id.as_str()) != new.many(id.as_str()) && seen(old, id) != seen(new, id))
    }
}

/// The questions of one page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form {
    /// In page order.
    pub fields: Vec<Field>,
    /// What answers must be together.
    pub rules: Vec<Rule>,
    /// What is judged together; empty when each answer is judged by itself.
    pub parts: Vec<Part>,
}

impl Form {
    /// Questions that have nothing to do with each other.
    #[must_use]
    pub fn of(fields: Vec<Field>) -> Self {
        Self { fields, ..Self::default() }
    }

    /// The same with a rule.
    #[must_use]
    pub fn rule(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// What a reviewer gives a verdict on, in page order.
    #[must_use]
    pub fn to_review(&self) -> Vec<Part> {
        if !self.parts.is_empty() {
            return self.parts.clone();
        }
        self.fields.iter().map(Part::alone).collect()
    }

    /// The answers of a part in words, one below the other; with the questions when there are several.
    #[must_use]
    pub fn part_in_words(&self, part: &Part, answers: &Answers) -> String {
        let one = |id: &FieldId| {
            let words = self.in_words(id, answers);
            match self.field(id.as_str()) {
                Some(field) if part.fields.len() > 1 && !words.is_empty() => format!("{}: {words}", field.label),
                _ => words,
            }
        };
        part.fields.iter().map(one).filter(|words| !words.is_empty()).collect::<Vec<String>>().join("\n")
    }

    /// The question with this id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id.as_str() == id)
    }

    /// The answers tidied, with nothing that was not asked.
    ///
    /// # Errors
    /// Every problem at once, in page order.
    pub fn check(&self, answers: &Answers) -> Result<Answers, Problems> {
        let mut clean = Answers::default();
        let mut problems = Vec::new();
        for field in &self.fields {
            match field.check(answers.many(field.id.as_str())) {
                Ok(values) if values.is_empty() => {}
                Ok(values) => {
                    clean.0.insert(field.id.to_string(), values);
                }
                Err(problem) => problems.push(problem),
            }
        }
        // A rule about an answer that cannot stand anyway would only say it twice.
        for problem in self.rules.iter().filter_map(|rule| rule.broken(&clean)) {
            if !problems.iter().any(|known| known.field == problem.field) {
                problems.push(problem);
            }
        }
        let place = |problem: &Problem| self.fields.iter().position(|field| field.id.as_str() == problem.field);
        problems.sort_by_key(place);
        if problems.is_empty() { Ok(clean) } else { Err(Problems(problems)) }
    }

    /// Days that tell of the past and have not come, or lie before what they follow: its name and its day, where that is
    /// known. `today` is the last day that can be meant.
    ///
    /// # Errors
    /// Every such day, in page order.
    pub fn days(&self, answers: &Answers, today: Date, follows: Option<(&str, Date)>) -> Result<(), Problems> {
        let told = |field: &Field| {
            let day = read::day(answers.one(field.id.as_str())).ok()?;
            if day > today {
                let says = format!("“{}” tells of what has happened: the day cannot be in the future", field.label);
                return Some(Problem::new(field.id.as_str(), says));
            }
            let (what, since) = follows.filter(|(_, since)| day < *since)?;
            let since = since.strftime("%-d %B %Y");
            let says = format!("“{}” cannot be before {since}, the day of “{what}”", field.label);
            Some(Problem::new(field.id.as_str(), says))
        };
        let problems: Vec<Problem> = self.fields.iter().filter(|field| field.past).filter_map(told).collect();
        if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) }
    }

    /// The questions that take files.
    pub fn takes_files(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|field| matches!(field.kind, Kind::Files { .. }))
    }

    /// Of what was sent, what this form asks, without what nobody can see and with one kind of line end; nothing is judged and
    /// nothing is cut.
    #[must_use]
    pub fn only(&self, answers: &Answers) -> Answers {
        let mut own = Answers::default();
        for field in &self.fields {
            let values: Vec<String> =
                field.values(answers.many(field.id.as_str())).iter().map(|value| text::clean(value).into_owned()).collect();
            if !values.is_empty() {
                own.0.insert(field.id.to_string(), values);
            }
        }
        own
    }

    /// What a draft keeps: what was asked, whole.
    ///
    /// # Errors
    /// A problem for each answer that is too long to be kept. Nothing is ever cut: nobody looks for the end of a text that
    /// they were told was saved.
    pub fn keep(&self, answers: &Answers) -> Result<Answers, Problems> {
        let own = self.only(answers);
        let problems: Vec<Problem> =
            self.fields.iter().filter_map(|field| field.cannot_keep(own.many(field.id.as_str()))).collect();
        if problems.is_empty() { Ok(own) } else { Err(Problems(problems)) }
    }

    /// What a draft keeps and a submission would refuse as too long, in page order: to be told while there is time.
    #[must_use]
    pub fn too_long(&self, answers: &Answers) -> Problems {
        Problems(self.fields.iter().filter_map(|field| field.too_long(answers.many(field.id.as_str()))).collect())
    }

    /// An answer in words: options by their label, lists joined.
    #[must_use]
    pub fn in_words(&self, field: &FieldId, answers: &Answers) -> String {
        let Some(asked) = self.field(field.as_str()) else { return String::new() };
        let word = |value: &String| match asked.kind {
            Kind::Files { .. } => FileRef::parse(value).map_or_else(|| value.clone(), |file| file.name),
            Kind::Figure { .. } => asked.figure_in_words(value).unwrap_or_else(|| value.clone()),
            _ => asked.options().iter().find(|o| o.0 == value).map_or_else(|| value.clone(), |o| o.1.to_owned()),
        };
        answers.many(field.as_str()).iter().map(word).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::answers::LONGEST;

    fn line(max: usize) -> Form {
        Form::of(vec![Field::new("name", "Name", Kind::Line { max }).required("Enter a name")])
    }

    #[test]
    fn what_was_not_asked_is_dropped() {
        let typed = Answers::default().with("name", "a").with("admin", "yes");
        assert_eq!(line(9).check(&typed).expect("fits").0.len(), 1);
        assert_eq!(line(9).keep(&typed).expect("fits").0.len(), 1);
    }

    /// 500 members of 45 characters are more than 20,000 characters, and every one of them is kept.
    #[test]
    fn a_draft_keeps_all_that_a_question_takes_and_cuts_nothing() {
        let form = Form::of(vec![
            Field::new("members", "Members", Kind::Organisations { most: 500 }),
            Field::new("words", "Words", Kind::Words { max: 10 }),
            Field::new("files", "Files", Kind::Files { most: 1 }),
        ]);
        let members: Vec<String> = (0..500).map(|at| format!("A{at:05} A surgery with a name of some length {at:03}")).collect();
        let members = members.join("\n");
        assert!(members.chars().count() > LONGEST);
        let typed = Answers::default().with("members", &members);
        assert_eq!(form.keep(&typed).expect("it is kept").one("members"), members);
        assert!(form.too_long(&typed).0.is_empty());
        // Too long to be sent, and kept; too long to be kept, and told.
        let long = typed.clone().with("words", &"é".repeat(LONGEST));
        assert_eq!(form.keep(&long), Ok(long.clone()));
        assert_eq!(form.too_long(&long).0[0].says, "Shorten “Words” by 19990 characters");
        let says = form.keep(&typed.clone().with("words", &"é".repeat(LONGEST + 1))).expect_err("too long").0;
        assert_eq!((says[0].field.as_str(), says[0].says.as_str()), ("words", "Shorten “Words” by 19991 characters"));
        assert!(form.keep(&Answers::default().with("members", &"x".repeat(500 * 120 + 1))).is_err());
        let file =
            |name: &str| FileRef { digest: crate::base::ids::Digest::of(name.as_bytes()), name: name.to_owned() }.to_string();
        let files = |names: &[&str]| Answers([("files".to_owned(), names.iter().map(|n| n.to_string()).collect())].into());
        assert!(form.keep(&files(&[&file("a"), ""])).is_ok(), "an empty choice is no file");
        assert!(form.keep(&files(&[&file("a"), &file("b")])).expect_err("two").0[0].says.ends_with("Remove 1"));
    }

    #[test]
    fn what_nobody_can_see_is_no_answer_and_no_difference() {
        let form = line(9);
        for nothing in ["\u{200b}", "\u{2060}", " \u{a0}\u{ad} ", "\u{feff}\u{2028}"] {
            let typed = Answers::default().with("name", nothing);
            assert!(typed.is_blank(), "{nothing:?}");
            assert_eq!(form.check(&typed).expect_err("nothing was typed").0[0].says, "Enter a name");
        }
        let part = &form.to_review()[0];
        let of = |name: &str| Answers::default().with("name", name);
        assert!(!part.differs(&of("Zoe\u{308} Li\u{200b}"), &of("Zo\u{eb}\u{a0}Li")));
        assert!(!part.differs(&of("a\r\nb"), &of("a\nb")));
        assert!(part.differs(&of("a b"), &of("ab")) && part.differs(&of("a"), &of("")));
        assert_eq!(form.only(&of("a\r\n\u{200b} ")).one("name"), "a\n ", "a draft keeps what is still typed");
    }

    #[test]
    fn answers_must_agree_with_each_other() {
        let form = Form::of(vec![
            Field::new("from", "From", Kind::Day),
            Field::new("to", "To", Kind::Day),
            Field::new("met", "Met?", Kind::Choice(vec![("yes", "Yes", ""), ("no", "No", "")])),
            Field::new("why", "Why?", Kind::Words { max: 9 }),
        ])
        .rule(Rule::NotBefore { from: "from", to: "to", says: "Too early" })
        .rule(Rule::Needs {
            when: "met".to_owned(),
            is: &["no"],
            one_of: vec!["why".to_owned()],
            says: "Say why".to_owned(),
        });
        let typed = Answers::default().with("from", "2 3 2026").with("to", "1 3 2026").with("met", "no");
        let says = |typed: &Answers| form.check(typed).err().map(|p| p.0.into_iter().map(|p| p.says).collect::<Vec<_>>());
        assert_eq!(says(&typed), Some(vec!["Too early".to_owned(), "Say why".to_owned()]));
        assert_eq!(says(&typed.with("to", "2 3 2026").with("why", "because")), None);
    }
}
