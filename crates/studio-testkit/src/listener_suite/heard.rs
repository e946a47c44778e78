use studio_domain::{
    AudioDigest, Decibels, Loudness, Measured, RecordingId, SoundFacts, SoundPlace,
};
use uuid::Uuid;

use super::{ListenerFixture, keep};
use crate::publish_suite::single;

/// By the digest of its bytes; what was not measured is left out.
pub async fn measured_loudness_is_found_by_recording<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let songs = [single("Sade", "A", 1), single("Sade", "Again", 1), single("Sade", "B", 2)];
    let unknown = single("Sade", "C", 3);
    let mut all: Vec<_> = songs.iter().collect();
    all.push(&unknown);
    keep(&*catalog, &[], &all).await;
    let level = |db: f64| Decibels::from_f64(db);
    let loudness = Loudness {
        integrated: level(-14.5),
        range: level(6.0),
        max_momentary: None,
        max_short_term: level(-9.0),
        true_peak: level(-0.5),
        sample_peak: level(-0.7),
    };
    let facts = |song: &studio_domain::Recording, measured| {
        let format = song.sound.format.unwrap();
        match &song.sound.place {
            SoundPlace::Own { digest, .. } => (*digest, SoundFacts { format, measured }),
            SoundPlace::Found { .. } => panic!("it lies elsewhere"),
        }
    };
    let audio_digest = AudioDigest::from_bytes([7; 32]);
    let measured = Measured { frames: 7, audio_digest, loudness };
    let sounds = [facts(&songs[0], Some(measured)), facts(&songs[2], None)];
    catalog.record_sounds(&sounds).await.unwrap();
    let mut ids: Vec<_> = all.iter().map(|song| song.id).collect();
    ids.push(RecordingId::from_uuid(Uuid::now_v7()));
    let found = catalog.loudness_of(&ids).await.unwrap();
    assert_eq!(found, [(songs[0].id, loudness), (songs[1].id, loudness)].into());
}
