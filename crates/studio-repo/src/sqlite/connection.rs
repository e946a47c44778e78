//! Connections: one that writes, a few that read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::connection::SimpleConnection as _;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection as _, ConnectionError};
use tokio::sync::Semaphore;

use super::error::{Failure, Outcome};
use super::migrate;
use super::together::{Waiting, unanswered};
use crate::{Error, Result};

/// How many reads run at once.
const READERS: usize = 4;

/// For each connection; none of them changes the file. A commit is on the disk when it returns (`FULL`): the
/// row is what makes a take findable.
const PRAGMAS: &str = "PRAGMA busy_timeout = 30000; PRAGMA foreign_keys = ON; \
    PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;";

/// Handles on one database, opened as they are needed.
#[derive(Debug)]
pub(super) struct Connections(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    place: Place,
    writer: Mutex<Option<Slot>>,
    idle_readers: Mutex<Vec<Slot>>,
    reading: Semaphore,
    waiting: Waiting,
}

#[derive(Debug, Clone)]
enum Place {
    File(PathBuf),
    /// All reads and writes share one connection: a second one would see another database.
    Memory,
}

/// A connection that is passed between threads but used by one at a time.
struct Slot(SqliteConnection);

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteConnection")
    }
}

impl Connections {
    pub(super) fn to_file(path: &Path) -> Result<Self> {
        let mut first = open_file(path)?;
        // A file that is not ours has been refused before anything of it is changed.
        migrate::bring_up_to_date(&mut first, path)?;
        use_log(&mut first).map_err(|error| open_error(path, error))?;
        Ok(Self::new(Place::File(path.to_owned()), None, vec![Slot(first)]))
    }

    pub(super) fn to_memory() -> Result<Self> {
        let path = Path::new(":memory:");
        let mut only = establish(":memory:", path)?;
        only.batch_execute(PRAGMAS).map_err(|error| open_error(path, error))?;
        migrate::bring_up_to_date(&mut only, path)?;
        Ok(Self::new(Place::Memory, Some(Slot(only)), Vec::new()))
    }

    fn new(place: Place, writer: Option<Slot>, readers: Vec<Slot>) -> Self {
        Self(Arc::new(Shared {
            place,
            writer: Mutex::new(writer),
            idle_readers: Mutex::new(readers),
            reading: Semaphore::new(READERS),
            waiting: Waiting::default(),
        }))
    }

    /// Runs `work` in a transaction that may write, after those before it.
    pub(super) async fn write<T, F>(&self, action: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Outcome<T> + Send + 'static,
    {
        self.with_writer(action, move |c| in_transaction(c, "BEGIN IMMEDIATE", work)).await
    }

    /// Runs `work` in a transaction that may write, together with others that wait for the
    /// same: one wait for the disk serves them all. It may be run more than once, with nothing
    /// left of the times before.
    pub(super) async fn write_together<T, F>(&self, action: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut SqliteConnection) -> Outcome<T> + Send + 'static,
    {
        let mut result = self.0.waiting.add(action, work);
        let shared = Arc::clone(&self.0);
        let turn = self.with_writer(action, move |connection| {
            // Whoever comes first does it for all; those behind find nothing left.
            shared.waiting.run(connection);
            Ok(())
        });
        let turn = turn.await;
        // There by now, whoever brought it, unless the turn did not come.
        match (result.try_recv(), turn) {
            (Ok(result), _) => result,
            (Err(_), Err(error)) => Err(error),
            (Err(_), Ok(())) => result.await.unwrap_or_else(|_| Err(unanswered(action))),
        }
    }

    /// Runs `work` on a connection of which it sees one state of the database.
    pub(super) async fn read<T, F>(&self, action: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Outcome<T> + Send + 'static,
    {
        match self.0.place.clone() {
            Place::Memory => self.write(action, work).await,
            Place::File(path) => {
                self.with_reader(action, path, move |c| in_transaction(c, "BEGIN", work)).await
            }
        }
    }

    /// Runs `work`, which must not be inside a transaction, beside what others do.
    pub(super) async fn alone<T, F>(&self, action: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Outcome<T> + Send + 'static,
    {
        match self.0.place.clone() {
            Place::Memory => self.with_writer(action, work).await,
            Place::File(path) => self.with_reader(action, path, work).await,
        }
    }

    async fn with_writer<T, F>(&self, action: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Outcome<T> + Send + 'static,
    {
        let shared = Arc::clone(&self.0);
        on_blocking_thread(action, move || {
            let mut writer = lock(&shared.writer);
            // Taken out, so that a panic within drops the connection and its transaction.
            let mut slot = match (writer.take(), &shared.place) {
                (Some(slot), _) => slot,
                (None, Place::File(path)) => Slot(open_file(path)?),
                (None, Place::Memory) => return Err(lost_memory(action)),
            };
            let outcome = work(&mut slot.0);
            *writer = Some(slot);
            outcome.map_err(|failure| failure.while_trying_to(action))
        })
        .await
    }

    async fn with_reader<T, F>(&self, action: &'static str, path: PathBuf, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut SqliteConnection) -> Outcome<T> + Send + 'static,
    {
        let _turn = self.0.reading.acquire().await;
        let shared = Arc::clone(&self.0);
        on_blocking_thread(action, move || {
            let idle = lock(&shared.idle_readers).pop();
            let mut slot = match idle {
                Some(slot) => slot,
                None => Slot(open_file(&path)?),
            };
            let outcome = work(&mut slot.0);
            lock(&shared.idle_readers).push(slot);
            outcome.map_err(|failure| failure.while_trying_to(action))
        })
        .await
    }
}

/// All of `work` or nothing of it.
///
/// Not diesel's own transaction: on a full disk SQLite rolls back by itself, which diesel
/// takes for a failed rollback and reports instead of the reason.
pub(super) fn in_transaction<T>(
    connection: &mut SqliteConnection,
    begin: &str,
    work: impl FnOnce(&mut SqliteConnection) -> Outcome<T>,
) -> Outcome<T> {
    connection.batch_execute(begin)?;
    let outcome = work(connection)
        .and_then(|value| connection.batch_execute("COMMIT").map(|()| value).map_err(Into::into));
    if outcome.is_err() {
        // Fails only where nothing is left to be rolled back.
        let _ = connection.batch_execute("ROLLBACK");
    }
    outcome
}

async fn on_blocking_thread<T, F>(action: &'static str, work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(source) => Err(Error::Backend { action, source: Box::new(source) }),
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What the locks guard is whole at every moment, a panicked holder or not.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn lost_memory(action: &'static str) -> Error {
    let source = "the in-memory database ended with an earlier panic".into();
    Error::Backend { action, source }
}

fn open_file(path: &Path) -> Result<SqliteConnection> {
    // An absolute path can be taken neither for ":memory:" nor for a "file:" URI.
    let absolute = std::path::absolute(path).map_err(|source| Error::CannotOpen {
        database: path.to_owned(),
        source: Box::new(source),
    })?;
    let Some(url) = absolute.to_str() else {
        let source = "its path is not UTF-8".into();
        return Err(Error::CannotOpen { database: path.to_owned(), source });
    };
    let mut connection = establish(url, path)?;
    connection.batch_execute(PRAGMAS).map_err(|error| open_error(path, error))?;
    Ok(connection)
}

/// Switches the database to the write-ahead log, for good.
///
/// Many processes that make one new database do so at once; SQLite then answers "locked"
/// to some without waiting. Theirs to try again.
fn use_log(connection: &mut SqliteConnection) -> diesel::QueryResult<()> {
    const TRIES: u32 = 200;
    const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);
    let mut switched = connection.batch_execute("PRAGMA journal_mode = WAL");
    for _ in 0..TRIES {
        match &switched {
            Err(error) if error.to_string().contains("is locked") => {}
            _ => break,
        }
        std::thread::sleep(PAUSE);
        switched = connection.batch_execute("PRAGMA journal_mode = WAL");
    }
    switched
}

fn establish(url: &str, path: &Path) -> Result<SqliteConnection> {
    SqliteConnection::establish(url).map_err(|error| match error {
        ConnectionError::CouldntSetupConfiguration(error) => open_error(path, error),
        error => Error::CannotOpen { database: path.to_owned(), source: Box::new(error) },
    })
}

/// Reads an error met while a database was opened.
pub(super) fn open_error(path: &Path, error: diesel::result::Error) -> Error {
    let database = path.to_owned();
    let text = error.to_string();
    if text.contains("not a database") {
        return Error::NotADatabase { database };
    }
    match Failure::from(error).while_trying_to("open the database") {
        Error::Backend { source, .. } => Error::CannotOpen { database, source },
        error => error,
    }
}
