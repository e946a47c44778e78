//! Players that speak OpenSubsonic, over real HTTP.

mod browsing;
mod coming;
mod marking;
mod player;
mod sounding;
