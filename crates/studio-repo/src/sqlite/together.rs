//! Writes that share a transaction: a commit waits for the disk, and several wait for it once.

use std::sync::Mutex;

use diesel::sqlite::SqliteConnection;
use tokio::sync::oneshot;

use super::connection::{in_transaction, lock};
use super::error::Outcome;
use crate::{Error, Result};

/// Writes that wait for their turn.
#[derive(Default)]
pub(super) struct Waiting(Mutex<Vec<Box<dyn Write>>>);

impl std::fmt::Debug for Waiting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Waiting")
    }
}

/// A write whose result somebody waits for.
trait Write: Send {
    /// Does it within a transaction. It may be done again when that was not committed.
    fn attempt(&mut self, connection: &mut SqliteConnection) -> Outcome<()>;

    /// Says what came of it.
    fn finish(self: Box<Self>, outcome: Outcome<()>);
}

struct One<T, F> {
    action: &'static str,
    work: F,
    value: Option<T>,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, F> Write for One<T, F>
where
    T: Send,
    F: Fn(&mut SqliteConnection) -> Outcome<T> + Send,
{
    fn attempt(&mut self, connection: &mut SqliteConnection) -> Outcome<()> {
        self.value = Some((self.work)(connection)?);
        Ok(())
    }

    fn finish(self: Box<Self>, outcome: Outcome<()>) {
        let Self { action, value, answer, .. } = *self;
        let result = match (outcome, value) {
            (Ok(()), Some(value)) => Ok(value),
            (Ok(()), None) => Err(unanswered(action)),
            (Err(failure), _) => Err(failure.while_trying_to(action)),
        };
        // Nobody needs to know who does not wait any more.
        let _ = answer.send(result);
    }
}

impl Waiting {
    /// Puts a write into the line; where its result comes.
    pub(super) fn add<T, F>(&self, action: &'static str, work: F) -> oneshot::Receiver<Result<T>>
    where
        T: Send + 'static,
        F: Fn(&mut SqliteConnection) -> Outcome<T> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        lock(&self.0).push(Box::new(One { action, work, value: None, answer }));
        result
    }

    /// Does all that waits, in one transaction; each alone when that does not work out, so
    /// that one that fails does not take others with it.
    pub(super) fn run(&self, connection: &mut SqliteConnection) {
        let mut writes = std::mem::take(&mut *lock(&self.0));
        if writes.len() > 1 {
            let all = in_transaction(connection, "BEGIN IMMEDIATE", |c| {
                writes.iter_mut().try_for_each(|write| write.attempt(c))
            });
            if all.is_ok() {
                writes.into_iter().for_each(|write| write.finish(Ok(())));
                return;
            }
        }
        for mut write in writes {
            let done = in_transaction(connection, "BEGIN IMMEDIATE", |c| write.attempt(c));
            write.finish(done);
        }
    }
}

/// Of a write whose result was lost, as in a panic.
pub(super) fn unanswered(action: &'static str) -> Error {
    Error::Backend { action, source: "its transaction ended without a word".into() }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use diesel::connection::SimpleConnection as _;
    use diesel::prelude::*;
    use diesel::sql_types::BigInt;

    use super::*;
    use crate::SqliteCatalog;

    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }

    fn insert(number: usize) -> impl Fn(&mut SqliteConnection) -> Outcome<usize> {
        move |c| {
            c.batch_execute(&format!("INSERT INTO probe VALUES ({number})"))?;
            match number {
                3 => Err(Error::Busy { action: "insert three" }.into()),
                number => Ok(number),
            }
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn one_that_fails_takes_no_other_with_it() -> Result<()> {
        let catalog = Arc::new(SqliteCatalog::in_memory()?);
        let connections = &catalog.connections;
        let table = |c: &mut SqliteConnection| Ok(c.batch_execute("CREATE TABLE probe (n)")?);
        connections.write("make a table", table).await?;
        // While one writes, the others gather.
        let (release, released) = std::sync::mpsc::channel::<()>();
        let holder = Arc::clone(&catalog);
        let holding = tokio::spawn(async move {
            let wait = move |_: &mut SqliteConnection| {
                // The end of the test releases it, too.
                let _ = released.recv();
                Ok(())
            };
            holder.connections.write("hold", wait).await
        });
        let writes: Vec<_> = (0..6)
            .map(|number| {
                let catalog = Arc::clone(&catalog);
                tokio::spawn(async move {
                    catalog.connections.write_together("insert", insert(number)).await
                })
            })
            .collect();
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        drop(release);
        assert!(holding.await.is_ok_and(|held| held.is_ok()));
        for (number, write) in writes.into_iter().enumerate() {
            let result = write.await.unwrap_or_else(|error| panic!("{error}"));
            match number {
                3 => assert!(matches!(result, Err(Error::Busy { .. })), "{result:?}"),
                number => assert_eq!(result?, number),
            }
        }
        let count = |c: &mut SqliteConnection| {
            let counted = diesel::sql_query("SELECT count(*) AS count FROM probe WHERE n <> 3");
            let all = diesel::sql_query("SELECT count(*) AS count FROM probe");
            Ok((counted.get_result::<Count>(c)?.count, all.get_result::<Count>(c)?.count))
        };
        // What failed left nothing, and nothing was done twice.
        assert_eq!(connections.read("count", count).await?, (5, 5));
        Ok(())
    }
}
