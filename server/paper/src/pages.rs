//! Bands put on pages.

use crate::bands::Band;

/// The bands of one page, each with its top.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) bands: Vec<(f32, Band)>,
    filled: f32,
}

impl Page {
    fn put(&mut self, band: Band) {
        if self.bands.is_empty() {
            if let Some(again) = &band.again {
                self.bands.push((0.0, Band::clone(again)));
                self.filled = again.height;
            }
        } else {
            self.filled += band.before;
        }
        let top = self.filled;
        self.filled += band.height;
        self.bands.push((top, band));
    }

    /// How high the page would be with these.
    fn with(&self, bands: &[Band]) -> f32 {
        let first = match (bands.first(), self.bands.is_empty()) {
            (Some(band), true) => band.again.as_ref().map_or(0.0, |again| again.height) - band.before,
            _ => 0.0,
        };
        self.filled + first + bands.iter().map(|band| band.before + band.height).sum::<f32>()
    }
}

/// Pages so high, filled from the first on. What keeps with what follows is moved with it, unless both are longer than a page.
pub(crate) fn filled(bands: Vec<Band>, height: f32) -> Vec<Page> {
    let mut pages = Vec::new();
    let mut page = Page::default();
    let mut rest = bands.into_iter().peekable();
    while rest.peek().is_some() {
        let mut chain: Vec<Band> = Vec::new();
        while let Some(band) = rest.next_if(|band| chain.last().is_none_or(|last| last.keeps && !band.fresh)) {
            chain.push(band);
        }
        let is_fresh = chain.first().is_some_and(|band| band.fresh);
        if !page.bands.is_empty() && (is_fresh || page.with(&chain) > height) {
            pages.push(std::mem::take(&mut page));
        }
        for band in chain {
            if !page.bands.is_empty() && page.with(std::slice::from_ref(&band)) > height {
                pages.push(std::mem::take(&mut page));
            }
            page.put(band);
        }
    }
    pages.push(page);
    pages
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    fn band(height: f32, keeps: bool) -> Band {
        Band { before: 1.0, height, keeps, ..Band::default() }
    }

    fn tops(bands: Vec<Band>) -> Vec<Vec<f32>> {
        filled(bands, 10.0).iter().map(|page| page.bands.iter().map(|(top, _)| *top).collect()).collect()
    }

    #[test]
    fn a_page_is_filled_to_its_end_and_space_at_its_top_is_left_out() {
        assert_eq!(tops(vec![band(4.0, false), band(5.0, false), band(1.0, false)]), [vec![0.0, 5.0], vec![0.0]]);
        assert_eq!(tops(Vec::new()), [Vec::<f32>::new()]);
    }

    #[test]
    fn a_heading_goes_where_its_text_goes() {
        assert_eq!(tops(vec![band(5.0, false), band(2.0, true), band(3.0, false)]), [vec![0.0], vec![0.0, 3.0]]);
        // What is longer than a page is broken all the same, and nothing is lost.
        let long = vec![band(6.0, true), band(6.0, true), band(6.0, false)];
        assert_eq!(tops(long), [vec![0.0], vec![0.0], vec![0.0]]);
    }

    #[test]
    fn the_heads_of_a_table_come_again_on_its_next_page() {
        let row = Band { again: Some(Rc::new(band(2.0, true))), ..band(4.0, false) };
        assert_eq!(tops(vec![band(2.0, true), row.clone(), row.clone(), row]), [vec![0.0, 3.0], vec![0.0, 2.0], vec![0.0, 2.0]]);
    }

    #[test]
    fn what_is_fresh_begins_a_page_and_leaves_none_empty() {
        let fresh = Band { fresh: true, ..band(1.0, false) };
        assert_eq!(tops(vec![fresh.clone(), band(1.0, true), fresh]), [vec![0.0, 2.0], vec![0.0]]);
    }
}
