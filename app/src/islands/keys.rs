//! Arrow keys along the edges of a picture and up and down its map, Home and End to its first and last stop, Escape back to where the reader came
//! from; and the picture as a PNG. Tab goes round it without any of this.

use leptos::prelude::*;

/// Listens on the pictures of the page. Where there is a link to the picture as a file, marked `data-picture`, it can be
/// saved as PNG too.
#[cfg(feature = "ssr")]
#[component]
pub fn Keys() -> impl IntoView {
    view! {
        <p class="gpc-below gpc-png"></p>
        <KeysAwake />
    }
}

/// Puts the button in its place.
#[island]
fn KeysAwake() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::listen();
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, closure::Closure};
    use web_sys::{
        CanvasRenderingContext2d, Element, HtmlAnchorElement, HtmlCanvasElement, HtmlElement, HtmlImageElement, KeyboardEvent,
        SvgElement,
    };

    /// Pixels of the saved picture for each unit of the drawing: fit for print.
    const SHARP: f64 = 2.0;

    /// The links of the rows of a map; those to supporting tasks lie beside the way.
    const ROWS: &str = ".gpc-tour__around > a, .gpc-tour__head > a, .gpc-tour__stop > a";

    pub fn listen() {
        let pressed = Closure::<dyn FnMut(KeyboardEvent)>::new(|event: KeyboardEvent| {
            let here = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let Some(here) = here.and_then(|here| here.closest(".gpc-eco a, .gpc-tour a").ok().flatten()) else { return };
            let Ok(Some(picture)) = here.closest(".gpc-eco, .gpc-tour") else { return };
            let down_the_page = picture.class_list().contains("gpc-tour");
            let find = |selector: &str| picture.query_selector(selector).ok().flatten();
            let along = |key: &str| {
                let to = here.get_attribute(key)?;
                find(&format!("a[data-stop=\"{to}\"]"))
            };
            let stops = || picture.query_selector_all(if down_the_page { ROWS } else { "a.sp" }).ok();
            let nth = |place: u32| stops().and_then(|all| all.get(place)).and_then(|stop| stop.dyn_into::<Element>().ok());
            let place = || {
                let all = stops()?;
                (0..all.length()).find(|at| all.get(*at).is_some_and(|stop| stop.is_same_node(Some(here.as_ref()))))
            };
            let to = match event.key().as_str() {
                // The map has one direction: links follow each other down the page.
                "ArrowUp" if down_the_page => place().and_then(|at| nth(at.checked_sub(1)?)),
                "ArrowDown" if down_the_page => place().and_then(|at| nth(at + 1)),
                "ArrowUp" => along("data-up"),
                "ArrowDown" => along("data-down"),
                "ArrowLeft" => along("data-left"),
                "ArrowRight" => along("data-right"),
                "Home" => nth(0),
                "End" => stops().and_then(|all| nth(all.length().saturating_sub(1))),
                "Escape" => {
                    // Out of the picture, to the heading of the page.
                    event.prevent_default();
                    if let Some(main) = document().get_element_by_id("maincontent").and_then(|e| e.dyn_into::<HtmlElement>().ok())
                    {
                        drop(main.focus());
                    }
                    return;
                }
                _ => return,
            };
            if let Some(stop) = to {
                event.prevent_default();
                // Links of the drawing are elements of SVG, those of the map of HTML.
                match stop.dyn_into::<SvgElement>() {
                    Ok(stop) => drop(stop.focus()),
                    Err(stop) => drop(stop.dyn_into::<HtmlElement>().map(|stop| stop.focus())),
                }
            }
        });
        if document().add_event_listener_with_callback("keydown", pressed.as_ref().unchecked_ref()).is_ok() {
            pressed.forget();
        }
        let place = document().query_selector(".gpc-png").ok().flatten().filter(|_| file().is_some());
        let Some(place) = place else { return };
        place.set_inner_html(BUTTON);
        let saved = Closure::<dyn FnMut()>::new(png);
        if let Some(button) = place.first_element_child() {
            drop(button.add_event_listener_with_callback("click", saved.as_ref().unchecked_ref()));
        }
        saved.forget();
    }

    const BUTTON: &str = "<button type=\"button\" class=\"nhsuk-button nhsuk-button--secondary nhsuk-button--small\">\
                          Save the picture as PNG</button>";

    /// The address of the picture as a file.
    fn file() -> Option<String> {
        document().query_selector("a[data-picture]").ok().flatten()?.get_attribute("href")
    }

    /// Draws the file on a canvas and hands that out. When anything is missing nothing happens: the SVG is there as well.
    fn png() {
        let (Some(file), Ok(image)) = (file(), HtmlImageElement::new()) else { return };
        let name = file.rsplit('/').next().unwrap_or_default();
        let name = format!("{}.png", name.strip_suffix(".svg").unwrap_or(name));
        let drawn = image.clone();
        let loaded = Closure::once_into_js(move || {
            let _ = hand_out(&drawn, &name);
        });
        image.set_onload(Some(loaded.unchecked_ref()));
        image.set_src(&file);
    }

    fn hand_out(image: &HtmlImageElement, name: &str) -> Option<()> {
        let (width, height) = (f64::from(image.natural_width()) * SHARP, f64::from(image.natural_height()) * SHARP);
        let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand pixels")]
        let (across, down) = (width as u32, height as u32);
        canvas.set_width(across);
        canvas.set_height(down);
        let paper: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        paper.set_fill_style_str("#fff");
        paper.fill_rect(0.0, 0.0, width, height);
        paper.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height).ok()?;
        let link: HtmlAnchorElement = document().create_element("a").ok()?.dyn_into().ok()?;
        link.set_href(&canvas.to_data_url_with_type("image/png").ok()?);
        link.set_download(&format!("gp-connect-{name}"));
        link.click();
        Some(())
    }
}
