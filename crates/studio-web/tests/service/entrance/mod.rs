//! Who may come in, over real HTTP: sessions, tokens, rules, and those who try otherwise.

pub(crate) mod house;
mod keys;
mod local;
mod owners;
mod providers;
mod routes;
mod sessions;
mod sites;
