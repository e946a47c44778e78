//! How SQLite answers a query, for tests.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::error::Outcome;

/// A query that asks how another one would be answered.
struct Explain<Q>(Q);

impl<Q> QueryId for Explain<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Explain<Q> {
    type SqlType = (Integer, Integer, Integer, Text);
}

impl<Q> RunQueryDsl<SqliteConnection> for Explain<Q> {}

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Explain<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("EXPLAIN QUERY PLAN ");
        self.0.walk_ast(out.reborrow())
    }
}

/// The steps of a query's plan, as SQLite tells them.
pub(super) fn plan<Q: QueryFragment<Sqlite>>(
    c: &mut SqliteConnection,
    query: Q,
) -> Outcome<Vec<String>> {
    let steps: Vec<(i32, i32, i32, String)> = Explain(query).load(c)?;
    Ok(steps.into_iter().map(|(_, _, _, detail)| detail).collect())
}

/// Expects a plan without a scan of a table and without sorting.
pub(super) fn assert_searches(what: &str, plan: &[String]) {
    let bad = |step: &String| step.starts_with("SCAN") || step.contains("TEMP B-TREE");
    assert!(!plan.is_empty() && !plan.iter().any(bad), "{what}: {plan:#?}");
}

/// Expects searches without sorting, the first of them by these columns.
pub(super) fn assert_leads(what: &str, plan: &[String], leads: &str) {
    assert_searches(what, plan);
    assert!(plan[0].contains(leads), "{what}: {plan:#?}");
}
