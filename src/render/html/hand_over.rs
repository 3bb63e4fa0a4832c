//! What to hand over: the facts for the service's support, and a letter to the customer.

use maud::{Markup, html};

use super::Page;
use super::markup::{copy_button, line};

pub(super) fn section(page: &Page<'_>) -> Markup {
    html! {
        @if !page.handovers.is_empty() {
            section id="hand-over" aria-labelledby="hand-over-title" {
                h2 id="hand-over-title" { "Hand over" }
                @for (at, one) in page.handovers.iter().enumerate() {
                    article class="hand-over" {
                        h3 { (line(&one.title)) }
                        div class="columns" {
                            div {
                                h4 { "For Microsoft" }
                                dl {
                                    @for (name, value) in &one.facts {
                                        dt { (name) } dd { (line(value)) }
                                    }
                                }
                                div class="copy-row" { (copy_button(&format!("facts-{}", at + 1), "the facts", &one.facts_text())) }
                            }
                            div {
                                h4 { "For the customer" }
                                @for paragraph in &one.letter { p { (line(paragraph)) } }
                                div class="copy-row" { (copy_button(&format!("letter-{}", at + 1), "the letter", &one.letter.join("\n\n"))) }
                            }
                        }
                    }
                }
            }
        }
    }
}
