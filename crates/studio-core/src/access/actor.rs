//! Who does something.

use studio_domain::{Account, AccountId, AuditEntry, AuditId, Timestamp};
use uuid::Uuid;

/// Who does something, and from where: for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The account that they came in with, if with one.
    pub account: Option<AccountId>,
    /// Their name.
    pub name: String,
    /// How they came in: `password`, `session`, `token laptop`, `command line`.
    pub way: String,
    /// From where: an address, or the name of the machine.
    pub address: String,
}

impl Actor {
    /// Whoever has an account.
    pub fn of(account: &Account, way: impl Into<String>, address: impl Into<String>) -> Self {
        let (account, name) = (Some(account.id), account.name.to_string());
        Self { account, name, way: way.into(), address: address.into() }
    }

    /// A line of the audit log.
    pub(super) fn entry(&self, at: Timestamp, action: &str, subject: &str) -> AuditEntry {
        AuditEntry {
            id: AuditId::from_uuid(Uuid::now_v7()),
            at,
            account: self.account,
            actor: self.name.clone(),
            way: self.way.clone(),
            address: self.address.clone(),
            action: action.to_owned(),
            subject: subject.to_owned(),
        }
    }
}
