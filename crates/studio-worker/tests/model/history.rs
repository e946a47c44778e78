//! What happens.

use std::time::Duration;

use studio_core::repo::{AssetFilter, AssetRepo as _};
use studio_domain::{AssetKey, AssetStatus};
use studio_testkit::wav::{Wav, signal};

use crate::junk;
use crate::world::{Ordered, World};

/// How often things happened.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figures {
    pub(crate) histories: usize,
    pub(crate) puts: usize,
    pub(crate) deletes: usize,
    pub(crate) orders: usize,
    pub(crate) events: usize,
    pub(crate) messages: usize,
    pub(crate) junk: usize,
    pub(crate) workers: usize,
    pub(crate) kills: usize,
}

impl Figures {
    pub(crate) fn add(&mut self, other: &Self) {
        self.histories += other.histories;
        self.puts += other.puts;
        self.deletes += other.deletes;
        self.orders += other.orders;
        self.events += other.events;
        self.messages += other.messages;
        self.junk += other.junk;
        self.workers += other.workers;
        self.kills += other.kills;
    }
}

/// How many contents there are; the first are good.
const CONTENTS: usize = 6;
const GOOD: usize = 2;

pub(crate) fn is_good(content: usize) -> bool {
    content < GOOD
}

/// The bytes of a content.
pub(crate) fn bytes(content: usize) -> Vec<u8> {
    let wav = |rate, bits, hertz| {
        Wav::pcm(rate, 1, bits).ints(&signal::sine(480, 1, rate, hertz, 0.5)).build()
    };
    match content {
        0 => wav(48_000, 24, 440.0),
        1 => wav(48_000, 24, 880.0),
        2 => wav(44_100, 16, 440.0),
        3 => wav(48_000, 16, 440.0),
        4 => b"tchk tchk boom BOOM".to_vec(),
        _ => Vec::new(),
    }
}

/// Keys, few enough that they meet again.
fn key(index: usize) -> AssetKey {
    let key = match index {
        0 => "audio_1.wav".to_owned(),
        1 => "session 1/\u{fc}n\u{ef} + 100%20.wav".to_owned(),
        2 => "\u{1f3b5}\n\"quoted\"/../a&b=c?.WAV".to_owned(),
        _ => format!("{}.wav", "\u{e9}".repeat(510)),
    };
    key.parse().unwrap()
}

/// Lives through so many steps.
pub(crate) async fn live(world: &mut World, steps: usize) {
    world.start_relay();
    world.start_worker();
    if world.dice.percent(60) {
        world.start_worker();
    }
    // Their first requests are not to fail.
    tokio::time::sleep(Duration::from_millis(1)).await;
    for _ in 0..steps {
        world.bucket.pass(10);
        step(world).await;
        let moment = match world.dice.below(4) {
            0 => 0,
            1 => world.dice.below(40),
            2 => world.dice.below(400),
            _ => world.dice.below(4000),
        };
        tokio::time::sleep(Duration::from_millis(moment as u64)).await;
    }
}

async fn step(world: &mut World) {
    match world.dice.below(100) {
        0..26 => put(world),
        26..33 => delete(world),
        33..45 => order(world).await,
        45..70 => {
            let most = 1 + world.dice.below(6);
            world.deliver(most).await;
        }
        70..76 => events_junk(world).await,
        76..79 => orders_junk(world).await,
        79..81 => {
            let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"ingest"}"#;
            world.send_event(test.to_owned()).await;
        }
        81..90 => world.end_worker(),
        90..95 => world.start_worker(),
        95..97 => world.start_relay(),
        _ => world.trouble_queues(),
    }
}

fn put(world: &mut World) {
    let (key, content) = (key(world.dice.below(4)), world.dice.below(CONTENTS));
    // Good ones more often, and the same one as before now and then.
    let content = if world.dice.percent(40) { content % GOOD } else { content };
    let event = world.bucket.put(&key, bytes(content));
    let fate = world.fates.entry(key).or_default();
    let put = fate.put.replace((content, event.moment.at.unwrap()));
    fate.earlier.extend(put.map(|(content, _)| content));
    fate.deleted = false;
    world.figures.puts += 1;
}

fn delete(world: &mut World) {
    let objects = world.bucket.objects();
    let keys: Vec<_> = objects.keys().filter(|key| world.fates.contains_key(*key)).collect();
    if !keys.is_empty() {
        let key = keys[world.dice.below(keys.len())];
        assert!(world.bucket.delete(key));
        world.fates.get_mut(key).unwrap().deleted = true;
        world.figures.deletes += 1;
    }
}

async fn order(world: &mut World) {
    let filter = AssetFilter { status: Some(AssetStatus::Valid), ..AssetFilter::default() };
    let valid = world.catalog.assets(&filter, None, 100).await.unwrap();
    if valid.is_empty() {
        return;
    }
    let place = &valid[world.dice.below(valid.len())].place;
    let (bucket, key, at) = (&place.bucket, place.key.clone(), world.bucket.now());
    let ordered = world.assets.order_deletion_at(Some(bucket), &key).await.unwrap();
    if let Some(asset) = ordered {
        let (etag, moment) = (asset.state.etag.unwrap(), asset.moment.at.unwrap());
        world.log.push(format!("ordered to delete {key:.24} {etag:.4} known of {moment:?}"));
        world.ordered.push(Ordered { key, etag, moment, at });
        world.figures.orders += 1;
    }
}

async fn events_junk(world: &mut World) {
    world.hear();
    let event = match world.told.len() {
        0 => None,
        some => Some(world.told[world.dice.below(some)].clone()),
    };
    let (body, reason) = junk::for_events(world.junk.len(), &mut world.dice, event.as_ref());
    world.send_event(body.clone()).await;
    world.junk.push((body, reason));
    world.figures.junk += 1;
}

async fn orders_junk(world: &mut World) {
    use studio_core::queue::{Outgoing, Queue as _};
    let (body, reason) = junk::for_orders(world.junk.len(), &mut world.dice);
    // Whoever sends it tries until it is sent.
    while world.orders.send(&[Outgoing::new(body.clone())]).await.is_err() {}
    world.junk.push((body, reason));
    world.figures.junk += 1;
}
