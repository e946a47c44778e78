//! What a recording is made of, and how its bytes come to lie where they are played from.

use std::path::{Path, PathBuf};

use studio_audio::write::SampleFormat;
use studio_blob::{Attributes, ETag, Error as StoreError, ObjectInfo, fetch_range};
use studio_domain::{
    ArtistName, AudioFormat, Digest, KeyKind, ObjectKey, Origin, RecordingTitle, Release,
    SoundPlace, StoredSound, Version,
};
use studio_repo::StoredObject;

use super::add::SoundSource;
use super::object::Claim;
use crate::sound::probe;
use crate::transfer::content_type;
use crate::transfer::fingerprint::Fingerprint;
use crate::upload::open_file;
use crate::{Error, FileKind, Job, MixFile, Result, Studio};

/// A source that was looked at: what it is, and how to get at its bytes.
pub(super) struct Resolved {
    pub(super) origin: Origin,
    /// What tells it from others: the same for the same bytes, or the same release.
    pub(super) identity: String,
    way: Way,
}

enum Way {
    /// The mix is made again.
    Render(Box<Release>),
    /// The file is sent as it is.
    Send(PathBuf, Box<Fingerprint>, AudioFormat),
    /// The object is there, and of the studio's own.
    Own(Box<StoredObject>, StoredSound),
    /// The object is there, and of others.
    Found(StoredSound),
}

/// The bytes of a recording, where they are to stay.
pub(super) struct Secured {
    pub(super) sound: StoredSound,
    pub(super) sent: u64,
    pub(super) claim: Option<Claim>,
}

impl Resolved {
    /// What the recording will have, where that is known before anything is made.
    pub(super) fn sound(&self, studio: &Studio) -> Option<StoredSound> {
        match &self.way {
            Way::Render(_) => None,
            Way::Send(_, fingerprint, format) => {
                Some(studio.own_sound(fingerprint, fingerprint.content_type, *format))
            }
            Way::Own(_, sound) | Way::Found(sound) => Some(sound.clone()),
        }
    }
}

impl Studio {
    /// Looks at a source, without making or sending anything.
    pub(super) async fn resolve(&self, source: &SoundSource, job: &Job) -> Result<Resolved> {
        match source {
            SoundSource::Release { song, name } => {
                let release = self.release(song, name).await?;
                Ok(Resolved {
                    origin: Origin::Release(release.id),
                    identity: release.id.to_string(),
                    way: Way::Render(Box::new(release)),
                })
            }
            SoundSource::File(file) => {
                let opened = std::sync::Arc::new(open_file(file)?);
                let format =
                    probe::format_of_file(file.clone(), file.display().to_string()).await?;
                let fingerprint = Fingerprint::read(opened, file, self.transfer, job).await?;
                Ok(Resolved {
                    origin: Origin::Upload,
                    identity: fingerprint.digest.to_string(),
                    way: Way::Send(file.clone(), Box::new(fingerprint), format),
                })
            }
            SoundSource::Version(path) => {
                let version = self.catalog.version(path).await?;
                self.check_is_here(&version)?;
                self.resolve_version(&version, job).await
            }
            SoundSource::Object(key) => self.resolve_object(key.as_str(), job).await,
        }
    }

    async fn resolve_version(&self, version: &Version, job: &Job) -> Result<Resolved> {
        let info = self.object_of(version, job).await?;
        let known = self.choices.details(&[(version.id, version.digest)]).await?;
        let known = known.first().and_then(|details| details.sound);
        let format = match known {
            Some(facts) => facts.format,
            None => self.format_of_object(&info, job).await?,
        };
        let object = StoredObject {
            store: self.store.url().clone(),
            object_key: version.object_key.clone(),
            size: version.size,
            digest: version.digest,
            crc64nvme: Some(version.crc64nvme),
            check: version.check,
        };
        let sound = StoredSound {
            place: self.own_place(version.digest),
            size: version.size,
            content_type: version.content_type.clone(),
            modified_at: version.uploaded_at,
            format: Some(format),
        };
        Ok(Resolved {
            origin: Origin::Existing,
            identity: version.digest.to_string(),
            way: Way::Own(Box::new(object), sound),
        })
    }

    /// An object of the store, of which only its key is known. It must be sound.
    async fn resolve_object(&self, key: &str, job: &Job) -> Result<Resolved> {
        let missing = || Error::NoObject { location: format!("{}/{key}", self.store.url()) };
        // No key of another form can be in a store.
        let Ok(object_key) = key.parse::<ObjectKey>() else { return Err(missing()) };
        let info = match job.unless_cancelled(self.store.head(&object_key)).await {
            Ok(info) => info,
            Err(Error::Store(StoreError::NotFound { .. } | StoreError::NoSuchStore { .. })) => {
                return Err(missing());
            }
            Err(error) => return Err(error),
        };
        let format = self.format_of_object(&info, job).await?;
        let content_type = self.content_type_of(&info, job).await?;
        let sound = |place| StoredSound {
            place,
            size: info.size,
            content_type,
            modified_at: info.modified.unwrap_or_else(|| self.now()),
            format: Some(format),
        };
        if let KeyKind::Object(digest) = object_key.kind() {
            let object = StoredObject {
                store: self.store.url().clone(),
                object_key,
                size: info.size,
                digest,
                crc64nvme: info.crc64nvme,
                check: None,
            };
            let sound = sound(self.own_place(digest));
            let way = Way::Own(Box::new(object), sound);
            return Ok(Resolved { origin: Origin::Existing, identity: digest.to_string(), way });
        }
        let state = info.etag.clone().map(|ETag(etag)| etag.trim_matches('"').to_owned());
        // A directory has no names for states: when it was written tells them apart.
        let written = info.modified.map(|at| at.as_micros().to_string());
        let etag = state.or(written).unwrap_or_default();
        let identity = format!("{key}\n{etag}");
        let key = key.parse().map_err(|_| missing())?;
        let sound = sound(SoundPlace::Found { store: self.store.url().clone(), key, etag });
        Ok(Resolved { origin: Origin::Existing, identity, way: Way::Found(sound) })
    }

    /// The media type of an object, told from its first bytes.
    async fn content_type_of(&self, info: &ObjectInfo, job: &Job) -> Result<String> {
        let range = 0..info.size.min(content_type::PROBE_BYTES as u64);
        let head =
            fetch_range(&*self.store, &info.key, range, info.etag.as_ref(), &self.memory.buffers);
        Ok(content_type::of(&job.unless_cancelled(head).await?).to_owned())
    }

    /// Sees to it that the bytes are where they are played from, and stay there.
    pub(super) async fn secure(
        &self,
        resolved: Resolved,
        (artist, title): (&ArtistName, &RecordingTitle),
        job: &Job,
    ) -> Result<Secured> {
        let names = (artist, title.as_str());
        match resolved.way {
            Way::Render(release) => self.render_and_keep(&release, names, job).await,
            Way::Send(file, _, format) => self.keep_sound(&file, "", format, names, job).await,
            Way::Own(object, sound) => {
                let claim = self.claim_bytes(artist, title.as_str(), object.digest, job).await?;
                // It may have been removed before it was claimed.
                let there = job.unless_cancelled(self.store.head(&object.object_key)).await;
                let kept = match there {
                    Ok(_) => self.care.keep_objects(&[*object]).await.map_err(Error::from),
                    Err(Error::Store(StoreError::NotFound { .. })) => Err(Error::NoObject {
                        location: self.store.url().locate(&object.object_key),
                    }),
                    Err(error) => Err(error),
                };
                match kept {
                    Ok(()) => Ok(Secured { sound, sent: 0, claim: Some(claim) }),
                    Err(error) => {
                        self.give_up(claim).await;
                        Err(error)
                    }
                }
            }
            Way::Found(sound) => Ok(Secured { sound, sent: 0, claim: None }),
        }
    }

    /// Makes the mix of a release again as FLAC: with the bits that were frozen, or 24 where
    /// those were floats, which FLAC does not hold.
    async fn render_and_keep(
        &self,
        release: &Release,
        names: (&ArtistName, &str),
        job: &Job,
    ) -> Result<Secured> {
        let spool = self.spool()?;
        let target = spool.path().join("mix.flac");
        let samples = release.mix.bits.is_none().then_some(SampleFormat::Int24);
        let file = MixFile { target: target.clone(), overwrite: false, kind: FileKind::Flac };
        self.render_release(release, samples, &file, job).await?;
        let format = probe::format_of_file(target.clone(), "the mix".to_owned()).await?;
        self.keep_sound(&target, "flac", format, names, job).await
    }

    async fn keep_sound(
        &self,
        file: &Path,
        extension: &str,
        format: AudioFormat,
        (artist, title): (&ArtistName, &str),
        job: &Job,
    ) -> Result<Secured> {
        let own = file.extension().and_then(|own| own.to_str()).unwrap_or(extension);
        let attributes = Attributes {
            content_type: None,
            file_name: Some(file_name(artist, title, own)),
            labels: vec![("artist", artist.to_string()), ("recording", title.to_owned())],
        };
        let kept = self.keep_file(file, (artist, title), attributes, job).await?;
        let sound = self.own_sound(&kept.fingerprint, kept.fingerprint.content_type, format);
        Ok(Secured { sound, sent: kept.sent, claim: Some(kept.claim) })
    }

    fn own_sound(
        &self,
        fingerprint: &Fingerprint,
        content_type: &str,
        format: AudioFormat,
    ) -> StoredSound {
        StoredSound {
            place: self.own_place(fingerprint.digest),
            size: fingerprint.size,
            content_type: content_type.to_owned(),
            modified_at: self.now(),
            format: Some(format),
        }
    }

    fn own_place(&self, digest: Digest) -> SoundPlace {
        let key = ObjectKey::of_object(&digest);
        SoundPlace::Own { store: self.store.url().clone(), key, digest }
    }
}

/// The name under which somebody who finds the object saves it: "Artist - Title.flac".
pub(super) fn file_name(artist: &ArtistName, title: &str, extension: &str) -> String {
    let name = match extension {
        "" => format!("{artist} - {title}"),
        extension => format!("{artist} - {title}.{extension}"),
    };
    name.replace(['/', '\\'], "_")
}
