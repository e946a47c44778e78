//! Whether what is known, and what is there, is what it must be.

use std::collections::{BTreeMap, BTreeSet};

use studio_core::ingest::OnInvalid;
use studio_core::queue::dead_letter::DeadLetter;
use studio_core::repo::{AssetFilter, AssetRepo as _, QuarantineRepo as _};
use studio_domain::{Asset, AssetKey, AssetStatus, Timestamp};

use crate::bucket::{Loss, Object, etag};
use crate::history::{bytes, is_good};
use crate::world::{Fate, World};

type Verdict = Result<(), String>;

pub(crate) async fn check(world: &World) -> Verdict {
    let objects = world.bucket.objects();
    let assets = world.catalog.assets(&AssetFilter::default(), None, 1000).await.unwrap();
    let assets: BTreeMap<_, _> =
        assets.into_iter().map(|asset| (asset.place.key.clone(), asset)).collect();
    for (key, fate) in &world.fates {
        check_key(world, key, fate, assets.get(key), &objects)
            .map_err(|why| format!("{key:?}, {fate:?}: {why}\n{:#?}", assets.get(key)))?;
    }
    if let Some(key) = assets.keys().find(|key| !world.fates.contains_key(key)) {
        return Err(format!("there is an asset {key:?} of which nothing happened"));
    }
    check_losses(world)?;
    check_aside(world, &objects, &assets).await?;
    check_dead(world).await
}

fn check_key(
    world: &World,
    key: &AssetKey,
    fate: &Fate,
    asset: Option<&Asset>,
    objects: &BTreeMap<AssetKey, Object>,
) -> Verdict {
    let Some((content, at)) = fate.put else { return Ok(()) };
    let asset = asset.ok_or("nothing is known of it")?;
    let there = objects.get(key);
    let etag = etag(&bytes(content));
    let is_known = asset.state.etag.as_deref() == Some(&etag);
    let bad = match world.rules.on_invalid {
        OnInvalid::Quarantine => AssetStatus::Quarantined,
        OnInvalid::Delete => AssetStatus::Rejected,
    };
    let verdict = match (is_good(content), fate.deleted) {
        (true, true) => there.is_none() && asset.status == AssetStatus::Deleted,
        // Whoever was first: the one who deleted it, or the worker.
        (false, true) => {
            let possible = [AssetStatus::Deleted, AssetStatus::Rejected, bad];
            there.is_none() && possible.contains(&asset.status)
        }
        (false, false) => {
            // An event on earlier bytes that were the same can have had this one removed, and
            // then nobody knows any more what it was.
            let removed = world.rules.on_invalid == OnInvalid::Delete
                && fate.earlier.contains(&content)
                && asset.status == AssetStatus::Deleted;
            there.is_none() && (asset.status == bad && is_known || removed)
        }
        (true, false) => {
            let is_there = there.is_some_and(|object| object.etag == etag)
                && asset.status == AssetStatus::Valid
                && is_known;
            let is_gone = there.is_none() && asset.status == AssetStatus::Deleted;
            let orders = world.ordered.iter();
            let mut known = orders
                .filter(|order| order.key == *key && order.etag == etag && order.at > at)
                .map(|order| order.moment >= at);
            let is_lost = |loss: &Loss| loss.raced && loss.key == *key && loss.put_at == at;
            match (known.next(), known.any(|very| very)) {
                _ if world.bucket.losses().iter().any(is_lost) => is_gone,
                (None, _) => is_there,
                // The very upload that was known.
                (Some(true), _) | (_, true) => is_gone,
                // An earlier upload of the same bytes was known; this one is another.
                (Some(false), false) => is_there,
            }
        }
    };
    match verdict {
        true => Ok(()),
        false => Err(format!("it cannot be {:?}, there: {}", asset.status, there.is_some())),
    }
}

/// What was removed was bad, or ordered to go when it was there.
fn check_losses(world: &World) -> Verdict {
    let good: BTreeSet<String> = (0..2).map(|content| etag(&bytes(content))).collect();
    for loss in world.bucket.losses() {
        let is_ordered = |since: Timestamp| {
            let mut orders = world.ordered.iter();
            orders.any(|order| {
                let is_of_it = order.key == loss.key && order.etag == loss.etag;
                is_of_it && (order.at > since || loss.raced)
            })
        };
        if good.contains(&loss.etag) && !is_ordered(loss.put_at) {
            return Err(format!("a good file was removed: {loss:?}"));
        }
    }
    Ok(())
}

/// What lies aside is bad, and known.
async fn check_aside(
    world: &World,
    objects: &BTreeMap<AssetKey, Object>,
    assets: &BTreeMap<AssetKey, Asset>,
) -> Verdict {
    let good: Vec<String> = (0..2).map(|content| etag(&bytes(content))).collect();
    let aside = |key: &AssetKey| key.as_str().starts_with(&world.rules.quarantine);
    for (key, object) in objects.iter().filter(|(key, _)| aside(key)) {
        if good.contains(&object.etag) || world.rules.on_invalid == OnInvalid::Delete {
            return Err(format!("{key:?} should not lie aside"));
        }
    }
    let quarantined = world.catalog.quarantined(None, None, 1000).await.unwrap();
    for one in &quarantined {
        let object = objects.get(&one.stored_as);
        if object.is_none_or(|object| one.state.etag.as_ref() != Some(&object.etag)) {
            return Err(format!("what lies aside is not there: {one:?}"));
        }
    }
    for asset in assets.values().filter(|asset| asset.status == AssetStatus::Quarantined) {
        if asset.reasons.is_empty() {
            return Err(format!("nobody knows why: {asset:?}"));
        }
        let is_listed = |one: &studio_domain::Quarantined| {
            one.asset == asset.id && one.state.is_same(&asset.state) && !one.reasons.is_empty()
        };
        if !quarantined.iter().any(is_listed) {
            return Err(format!("it is not among what lies aside: {asset:?}"));
        }
    }
    Ok(())
}

/// All junk lies with the dead letters, and nothing else.
async fn check_dead(world: &World) -> Verdict {
    let mut letters = world.events_dead.take().await;
    letters.extend(world.orders_dead.take().await);
    let letters: BTreeSet<_> = letters
        .into_iter()
        .map(DeadLetter::from)
        .map(|letter| (letter.body, letter.reason.unwrap_or_default()))
        .collect();
    let junk: BTreeSet<_> =
        world.junk.iter().map(|(body, reason)| (body.clone(), (*reason).to_owned())).collect();
    if let Some(lost) = junk.difference(&letters).next() {
        return Err(format!("junk was lost: {lost:?}"));
    }
    match letters.difference(&junk).next() {
        Some(other) => Err(format!("it was put aside for nothing: {other:?}")),
        None => Ok(()),
    }
}
