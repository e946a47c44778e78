//! What messages mean.

use async_trait::async_trait;
use studio_core::Error;
use studio_core::queue::Delivery;

/// What came of a message.
#[derive(Debug)]
pub enum Handled {
    /// All that it asks for is done, or was done before.
    Done,
    /// It could not be done now. What was done by then is not done twice.
    Retry(Error),
    /// Nobody can do anything with it.
    Dead {
        /// Why, as a stable name.
        code: &'static str,
        /// Why, for people.
        detail: String,
    },
}

/// Does what messages of one kind ask for. The same message may come again at any time, even
/// while it is worked on: handling it twice does what handling it once does.
///
/// Its future may be dropped at any point, when the message is in other hands by then.
#[async_trait]
pub trait Handler: Send + Sync {
    /// What it does, for people.
    fn name(&self) -> &'static str;

    /// Does what a message asks for.
    async fn handle(&self, delivery: &Delivery) -> Handled;
}

#[async_trait]
impl Handler for Box<dyn Handler> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    async fn handle(&self, delivery: &Delivery) -> Handled {
        (**self).handle(delivery).await
    }
}
