//! What must not be shown, and how it is masked.
//!
//! A value is a secret because of the name it stands behind ([`is_secret_name`]), because of its
//! shape ([`mask_text`]), or because it stood as a secret somewhere else in the same
//! trace ([`Known`]). Every text of a trace passes these before a report shows it.

pub(crate) mod form;
mod json;
mod known;
mod label;
pub(crate) mod layer;
mod made;
mod markup;
pub(crate) mod member;
mod names;
mod needles;
mod pair;
pub(crate) mod part;
mod script;
mod shape;
mod sighting;
pub(crate) mod spelling;
mod spoken;
mod text;
pub(crate) mod value;

pub use json::mask_body;
pub(crate) use json::{Around, mask_value};
pub use known::Known;
pub(crate) use names::is_secret_header;
pub use names::is_secret_name;
pub(crate) use sighting::{Sighting, of_exchange};
pub(crate) use text::{is_method, mask_field, mask_field_name, mask_method, mask_strange};
pub use text::{mask_text, mask_url};

pub(crate) use shape::pattern;

pub(crate) use crate::text::placeholder::{
    KEY_LEFT_OUT, KEY_ON_A_LINE_LEFT_OUT, KUBECONFIG_LEFT_OUT, LEFT_OUT, MASK, OWN_ID_END,
    OWN_MARK, PUTTY_LEFT_OUT, TOKEN_LEFT_OUT, is_error_code, is_id_name, is_left_out,
    is_masked_by_others, is_null_word, is_own_id, is_template_word, is_variable, is_zeroed,
    looks_masked,
};
