//! The asset service over HTTP.
