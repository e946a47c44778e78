//! Signing in at a provider of `OpenID` Connect (Core 1.0): authorization code (RFC 6749, 4.1) with
//! PKCE (RFC 7636), what the provider says of itself by discovery (Discovery 1.0).
//!
//! [`Provider::begin`] says where to send a browser, and [`Provider::finish`] who it was that came
//! back. What is between the two (state, nonce, verifier) is kept by the caller. A token is
//! believed only if the provider signed it with one of its public keys: never one that is not
//! signed, and never by a secret that is shared (`alg: none`, `HS256`).

mod error;
mod http;
mod known;
mod provider;

pub use self::error::{Error, Result};
pub use self::provider::{Begun, Claims, Provider, ProviderSettings, Return};
