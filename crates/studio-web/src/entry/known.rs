//! Those who may come in, for a service.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use studio_core::access::Access;
use tokio::sync::Mutex;

use crate::failure::Failure;

/// How long it is believed that nobody has an account.
const EMPTY_FOR: Duration = Duration::from_secs(1);

/// Those who may come in, and whether there is anybody at all.
#[derive(Debug)]
pub(crate) struct Entrance {
    pub(crate) access: Access,
    /// Once there are accounts, there always are: the last manager stays.
    has_accounts: AtomicBool,
    looked: Mutex<Option<Instant>>,
}

impl Entrance {
    pub(crate) fn new(access: Access) -> Self {
        Self { access, has_accounts: AtomicBool::new(false), looked: Mutex::default() }
    }

    /// Whether anybody has an account; of those who have none it is asked once in a second.
    pub(super) async fn has_accounts(&self) -> Result<bool, Failure> {
        if self.has_accounts.load(Ordering::Acquire) {
            return Ok(true);
        }
        let mut looked = self.looked.lock().await;
        if looked.is_some_and(|at| at.elapsed() < EMPTY_FOR) {
            return Ok(self.has_accounts.load(Ordering::Acquire));
        }
        let has = self.access.has_accounts().await?;
        self.has_accounts.store(has, Ordering::Release);
        *looked = Some(Instant::now());
        Ok(has)
    }
}
