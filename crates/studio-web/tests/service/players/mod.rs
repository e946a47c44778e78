//! Players that speak OpenSubsonic, over real HTTP.

mod browsing;
mod coming;
mod covers;
mod marking;
mod player;
mod sounding;
