//! Never more than is allowed, in any window, whoever asks. The clock is held, so that ten
//! minutes pass at once.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use studio_discogs::{Error, Limiter, Pace, Told, Urgency};
use tokio::time::{Instant, sleep, timeout};

const MINUTE: Duration = Duration::from_secs(60);

/// Numbers that follow from a seed (SplitMix64).
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// The most arrivals in any window of a minute, wherever it begins.
fn most_in_a_minute(arrivals: &[Instant]) -> usize {
    let mut sorted = arrivals.to_vec();
    sorted.sort();
    let in_window = |(index, begin): (usize, &Instant)| {
        sorted[index..].iter().take_while(|time| **time - *begin < MINUTE).count()
    };
    sorted.iter().enumerate().map(in_window).max().unwrap_or(0)
}

/// Sends a request that arrives at some time between its start and its answer.
async fn send(limiter: &Limiter, urgency: Urgency, dice: &mut Dice) -> Option<Instant> {
    let permit = limiter.acquire(urgency).await.ok()?;
    sleep(Duration::from_millis(dice.roll(3000))).await;
    let arrived = Instant::now();
    sleep(Duration::from_millis(dice.roll(3000))).await;
    permit.answered(Told::default());
    Some(arrived)
}

#[tokio::test(start_paused = true)]
async fn ten_minutes_of_load_never_exceed_sixty_in_any_minute() {
    let limiter = Limiter::new(Pace::WITH_TOKEN);
    let arrivals = Arc::<Mutex<Vec<Instant>>>::default();
    let mut dice = Dice(1);
    let begin = Instant::now();
    let mut tasks = Vec::new();
    // More than can be served: in bursts of those who wait, and without end behind.
    for task in 0..80_u64 {
        let (limiter, arrivals) = (limiter.clone(), Arc::clone(&arrivals));
        let mut dice = Dice(dice.roll(u64::MAX) ^ task);
        tasks.push(tokio::spawn(async move {
            while begin.elapsed() < 10 * MINUTE {
                let urgency =
                    if task % 2 == 0 { Urgency::Background } else { Urgency::Interactive };
                if task % 2 == 1 {
                    sleep(Duration::from_secs(dice.roll(90))).await;
                }
                // Now and then whoever asked goes away, at any point.
                let patience = Duration::from_millis(1000 + dice.roll(200_000));
                if let Ok(Some(arrived)) =
                    timeout(patience, send(&limiter, urgency, &mut dice)).await
                {
                    arrivals.lock().unwrap().push(arrived);
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let arrivals = arrivals.lock().unwrap();
    let most = most_in_a_minute(&arrivals);
    assert!(most <= 60, "{most} in a minute");
    // And it is not careful by doing nothing.
    assert!(arrivals.len() > 400, "{} in all", arrivals.len());
}

#[tokio::test(start_paused = true)]
async fn a_burst_at_the_end_of_a_minute_is_not_followed_by_another() {
    // Where a bucket of tokens lets 119 through.
    let limiter = Limiter::new(Pace::WITH_TOKEN);
    sleep(10 * MINUTE).await;
    let begin = Instant::now();
    let mut arrivals = Vec::new();
    while begin.elapsed() < 2 * MINUTE {
        let permit = limiter.acquire(Urgency::Interactive).await.unwrap();
        arrivals.push(Instant::now());
        permit.answered(Told::default());
    }
    assert_eq!(most_in_a_minute(&arrivals), 60);
    let at_once = arrivals.iter().filter(|time| **time == begin).count();
    assert_eq!(at_once, 60);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_goes_before_what_was_there_before() {
    let limiter = Limiter::new(Pace { limit: 1, ..Pace::WITH_TOKEN });
    let first = limiter.acquire(Urgency::Interactive).await.unwrap();
    let order = Arc::<Mutex<Vec<u32>>>::default();
    let mut tasks = Vec::new();
    for (number, urgency) in [
        (1, Urgency::Background),
        (2, Urgency::Background),
        (3, Urgency::Interactive),
        (4, Urgency::Interactive),
    ] {
        let (limiter, order) = (limiter.clone(), Arc::clone(&order));
        tasks.push(tokio::spawn(async move {
            let _permit = limiter.acquire(urgency).await.unwrap();
            order.lock().unwrap().push(number);
        }));
        tokio::task::yield_now().await;
    }
    assert_eq!(limiter.waiting(), 4);
    first.answered(Told::default());
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), [3, 4, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn the_background_leaves_places_and_keeps_its_distance() {
    let limiter = Limiter::new(Pace::WITH_TOKEN);
    let begin = Instant::now();
    let mut times = Vec::new();
    for _ in 0..50 {
        limiter.acquire(Urgency::Background).await.unwrap().answered(Told::default());
        times.push(Instant::now());
    }
    let distance = times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap();
    assert_eq!(distance, Duration::from_millis(1200));
    // Whoever comes now does not wait, though the background has used what it may.
    let now = Instant::now();
    for _ in 0..10 {
        limiter.acquire(Urgency::Interactive).await.unwrap().answered(Told::default());
    }
    assert_eq!(Instant::now(), now);
    assert!(now - begin < MINUTE);
}

#[tokio::test(start_paused = true)]
async fn after_a_refusal_nothing_is_sent_for_as_long_as_it_says() {
    for (retry_after, pause) in
        [(None, 61), (Some(5), 5), (Some(0), 1), (Some(90), 90), (Some(u64::MAX), 3600)]
    {
        let limiter = Limiter::new(Pace::WITH_TOKEN);
        let begin = Instant::now();
        let retry_after = retry_after.map(Duration::from_secs);
        let told = Told { refused: true, retry_after, ..Told::default() };
        limiter.acquire(Urgency::Interactive).await.unwrap().answered(told);
        let _ = limiter.acquire(Urgency::Interactive).await.unwrap();
        assert_eq!(begin.elapsed().as_secs(), pause, "{retry_after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_others_behind_the_same_address_use_is_theirs() {
    let limiter = Limiter::new(Pace::WITH_TOKEN);
    let told = Told { limit: Some(60), remaining: Some(3), ..Told::default() };
    let begin = Instant::now();
    limiter.acquire(Urgency::Interactive).await.unwrap().answered(told);
    for _ in 0..3 {
        limiter.acquire(Urgency::Interactive).await.unwrap().answered(Told::default());
    }
    assert_eq!(begin.elapsed(), Duration::ZERO);
    let _ = limiter.acquire(Urgency::Interactive).await.unwrap();
    assert_eq!(begin.elapsed().as_secs(), 61);
}

#[tokio::test(start_paused = true)]
async fn a_lower_limit_is_followed_and_a_higher_one_is_not() {
    for (told, at_once) in [(25, 25), (0, 1), (1000, 60), (u32::MAX, 60)] {
        let limiter = Limiter::new(Pace::WITH_TOKEN);
        let told = Told { limit: Some(told), remaining: Some(told), ..Told::default() };
        let begin = Instant::now();
        let mut sent = 0;
        loop {
            let permit = limiter.acquire(Urgency::Interactive).await.unwrap();
            if begin.elapsed() > Duration::ZERO {
                break;
            }
            permit.answered(if sent == 0 { told } else { Told::default() });
            sent += 1;
        }
        assert_eq!(sent, at_once, "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_away_takes_up_nothing() {
    let limiter = Limiter::new(Pace { limit: 1, ..Pace::WITH_TOKEN });
    let first = limiter.acquire(Urgency::Interactive).await.unwrap();
    for urgency in [Urgency::Interactive, Urgency::Background, Urgency::Interactive] {
        assert!(timeout(Duration::from_secs(1), limiter.acquire(urgency)).await.is_err());
    }
    assert_eq!(limiter.waiting(), 0);
    let begin = Instant::now();
    drop(first);
    let _ = limiter.acquire(Urgency::Interactive).await.unwrap();
    assert_eq!(begin.elapsed().as_secs(), 61);
}

#[tokio::test(start_paused = true)]
async fn not_without_end_may_wait() {
    let pace = Pace { limit: 1, most_waiting: 2, ..Pace::WITH_TOKEN };
    let limiter = Limiter::new(pace);
    let _first = limiter.acquire(Urgency::Interactive).await.unwrap();
    let mut tasks = Vec::new();
    for _ in 0..2 {
        let limiter = limiter.clone();
        tasks.push(tokio::spawn(async move { limiter.acquire(Urgency::Background).await }));
        tokio::task::yield_now().await;
    }
    let refused = limiter.acquire(Urgency::Background).await.unwrap_err();
    assert!(matches!(refused, Error::Busy), "{refused}");
    // Those who wait for something are not turned away by those who do not.
    let waits = timeout(Duration::from_secs(1), limiter.acquire(Urgency::Interactive)).await;
    assert!(waits.is_err());
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_minute_has_more_than_the_limit(
        seed in any::<u64>(),
        limit in 1_u32..70,
        workers in 1_u64..100,
        idle in 1_u64..40_000,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let most = runtime.block_on(async {
            let limiter = Limiter::new(Pace { limit, ..Pace::WITH_TOKEN });
            let begin = Instant::now();
            let tasks: Vec<_> = (0..workers)
                .map(|worker| {
                    let limiter = limiter.clone();
                    let mut dice = Dice(seed ^ worker.wrapping_mul(0x5851_f42d_4c95_7f2d));
                    tokio::spawn(async move {
                        let mut arrivals = Vec::new();
                        while begin.elapsed() < 5 * MINUTE {
                            sleep(Duration::from_millis(dice.roll(idle))).await;
                            let urgency = match dice.roll(2) {
                                0 => Urgency::Interactive,
                                _ => Urgency::Background,
                            };
                            arrivals.extend(send(&limiter, urgency, &mut dice).await);
                        }
                        arrivals
                    })
                })
                .collect();
            let mut arrivals = Vec::new();
            for task in tasks {
                arrivals.extend(task.await.unwrap());
            }
            most_in_a_minute(&arrivals)
        });
        prop_assert!(most <= limit as usize, "{} with a limit of {}", most, limit);
    }
}
