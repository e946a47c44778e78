//! Conditions that are written out, where diesel has no words for them.
//!
//! diesel prepares a statement anew each time if a part of it is its own `sql`; this one keeps
//! it prepared, which for a statement that joins many tables is most of the time that it takes.

use std::marker::PhantomData;

use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
    is_aggregate,
};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, SingleValue, Text};
use diesel::sqlite::Sqlite;

/// A piece of a condition.
#[derive(Debug, Clone)]
enum Piece {
    Sql(&'static str),
    Bytes(Vec<u8>),
    Text(String),
    Number(i64),
}

/// An expression of a type, in pieces: texts that the program knows, and values that it binds.
#[derive(Debug, Clone)]
pub(super) struct Plain<T> {
    pieces: Vec<Piece>,
    of: PhantomData<T>,
}

/// An expression that begins so.
pub(super) fn plain<T>(sql: &'static str) -> Plain<T> {
    Plain { pieces: vec![Piece::Sql(sql)], of: PhantomData }
}

impl<T> Plain<T> {
    fn with(mut self, piece: Piece) -> Self {
        self.pieces.push(piece);
        self
    }

    pub(super) fn sql(self, sql: &'static str) -> Self {
        self.with(Piece::Sql(sql))
    }

    pub(super) fn bytes(self, bytes: &[u8]) -> Self {
        self.with(Piece::Bytes(bytes.to_vec()))
    }

    pub(super) fn text(self, text: impl ToString) -> Self {
        self.with(Piece::Text(text.to_string()))
    }

    pub(super) fn number(self, number: i64) -> Self {
        self.with(Piece::Number(number))
    }
}

impl<T: SingleValue + TypedExpressionType> Expression for Plain<T> {
    type SqlType = T;
}

impl<T, Table> AppearsOnTable<Table> for Plain<T> where Self: Expression {}
impl<T, Table> SelectableExpression<Table> for Plain<T> where Self: AppearsOnTable<Table> {}

impl<T, Groups> ValidGrouping<Groups> for Plain<T> {
    type IsAggregate = is_aggregate::Never;
}

impl<T> QueryId for Plain<T> {
    type QueryId = ();
    // What is prepared is known by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> QueryFragment<Sqlite> for Plain<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        for piece in &self.pieces {
            match piece {
                Piece::Sql(sql) => out.push_sql(sql),
                Piece::Bytes(bytes) => out.push_bind_param::<Binary, _>(bytes)?,
                Piece::Text(text) => out.push_bind_param::<Text, _>(text)?,
                Piece::Number(number) => out.push_bind_param::<BigInt, _>(number)?,
            }
        }
        Ok(())
    }
}
