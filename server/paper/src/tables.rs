//! Tables: facts with their names, and rows under heads.

use std::rc::Rc;

use krilla::tagging::{TableHeaderScope, Tag};

use crate::{
    bands::{BORDER, Band, Ink, Node, TEXT},
    document::{Table, Text},
    lines::Line,
    setter::{BODY, GAP, Look, Row, STRONG, Setter, for_the_eye, lowered},
};

/// The space above and below what stands in a row, and between the columns.
const PADDING: f32 = 5.0;
const GUTTER: f32 = 14.0;

impl Setter<'_> {
    pub(crate) fn facts(&mut self, facts: &[(String, Text)]) {
        if facts.is_empty() {
            return;
        }
        let columns = [self.width * 0.32, self.width * 0.68];
        let rows = facts.iter().enumerate().map(|(number, (name, value))| {
            let before = if number == 0 { GAP } else { 0.0 };
            let name = Text::from(name.as_str());
            let cells = [(&name, STRONG), (value, BODY)];
            self.row(&cells, &columns, before, None, TableHeaderScope::Row, 1)
        });
        let rows = rows.collect();
        self.after = GAP / 2.0;
        self.nodes.push(Node::group(Tag::Table, vec![Node::group(Tag::TBody, rows)]));
    }

    pub(crate) fn table(&mut self, table: &Table) {
        let count = table.rows.iter().map(Vec::len).max().unwrap_or(0).max(table.heads.len());
        if count == 0 {
            return;
        }
        let mut children = Vec::new();
        if !table.caption.trim().is_empty() {
            let (rows, nodes) = self.text(&table.caption.as_str().into(), STRONG, 0.0, self.width);
            self.rows(rows, STRONG.leading, GAP + 4.0, true);
            children.push(Node::group(Tag::Caption, nodes));
        }
        let empty = Text::new();
        let heads: Vec<Text> = (0..count).map(|at| table.heads.get(at).cloned().unwrap_or_default().into()).collect();
        let heads: Vec<_> = heads.iter().map(|head| (head, STRONG)).collect();
        let rows: Vec<Vec<_>> =
            table.rows.iter().map(|row| (0..count).map(|at| (row.get(at).unwrap_or(&empty), BODY)).collect()).collect();
        let columns = self.columns(count, std::iter::once(&heads).chain(&rows));

        let first = self.bands.len();
        let head = self.row(&heads, &columns, GAP / 2.0, None, TableHeaderScope::Column, count);
        let drawn = self.bands[first..].iter_mut().map(|band| {
            band.keeps = true;
            &*band
        });
        let again = again(drawn);
        children.push(Node::group(Tag::THead, vec![head]));
        // Heads that fill a third of a page would leave no room for what they are the heads of.
        let again = (again.height < self.height / 3.0).then(|| Rc::new(again));
        let body: Vec<Node> =
            rows.iter().map(|row| self.row(row, &columns, 0.0, again.as_ref(), TableHeaderScope::Row, 1)).collect();
        if !body.is_empty() {
            children.push(Node::group(Tag::TBody, body));
        }
        self.after = GAP / 2.0;
        self.nodes.push(Node::group(Tag::Table, children));
    }

    /// How wide each column is: as wide as it needs where all fit, otherwise wider the more there is in it.
    fn columns<'t>(&self, count: usize, rows: impl Iterator<Item = &'t Vec<(&'t Text, Look)>>) -> Vec<f32> {
        let mut needs = vec![(0.0_f32, 0.0_f32); count];
        for row in rows {
            for (need, (text, look)) in needs.iter_mut().zip(row) {
                let (whole, word) = Line::of(self.fonts, text, look.face).widths();
                *need = (need.0.max(whole * look.size + GUTTER), need.1.max(word * look.size + GUTTER));
            }
        }
        // A word of its own does not push the other columns away: it is broken.
        let most = self.width / count as f32;
        for (whole, word) in &mut needs {
            *word = word.min(most);
            *whole = whole.max(*word);
        }
        let wholes: f32 = needs.iter().map(|(whole, _)| whole).sum();
        if wholes <= self.width {
            return needs.iter().map(|(whole, _)| whole * self.width / wholes).collect();
        }
        // Columns that ask for less than their share get what they ask for, the others share what is left.
        let mut widths = vec![None; count];
        loop {
            let left = self.width - widths.iter().flatten().sum::<f32>();
            let share = left / widths.iter().filter(|width| width.is_none()).count() as f32;
            let modest = (0..count).find(|at| widths[*at].is_none() && needs[*at].0 <= share);
            let Some(modest) = modest else {
                let open = || (0..count).filter(|at| widths[*at].is_none()).map(|at| needs[at]);
                let (wholes, words) = open().fold((0.0, 0.0), |sum, need| (sum.0 + need.0, sum.1 + need.1));
                let spread = |(whole, word): (f32, f32)| word + (left - words) * (whole - word) / (wholes - words);
                return (0..count)
                    .map(|at| widths[at].unwrap_or_else(|| if wholes > words { spread(needs[at]) } else { share }))
                    .collect();
            };
            widths[modest] = Some(needs[modest].0);
        }
    }

    /// A row of a table: the first cells of it are heads.
    fn row(
        &mut self,
        cells: &[(&Text, Look)],
        columns: &[f32],
        before: f32,
        again: Option<&Rc<Band>>,
        scope: TableHeaderScope,
        heads: usize,
    ) -> Node {
        let mut x = 0.0;
        let mut nodes = Vec::new();
        let mut columns_rows = Vec::new();
        for (number, ((text, look), width)) in cells.iter().zip(columns).enumerate() {
            let room = (width - GUTTER).max(look.size);
            let (rows, children) = self.text(text, *look, x, room);
            x += width;
            nodes.push(if number < heads { Node::group(Tag::TH(scope), children) } else { Node::group(Tag::TD, children) });
            columns_rows.push(rows);
        }
        let count = columns_rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut lines: Vec<Row> = vec![Vec::new(); count];
        for rows in columns_rows {
            for (line, inks) in lines.iter_mut().zip(rows) {
                line.extend(inks);
            }
        }
        let height = BODY.leading * count as f32 + 2.0 * PADDING;
        let room = self.height - again.map_or(0.0, |again| again.height);
        let is_head = scope == TableHeaderScope::Column;
        let rule = |y: f32| {
            let (height, colour) = if is_head { (1.5, TEXT) } else { (0.75, BORDER) };
            Ink::Fill { x: 0.0, y: y - height, width: self.width, height, colour }
        };
        let bands: Vec<Band> = if height <= room {
            let mut inks: Vec<Ink> = Vec::new();
            for (number, line) in lines.into_iter().enumerate() {
                inks.extend(line.into_iter().map(|ink| lowered(ink, PADDING + BODY.leading * number as f32)));
            }
            inks.push(rule(height));
            vec![Band { before, height, inks, again: again.cloned(), ..Band::default() }]
        } else {
            let cut = |(number, line): (usize, Row)| {
                let (first, last) = (number == 0, number + 1 == count);
                let above = if first { PADDING } else { 0.0 };
                let height = BODY.leading + above + if last { PADDING } else { 0.0 };
                let mut inks: Vec<Ink> = line.into_iter().map(|ink| lowered(ink, above)).collect();
                if last {
                    inks.push(rule(height));
                }
                let keeps = !last && (first || number + 2 == count);
                let before = if first { before } else { 0.0 };
                Band { before, height, keeps, inks, again: again.cloned(), ..Band::default() }
            };
            lines.into_iter().enumerate().map(cut).collect()
        };
        for band in bands {
            self.band(band);
        }
        Node::group(Tag::TR, nodes)
    }
}

/// What was drawn once, to be drawn again for the eye alone.
fn again<'b>(bands: impl Iterator<Item = &'b Band>) -> Band {
    let mut all = Band::default();
    for band in bands {
        let inks = band.inks.iter().cloned();
        all.inks.extend(inks.map(|ink| lowered(for_the_eye(ink), all.height)));
        all.height += band.height;
    }
    all
}
