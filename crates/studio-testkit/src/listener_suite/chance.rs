use std::collections::BTreeSet;

use studio_domain::{AlbumId, RecordingId};
use studio_repo::{AlbumOrder, Lot, Sight, Stretch};

use super::{ListenerFixture, Listening, and, keep};
use crate::publish_suite::{album, single};

async fn draw(catalog: &dyn Listening, limit: u32) -> Vec<AlbumId> {
    let stretch = Stretch { offset: 0, limit };
    let drawn = catalog.albums_listed(&AlbumOrder::Chance, &Sight::Published, stretch).await;
    drawn.unwrap().into_iter().map(|listed| listed.entry.album.id).collect()
}

/// And as many as are wanted, or all.
pub async fn chance_draws_each_at_most_once<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    assert_eq!(draw(&*catalog, 10).await, []);
    let all: Vec<_> = (0..40).map(|n| album("Sade", &format!("{n}"))).collect();
    keep(&*catalog, &all.iter().collect::<Vec<_>>(), &[]).await;
    for limit in [1, 5, 39, 40, 41, 500] {
        let drawn = draw(&*catalog, limit).await;
        assert_eq!(drawn.len(), usize::try_from(limit).unwrap().min(40));
        assert_eq!(drawn.iter().collect::<BTreeSet<_>>().len(), drawn.len());
    }
}

/// All of them are drawn in the end.
pub async fn chance_draws_others_each_time<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let all: Vec<_> = (0..20).map(|n| album("Sade", &format!("{n}"))).collect();
    keep(&*catalog, &all.iter().collect::<Vec<_>>(), &[]).await;
    let mut seen = BTreeSet::new();
    // Far more often than it takes.
    for _ in 0..20_000 {
        if seen.len() == 20 {
            break;
        }
        seen.extend(draw(&*catalog, 5).await);
    }
    assert_eq!(seen.len(), 20);
}

/// Or of all.
pub async fn chance_draws_of_a_genre_what_is_in_sight<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let mut all = Vec::new();
    for n in 0..30_u64 {
        let mut song = single(["Eno", "Sade"][usize::from(n % 2 == 0)], &format!("{n}"), n);
        song.genre = (n % 3 == 0).then(|| "Soul".parse().unwrap());
        song.published = n < 20;
        all.push(song);
    }
    keep(&*catalog, &[], &all.iter().collect::<Vec<_>>()).await;
    let sade = catalog.recording(all[0].id).await.unwrap().unwrap().artist.id;
    let soul = Lot { genre: Some("sOuL".parse().unwrap()), years: None };
    for sight in [Sight::Published, and(sade), Sight::Everything] {
        let is_seen = |n: &usize| match sight {
            Sight::Published => *n < 20,
            Sight::PublishedAnd(_) => *n < 20 || n.is_multiple_of(2),
            Sight::Everything => true,
        };
        for (lot, step) in [(Lot::default(), 1), (soul.clone(), 3)] {
            let drawn = catalog.recordings_by_chance(&lot, &sight, 500).await.unwrap();
            assert!(
                drawn.iter().all(|entry| lot.genre.is_none() || entry.recording.genre.is_some())
            );
            let drawn: BTreeSet<RecordingId> =
                drawn.into_iter().map(|entry| entry.recording.id).collect();
            let expected = (0..30).step_by(step).filter(is_seen).map(|n: usize| all[n].id);
            assert_eq!(drawn, expected.collect());
        }
    }
    let none = Lot { genre: Some("Polka".parse().unwrap()), years: None };
    assert_eq!(catalog.recordings_by_chance(&none, &Sight::Published, 9).await.unwrap(), []);
}

/// Both years included, whatever stands behind them in a date.
pub async fn chance_draws_of_years_what_is_in_sight<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let dates = [None, Some("1989-12-31"), Some("1990"), Some("1991-05"), Some("1992-12-31")];
    let mut all = Vec::new();
    for n in 0..200_u64 {
        let mut song = single(["Eno", "Sade"][usize::from(n % 2 == 0)], &format!("{n}"), n);
        song.released = dates[usize::try_from(n % 5).unwrap()].map(|date| date.parse().unwrap());
        song.genre = (n % 3 == 0).then(|| "Soul".parse().unwrap());
        song.published = n < 100;
        all.push(song);
    }
    keep(&*catalog, &[], &all.iter().collect::<Vec<_>>()).await;
    let sade = catalog.recording(all[0].id).await.unwrap().unwrap().artist.id;
    let soul: Option<studio_domain::GenreName> = Some("soul".parse().unwrap());
    for sight in [Sight::Published, and(sade), Sight::Everything] {
        let is_seen = |n: usize| match sight {
            Sight::Published => n < 100,
            Sight::PublishedAnd(_) => n < 100 || n.is_multiple_of(2),
            Sight::Everything => true,
        };
        for (years, within) in [((1990, 1992), 2..5), ((1991, 1990), 2..4), ((0, 1989), 1..2)] {
            for genre in [None, soul.clone()] {
                let is_of_it = |n: usize| genre.is_none() || n.is_multiple_of(3);
                let expected =
                    (0..200).filter(|n| is_seen(*n) && within.contains(&(n % 5)) && is_of_it(*n));
                let expected: BTreeSet<RecordingId> = expected.map(|n| all[n].id).collect();
                let lot = Lot { genre, years: Some(years) };
                let drawn = catalog.recordings_by_chance(&lot, &sight, 500).await.unwrap();
                let drawn: BTreeSet<_> = drawn.iter().map(|entry| entry.recording.id).collect();
                assert_eq!(drawn, expected, "{lot:?}");
                let some = catalog.recordings_by_chance(&lot, &sight, 3).await.unwrap();
                assert_eq!(some.len(), 3);
                assert!(some.iter().all(|entry| expected.contains(&entry.recording.id)));
            }
        }
    }
    let none = Lot { genre: None, years: Some((1800, 1900)) };
    assert_eq!(catalog.recordings_by_chance(&none, &Sight::Everything, 9).await.unwrap(), []);
}
