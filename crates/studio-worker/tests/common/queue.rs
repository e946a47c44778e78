//! A queue in memory that fails when it is told to, and can be purged.
#![allow(dead_code, reason = "each target has a use for a part of it")]

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use studio_core::queue::{Delivery, Error, MemoryQueue, Outgoing, Queue, Receipt, Receive, Result};
use studio_domain::CredentialProblem;

/// One of a queue's requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Receive,
    Extend,
    Ack,
    Send,
}

/// A way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    NoSuchQueue,
    Denied,
    Expired,
    Unreachable,
    Backend,
    Gone,
}

impl Failure {
    fn error(self) -> Error {
        let queue = "work".to_owned();
        let source = format!("{self:?}").into();
        match self {
            Self::NoSuchQueue => Error::NoSuchQueue { queue },
            Self::Denied => Error::Denied { queue, action: "receive", source },
            Self::Expired => {
                Error::Credentials { queue, problem: Box::new(CredentialProblem::Expired), source }
            }
            Self::Unreachable => Error::Unreachable { endpoint: "here".to_owned(), queue, source },
            Self::Backend => Error::Backend { action: "use", queue, source },
            Self::Gone => Error::ReceiptGone { queue },
        }
    }
}

pub(crate) struct TestQueue {
    name: String,
    /// The queue, and how often it was purged.
    inner: Mutex<(Arc<MemoryQueue>, u32)>,
    /// What is to fail, in this order among the requests of one kind.
    failures: Mutex<VecDeque<(Call, Failure)>>,
    deliveries: AtomicU32,
    receives: AtomicU32,
}

impl TestQueue {
    pub(crate) fn new(name: &str) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_owned(),
            inner: Mutex::new((Arc::new(MemoryQueue::new(name)), 0)),
            failures: Mutex::default(),
            deliveries: AtomicU32::new(0),
            receives: AtomicU32::new(0),
        })
    }

    /// Has the next requests of a kind fail.
    pub(crate) fn fail(&self, call: Call, failure: Failure, times: usize) {
        self.failures.lock().unwrap().extend(std::iter::repeat_n((call, failure), times));
    }

    pub(crate) fn purge(&self) {
        let mut inner = self.inner.lock().unwrap();
        *inner = (Arc::new(MemoryQueue::new(&*self.name)), inner.1 + 1);
    }

    pub(crate) fn len(&self) -> usize {
        self.inner.lock().unwrap().0.len()
    }

    /// How many messages were delivered so far.
    pub(crate) fn deliveries(&self) -> u32 {
        self.deliveries.load(Ordering::Relaxed)
    }

    /// How often messages were asked for so far.
    pub(crate) fn receives(&self) -> u32 {
        self.receives.load(Ordering::Relaxed)
    }

    pub(crate) async fn put(&self, bodies: &[&str]) {
        let messages: Vec<Outgoing> = bodies.iter().map(|body| Outgoing::new(*body)).collect();
        self.send(&messages).await.unwrap();
    }

    /// Takes at once what can be had, and keeps it.
    pub(crate) async fn take(&self) -> Vec<Delivery> {
        let (wait, visibility) = (Duration::ZERO, Duration::from_secs(3600));
        let mut taken = Vec::new();
        loop {
            let some = self.receive(Receive { max: 10, wait, visibility }).await.unwrap();
            if some.is_empty() {
                return taken;
            }
            taken.extend(some);
        }
    }

    fn now(&self, call: Call) -> Result<(Arc<MemoryQueue>, u32)> {
        let mut failures = self.failures.lock().unwrap();
        if let Some(at) = failures.iter().position(|(of, _)| *of == call)
            && let Some((_, failure)) = failures.remove(at)
        {
            return Err(failure.error());
        }
        Ok(self.inner.lock().unwrap().clone())
    }
}

/// A receipt of the queue within, if that was not purged since.
fn bare(receipt: &Receipt, purges: u32) -> Option<Receipt> {
    let bare = receipt.0.strip_prefix(&format!("{purges}/"))?;
    Some(Receipt(bare.to_owned()))
}

#[async_trait]
impl Queue for TestQueue {
    fn name(&self) -> &str {
        &self.name
    }

    async fn receive(&self, request: Receive) -> Result<Vec<Delivery>> {
        self.receives.fetch_add(1, Ordering::Relaxed);
        let (queue, purges) = self.now(Call::Receive)?;
        // Short, so that a purge is noticed.
        let wait = request.wait.min(Duration::from_secs(1));
        let mut deliveries = queue.receive(Receive { wait, ..request }).await?;
        self.deliveries.fetch_add(deliveries.len() as u32, Ordering::Relaxed);
        for delivery in &mut deliveries {
            delivery.receipt.0 = format!("{purges}/{}", delivery.receipt.0);
        }
        Ok(deliveries)
    }

    async fn extend(&self, receipt: &Receipt, visibility: Duration) -> Result<()> {
        let (queue, purges) = self.now(Call::Extend)?;
        match bare(receipt, purges) {
            Some(receipt) => queue.extend(&receipt, visibility).await,
            None => Err(Failure::Gone.error()),
        }
    }

    async fn ack(&self, receipts: &[Receipt]) -> Result<()> {
        let (queue, purges) = self.now(Call::Ack)?;
        let receipts: Vec<_> = receipts.iter().filter_map(|own| bare(own, purges)).collect();
        queue.ack(&receipts).await
    }

    async fn send(&self, messages: &[Outgoing]) -> Result<()> {
        self.now(Call::Send)?.0.send(messages).await
    }
}
