//! What every service of an AWS-compatible endpoint needs: settings, credentials with
//! errors that say what there is to do, one HTTP client, and reading of what went wrong.
//!
//! A crate that talks to a service asks [`load()`] for its configuration, adds what is the
//! service's own, and puts [`Later`] beside the SDK's rules for trying again.

mod credentials;
mod ensured;
pub mod http;
mod load;
mod refusal;
mod retry;
mod settings;

pub use credentials::{Trouble, trouble_in};
pub use ensured::Ensured;
pub use load::{Loaded, Service, load};
pub use refusal::{BoxError, HttpResponse, broke_off, chain, innermost, is_page};
pub use retry::Later;
pub use settings::AwsSettings;
