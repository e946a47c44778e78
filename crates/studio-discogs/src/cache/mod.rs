//! Caches. Each answers as whoever it fronts would, only sooner; [`front`] is what they have
//! in common, and a *shelf* is where one keeps its answers.

mod front;
mod memory;
mod object;
mod outage;
#[cfg(feature = "redis")]
mod redis;
mod stored;

pub use self::memory::MemoryCache;
pub use self::object::ObjectCache;
#[cfg(feature = "redis")]
pub use self::redis::{RedisCache, RedisSettings};
