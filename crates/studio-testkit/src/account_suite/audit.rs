use studio_domain::{AuditEntry, Role};
use studio_repo::Error;

use super::{AccountFixture, account, noted, put};

/// In pages that join to the whole, also among what was done at the same moment.
pub async fn what_was_done_is_told_the_last_first<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = account("ann", Role::Listener);
    let mut all: Vec<AuditEntry> =
        [5, 3, 3, 3, 8, 3, 1].map(|seconds| noted("done", seconds)).to_vec();
    for entry in all.iter_mut().step_by(2) {
        // Whether the account is there or not: what was done stays.
        entry.account = Some(ann.id);
    }
    for entry in &all {
        catalog.note(entry).await.unwrap();
    }
    all.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.id)));
    let of_ann: Vec<_> = all.iter().filter(|entry| entry.account.is_some()).cloned().collect();
    assert_eq!((all.len(), of_ann.len()), (7, 4));
    let catalog = fixture.open();
    for (account, expected) in [(None, all), (Some(ann.id), of_ann)] {
        for limit in [1, 2, 100] {
            let mut joined: Vec<AuditEntry> = Vec::new();
            loop {
                let page = catalog.audit(account, joined.last(), limit).await.unwrap();
                assert!(page.len() <= usize::try_from(limit).unwrap());
                if page.is_empty() {
                    break;
                }
                joined.extend(page);
            }
            assert_eq!(joined, expected);
        }
    }
    let other = account("bob", Role::Listener);
    assert_eq!(catalog.audit(Some(other.id), None, 10).await.unwrap(), []);
}

/// With each change goes its line, or neither.
pub async fn what_was_refused_is_not_noted_as_done<F: AccountFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = account("ann", Role::Manager);
    put(&*catalog, &[&ann]).await;
    let before = catalog.audit(None, None, 100).await.unwrap();
    assert_eq!(before.len(), 1);
    let refused = catalog.put_account(&account("ANN", Role::Listener), &noted("no", 5)).await;
    assert!(matches!(refused, Err(Error::AccountExists { .. })), "{refused:?}");
    let refused = catalog.remove_account(ann.id, &noted("no", 5)).await;
    assert!(matches!(refused, Err(Error::LastManager)), "{refused:?}");
    assert_eq!(catalog.audit(None, None, 100).await.unwrap(), before);
}
