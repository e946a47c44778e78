use studio_domain::{Bookmark, Marks, PlayQueue, Rating, RecordingId, Subject};
use studio_repo::{Error, Sight};
use uuid::Uuid;

use super::{ListenerFixture, Listening, at, keep, list, listener, minute};
use crate::account_suite::noted;
use crate::publish_suite::{album, on, single};

async fn marks_of(
    catalog: &dyn Listening,
    account: &studio_domain::Account,
    subject: Subject,
) -> Option<Marks> {
    let mut found = catalog.marks(account.id, &[subject]).await.unwrap();
    assert!(found.len() <= 1);
    found.remove(&subject)
}

/// Until it is taken back; what is not there is left out.
pub async fn what_is_starred_stays_so_since_it_first_was<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = listener(&*catalog, "ann").await;
    let record = album("Sade", "Promise");
    let song = on(&record, 1, 1, "Jezebel", 1);
    keep(&*catalog, &[&record], &[&song]).await;
    let artist = catalog.album(record.id).await.unwrap().unwrap().artist;
    let nowhere = Subject::Recording(RecordingId::from_uuid(Uuid::now_v7()));
    let all = [Subject::Artist(artist.id), Subject::Album(record.id), Subject::Recording(song.id)];
    catalog.star(ann.id, &[all[0], nowhere, all[1], all[2]], at(5)).await.unwrap();
    catalog.star(ann.id, &all, at(9)).await.unwrap();
    let found = fixture.open().marks(ann.id, &[all[0], all[1], all[2], nowhere]).await.unwrap();
    let starred = Marks { starred_at: Some(at(5)), ..Marks::default() };
    assert_eq!(found, all.map(|subject| (subject, starred)).into());
    catalog.unstar(ann.id, &[all[1], nowhere]).await.unwrap();
    catalog.unstar(ann.id, &all[1..2]).await.unwrap();
    assert_eq!(marks_of(&*catalog, &ann, all[1]).await, None);
    catalog.star(ann.id, &all[1..2], at(20)).await.unwrap();
    let again = marks_of(&*catalog, &ann, all[1]).await.unwrap();
    assert_eq!(again.starred_at, Some(at(20)));
}

/// Beside a star, which stays.
pub async fn ratings_are_set_and_taken_back<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = listener(&*catalog, "ann").await;
    let song = single("Sade", "Jezebel", 1);
    keep(&*catalog, &[], &[&song]).await;
    let subject = Subject::Recording(song.id);
    for stars in [3, 5] {
        catalog.rate(ann.id, subject, Rating::new(stars)).await.unwrap();
        let marks = marks_of(&*catalog, &ann, subject).await.unwrap();
        assert_eq!(marks, Marks { rating: Rating::new(stars), ..Marks::default() });
    }
    catalog.star(ann.id, &[subject], at(5)).await.unwrap();
    catalog.rate(ann.id, subject, None).await.unwrap();
    let marks = marks_of(&*catalog, &ann, subject).await.unwrap();
    assert_eq!(marks, Marks { starred_at: Some(at(5)), ..Marks::default() });
    catalog.unstar(ann.id, &[subject]).await.unwrap();
    catalog.rate(ann.id, subject, None).await.unwrap();
    assert_eq!(marks_of(&*catalog, &ann, subject).await, None);
    let nowhere = Subject::Recording(RecordingId::from_uuid(Uuid::now_v7()));
    catalog.rate(ann.id, nowhere, Some(Rating::MAX)).await.unwrap();
    assert_eq!(marks_of(&*catalog, &ann, nowhere).await, None);
}

/// For the recording and for the album that it is on then; the last is the last by its time.
pub async fn a_play_counts_once<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = listener(&*catalog, "ann").await;
    let (record, other) = (album("Sade", "Promise"), album("Sade", "Stronger"));
    let (first, second) = (on(&record, 1, 1, "Jezebel", 1), on(&record, 1, 2, "Mr Wrong", 2));
    keep(&*catalog, &[&record, &other], &[&first, &second]).await;
    let nowhere = RecordingId::from_uuid(Uuid::now_v7());
    let plays = [
        (first.id, minute(9)),
        (first.id, minute(3)),
        (first.id, minute(9)),
        (nowhere, minute(1)),
        (second.id, minute(9)),
    ];
    assert_eq!(catalog.note_plays(ann.id, &plays).await.unwrap(), 3);
    assert_eq!(fixture.open().note_plays(ann.id, &plays).await.unwrap(), 0);
    let played =
        |plays, minutes| Marks { plays, last_played_at: Some(minute(minutes)), ..Marks::default() };
    let of = |subject| marks_of(&*catalog, &ann, subject);
    assert_eq!(of(Subject::Recording(first.id)).await, Some(played(2, 9)));
    assert_eq!(of(Subject::Recording(second.id)).await, Some(played(1, 9)));
    assert_eq!(of(Subject::Album(record.id)).await, Some(played(3, 9)));
    assert_eq!(of(Subject::Recording(nowhere)).await, None);
    // What was heard stays with the album that it was heard on.
    let moved = on(&other, 1, 1, "Jezebel", 1);
    let moved = studio_domain::Recording { id: first.id, ..moved };
    keep(&*catalog, &[], &[&moved]).await;
    assert_eq!(catalog.note_plays(ann.id, &[(first.id, minute(20))]).await.unwrap(), 1);
    assert_eq!(of(Subject::Album(record.id)).await, Some(played(3, 9)));
    assert_eq!(of(Subject::Album(other.id)).await, Some(played(1, 20)));
    assert_eq!(of(Subject::Recording(first.id)).await, Some(played(3, 20)));
}

/// However many are asked for.
pub async fn marks_are_of_one_account<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (listener(&*catalog, "ann").await, listener(&*catalog, "bob").await);
    let all: Vec<_> = (0..1100).map(|n| single("Sade", &format!("{n}"), n)).collect();
    keep(&*catalog, &[], &all.iter().collect::<Vec<_>>()).await;
    let subjects: Vec<_> = all.iter().map(|one| Subject::Recording(one.id)).collect();
    catalog.star(ann.id, &subjects, at(5)).await.unwrap();
    assert_eq!(catalog.marks(ann.id, &subjects).await.unwrap().len(), 1100);
    assert_eq!(catalog.marks(bob.id, &subjects).await.unwrap().len(), 0);
    assert_eq!(catalog.marks(ann.id, &[]).await.unwrap().len(), 0);
}

/// Of what is left nothing is lost.
pub async fn what_goes_takes_along_what_was_said_of_it<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = listener(&*catalog, "ann").await;
    let record = album("Sade", "Promise");
    let (song, other) = (on(&record, 1, 1, "Jezebel", 1), single("Eno", "By This River", 2));
    keep(&*catalog, &[&record], &[&song, &other]).await;
    let artist = catalog.album(record.id).await.unwrap().unwrap().artist;
    let subjects = [
        Subject::Artist(artist.id),
        Subject::Album(record.id),
        Subject::Recording(song.id),
        Subject::Recording(other.id),
    ];
    catalog.star(ann.id, &subjects, at(5)).await.unwrap();
    catalog.note_plays(ann.id, &[(song.id, minute(1)), (other.id, minute(2))]).await.unwrap();
    catalog.put_bookmark(ann.id, &bookmark(song.id, 7)).await.unwrap();
    catalog.remove_recording(song.id).await.unwrap();
    catalog.remove_album(record.id).await.unwrap();
    let left = catalog.marks(ann.id, &subjects).await.unwrap();
    assert_eq!(left.keys().collect::<Vec<_>>(), [&subjects[3]]);
    assert_eq!(catalog.bookmarks(ann.id, &Sight::Everything).await.unwrap(), []);
    // Even if one comes back.
    keep(&*catalog, &[&record], &[&song]).await;
    assert_eq!(marks_of(&*catalog, &ann, Subject::Recording(song.id)).await, None);
    assert_eq!(catalog.note_plays(ann.id, &[(song.id, minute(1))]).await.unwrap(), 1);
}

/// And nothing of others.
pub async fn an_account_takes_along_what_it_said<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let song = single("Sade", "Jezebel", 1);
    keep(&*catalog, &[], &[&song]).await;
    let subject = Subject::Recording(song.id);
    let mut all = Vec::new();
    for name in ["ann", "bob"] {
        let one = listener(&*catalog, name).await;
        catalog.star(one.id, &[subject], at(5)).await.unwrap();
        catalog.note_plays(one.id, &[(song.id, minute(1))]).await.unwrap();
        catalog.put_bookmark(one.id, &bookmark(song.id, 7)).await.unwrap();
        catalog.put_play_queue(one.id, Some(&queue(&[song.id]))).await.unwrap();
        let songs = list(&one, "songs", &[song.id]);
        catalog.put_own_playlist(&songs).await.unwrap();
        catalog.put_share(&super::shares::share(&one, 1)).await.unwrap();
        all.push((one, songs));
    }
    catalog.remove_account(all[0].0.id, &noted("user.remove", 2)).await.unwrap();
    for ((account, songs), stays) in all.iter().zip([false, true]) {
        assert_eq!(marks_of(&*catalog, account, subject).await.is_some(), stays);
        let bookmarks = catalog.bookmarks(account.id, &Sight::Everything).await.unwrap();
        assert_eq!(bookmarks.len(), usize::from(stays));
        assert_eq!(catalog.play_queue(account.id).await.unwrap().is_some(), stays);
        assert_eq!(catalog.own_playlist(songs.id).await.unwrap().is_some(), stays);
        let shares = catalog.shares(Some(account.id), 0, 10).await.unwrap();
        assert_eq!(shares.len(), usize::from(stays));
    }
}

fn bookmark(recording: RecordingId, seconds: i64) -> Bookmark {
    Bookmark {
        recording,
        position_ms: 1500,
        comment: Some("the bridge".parse().unwrap()),
        created_at: at(seconds),
        changed_at: at(seconds),
    }
}

/// The last set first.
pub async fn bookmarks_are_set_again_and_seen_as_far_as_may_be<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let ann = listener(&*catalog, "ann").await;
    let mut hidden = single("Sade", "Hidden", 1);
    hidden.published = false;
    let songs = [single("Sade", "Jezebel", 2), hidden, single("Sade", "Paradise", 3)];
    keep(&*catalog, &[], &songs.iter().collect::<Vec<_>>()).await;
    for (seconds, song) in (1..).zip(&songs) {
        catalog.put_bookmark(ann.id, &bookmark(song.id, seconds)).await.unwrap();
    }
    let again = Bookmark { position_ms: 9, comment: None, ..bookmark(songs[0].id, 10) };
    catalog.put_bookmark(ann.id, &again).await.unwrap();
    let kept = Bookmark { created_at: at(1), ..again };
    let found = catalog.bookmarks(ann.id, &Sight::Published).await.unwrap();
    let marks: Vec<_> = found.iter().map(|(mark, _)| mark.clone()).collect();
    assert_eq!(marks, [kept, bookmark(songs[2].id, 3)]);
    assert_eq!(found[1].1.recording, songs[2]);
    assert_eq!(catalog.bookmarks(ann.id, &Sight::Everything).await.unwrap().len(), 3);
    for _ in 0..2 {
        catalog.remove_bookmark(ann.id, songs[0].id).await.unwrap();
        assert_eq!(catalog.bookmarks(ann.id, &Sight::Published).await.unwrap().len(), 1);
    }
    let nowhere = bookmark(RecordingId::from_uuid(Uuid::now_v7()), 1);
    let refused = catalog.put_bookmark(ann.id, &nowhere).await;
    assert!(matches!(refused, Err(Error::NoRecording { id }) if id == nowhere.recording));
}

fn queue(recordings: &[RecordingId]) -> PlayQueue {
    PlayQueue {
        recordings: recordings.to_vec(),
        current: Some(1),
        position_ms: 2500,
        changed_at: at(7),
        changed_by: "a player".to_owned(),
    }
}

/// Whatever has become of what is in it.
pub async fn a_queue_comes_back_as_it_was_kept<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (listener(&*catalog, "ann").await, listener(&*catalog, "bob").await);
    assert_eq!(catalog.play_queue(ann.id).await.unwrap(), None);
    let ids = [1, 2, 1].map(|n| RecordingId::from_uuid(Uuid::from_u128(n)));
    let first = queue(&ids);
    catalog.put_play_queue(ann.id, Some(&first)).await.unwrap();
    assert_eq!(fixture.open().play_queue(ann.id).await.unwrap(), Some(first));
    let second = PlayQueue { current: None, ..queue(&[]) };
    catalog.put_play_queue(ann.id, Some(&second)).await.unwrap();
    assert_eq!(catalog.play_queue(ann.id).await.unwrap(), Some(second));
    assert_eq!(catalog.play_queue(bob.id).await.unwrap(), None);
    catalog.put_play_queue(ann.id, None).await.unwrap();
    assert_eq!(catalog.play_queue(ann.id).await.unwrap(), None);
}
