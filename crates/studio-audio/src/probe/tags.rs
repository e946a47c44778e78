//! What people wrote into a file, read by lofty.
//!
//! lofty is kept from what it trusts too much: it works within a guard against panics and
//! a bound on what it reads, it sees no ID3v2 tag but a rewritten one, and never a WAV or
//! AIFF file. Nothing but texts and pictures is taken from it, no length.

use std::io::{self, Read, Seek, SeekFrom};

use lofty::config::ParseOptions;
use lofty::file::{FileType, TaggedFileExt};
use lofty::picture::PictureType;
use lofty::tag::{Accessor, ItemKey, Tag};
use studio_domain::{Codec, Container};

use super::{aiff, bytes_at, id3};
use crate::artwork::media_type;
use crate::guard::guarded;
use crate::kind::{Kind, id3v2_size};
use crate::riff::Wave;
use crate::source::{Cached, Part, Reader, Watched};
use crate::{ByteSource, Error, Result};

/// The largest picture that is read.
pub const MAX_ARTWORK_BYTES: usize = 16 << 20;
/// What is read of one ID3v2 tag: a picture, and some texts.
const MAX_TAG_BYTES: usize = MAX_ARTWORK_BYTES + (1 << 20);
/// What is read of tags in all, and so what they take in memory.
const MAX_READ_BYTES: u64 = 24 << 20;
/// ID3v2 tags that are read.
const MAX_TAGS: usize = 4;
/// Text chunks of AIFF: the title, the author, the copyright, a remark.
const AIFF_TEXTS: [&[u8; 4]; 4] = [b"NAME", b"AUTH", b"(c) ", b"ANNO"];
/// The longest text that is kept (bytes).
const MAX_TEXT_BYTES: usize = 64 << 10;

/// What people wrote into a file: texts as they stand there, `None` where there is none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the names say it")]
pub struct Tags {
    pub title: Option<String>,
    pub artist: Option<String>,
    pub album: Option<String>,
    pub album_artist: Option<String>,
    /// The number of the piece on its album.
    pub track_number: Option<u32>,
    pub disc_number: Option<u32>,
    /// A year, a day or more, as it was written.
    pub date: Option<String>,
    pub genre: Option<String>,
    pub comment: Option<String>,
    pub composer: Option<String>,
    pub copyright: Option<String>,
    /// International Standard Recording Code (ISO 3901).
    pub isrc: Option<String>,
    /// What program wrote the file.
    pub software: Option<String>,
    /// Whether there is a picture; [`artwork`] gives it.
    pub has_artwork: bool,
}

impl Tags {
    /// Takes from another what is missing here.
    pub(super) fn fill_from(&mut self, other: Self) {
        let texts = [
            (&mut self.title, other.title),
            (&mut self.artist, other.artist),
            (&mut self.album, other.album),
            (&mut self.album_artist, other.album_artist),
            (&mut self.date, other.date),
            (&mut self.genre, other.genre),
            (&mut self.comment, other.comment),
            (&mut self.composer, other.composer),
            (&mut self.copyright, other.copyright),
            (&mut self.isrc, other.isrc),
            (&mut self.software, other.software),
        ];
        for (own, other) in texts {
            *own = own.take().or(other);
        }
        self.track_number = self.track_number.or(other.track_number);
        self.disc_number = self.disc_number.or(other.disc_number);
        self.has_artwork |= other.has_artwork;
    }
}

/// A picture in a file of sound, as it stands there: whether it can be shown is another
/// matter, for [`artwork::picture`](crate::artwork::picture()).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Artwork {
    /// What the picture's own first bytes say that it is, such as `image/jpeg`.
    pub media_type: &'static str,
    /// The whole picture, at most [`MAX_ARTWORK_BYTES`].
    pub bytes: Vec<u8>,
}

/// The picture in a file, the front cover before any other; `None` without one, or when it
/// is larger than [`MAX_ARTWORK_BYTES`] or no JPEG, PNG, GIF, WebP or BMP.
///
/// # Errors
/// [`Error::Io`], [`Error::NotAudio`].
pub fn artwork(source: &dyn ByteSource) -> Result<Option<Artwork>> {
    let kind = crate::kind::sniff(source)?.ok_or(Error::NotAudio)?;
    let wave = if kind.is_riff() { Some(crate::riff::walk(source)?) } else { None };
    let mut found = None;
    each_tag(source, kind, wave.as_ref(), Reading::Full, |mut tag| {
        let front = |tag: &Tag| {
            tag.pictures().iter().position(|picture| picture.pic_type() == PictureType::CoverFront)
        };
        if found.is_none() && tag.picture_count() > 0 {
            let picture = tag.remove_picture(front(&tag).unwrap_or(0));
            found = Some(picture.into_data());
        }
    })?;
    let known = found.filter(|bytes| bytes.len() <= MAX_ARTWORK_BYTES);
    Ok(known.and_then(|bytes| Some(Artwork { media_type: media_type(&bytes)?, bytes })))
}

/// What is read of tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// All of them, with the pictures.
    Full,
    /// Everything, but pictures only where nobody has to ask for their bytes.
    All,
    /// As few bytes as texts can be had for.
    Texts,
}

/// The texts of all tags of a file; what is in one comes before what is in a later one.
pub(super) fn read(
    source: &dyn ByteSource,
    kind: Kind,
    wave: Option<&Wave>,
    reading: Reading,
) -> Result<Tags> {
    let mut tags = Tags::default();
    let pictured = each_tag(source, kind, wave, reading, |tag| tags.fill_from(texts(&tag)))?;
    tags.has_artwork |= pictured;
    Ok(tags)
}

fn texts(tag: &Tag) -> Tags {
    let text = |key| {
        let text = tag.get_string(key)?.trim_matches(['\0', ' ']);
        (!text.is_empty() && text.len() <= MAX_TEXT_BYTES).then(|| text.to_owned())
    };
    Tags {
        title: text(ItemKey::TrackTitle),
        artist: text(ItemKey::TrackArtist),
        album: text(ItemKey::AlbumTitle),
        album_artist: text(ItemKey::AlbumArtist),
        track_number: tag.track(),
        disc_number: tag.disk(),
        date: text(ItemKey::RecordingDate)
            .or_else(|| text(ItemKey::ReleaseDate))
            .or_else(|| text(ItemKey::Year)),
        genre: text(ItemKey::Genre),
        comment: text(ItemKey::Comment),
        composer: text(ItemKey::Composer),
        copyright: text(ItemKey::CopyrightMessage),
        isrc: text(ItemKey::Isrc),
        software: text(ItemKey::EncoderSoftware),
        has_artwork: tag.picture_count() > 0,
    }
}

/// Shows every tag of a file; whether a picture was left out is told.
fn each_tag(
    source: &dyn ByteSource,
    kind: Kind,
    wave: Option<&Wave>,
    reading: Reading,
    mut show: impl FnMut(Tag),
) -> Result<bool> {
    let pictures = reading == Reading::Full;
    let mut left_out = false;
    let mut aiff = Vec::new();
    for (at, length) in id3_places(source, kind, wave)? {
        let tag = bytes_at(source, at, length, MAX_TAG_BYTES)?;
        if let Some((plain, pictured)) = id3::plain(&tag, pictures) {
            left_out |= pictured && !pictures;
            push_chunk(&mut aiff, b"ID3 ", &plain);
        }
    }
    if matches!(kind.container, Container::Aiff | Container::Aifc) {
        let chunks = aiff::chunks(source, kind.start)?;
        for chunk in chunks.iter().filter(|chunk| AIFF_TEXTS.contains(&&chunk.id)).take(64) {
            let text = bytes_at(source, chunk.offset, chunk.size, MAX_TEXT_BYTES)?;
            push_chunk(&mut aiff, &chunk.id, &text);
        }
    }
    if !aiff.is_empty() {
        // Tags without a file of their own are shown to it as those of an AIFF file.
        let mut form = b"FORM\0\0\0\0AIFF".to_vec();
        form[4..8].copy_from_slice(&(aiff.len() as u32 + 4).to_be_bytes());
        form.append(&mut aiff);
        by_lofty(&form, FileType::Aiff, pictures, &mut show)?;
    }
    if let Some(file_type) = file_type(source, kind)? {
        let part = Cached::new(Part::new(source, kind.start, u64::MAX));
        by_lofty(&part, file_type, reading != Reading::Texts, &mut show)?;
        if reading == Reading::Texts && kind.container == Container::Flac {
            left_out |= super::flac::has_picture(source, kind.start)?;
        }
    }
    Ok(left_out)
}

/// Where ID3v2 tags lie: before the file proper, or in chunks of it.
fn id3_places(source: &dyn ByteSource, kind: Kind, wave: Option<&Wave>) -> Result<Vec<(u64, u64)>> {
    let mut places = Vec::new();
    let mut at = 0;
    while at < kind.start && places.len() < MAX_TAGS {
        let head = bytes_at(source, at, 10, 10)?;
        let Some(size) = id3v2_size(&head) else { break };
        places.push((at, size));
        at += size;
    }
    let chunks = wave.into_iter().flat_map(|wave| &wave.chunks);
    let tags = chunks.filter(|chunk| matches!(&chunk.id.0, b"id3 " | b"ID3 "));
    places.extend(tags.map(|chunk| (chunk.offset, chunk.present)));
    if matches!(kind.container, Container::Aiff | Container::Aifc) {
        let chunks = aiff::chunks(source, kind.start)?;
        let tags = chunks.iter().filter(|chunk| matches!(&chunk.id, b"ID3 " | b"id3 "));
        places.extend(tags.map(|chunk| (chunk.offset, chunk.size)));
    }
    places.truncate(MAX_TAGS);
    // Of a larger one the start is read: texts mostly stand before pictures.
    let mut left = MAX_TAG_BYTES as u64;
    for (_, length) in &mut places {
        *length = (*length).min(left);
        left -= *length;
    }
    Ok(places)
}

fn push_chunk(out: &mut Vec<u8>, id: &[u8; 4], content: &[u8]) {
    out.extend(id);
    out.extend((content.len() as u32).to_be_bytes());
    out.extend(content);
    if !content.len().is_multiple_of(2) {
        out.push(0);
    }
}

/// What lofty calls the files that it reads itself.
fn file_type(source: &dyn ByteSource, kind: Kind) -> Result<Option<FileType>> {
    Ok(match kind.container {
        Container::Flac => Some(FileType::Flac),
        Container::Mp4 => Some(FileType::Mp4),
        Container::Mpeg => Some(FileType::Mpeg),
        Container::Adts => Some(FileType::Aac),
        Container::Ogg => match super::find(source, kind)?.format.map(|format| format.codec) {
            Some(Codec::Opus) => Some(FileType::Opus),
            Some(Codec::Vorbis) => Some(FileType::Vorbis),
            _ => None,
        },
        _ => None,
    })
}

/// What lofty finds; what it cannot read has no tags.
fn by_lofty(
    source: &dyn ByteSource,
    file_type: FileType,
    pictures: bool,
    show: &mut impl FnMut(Tag),
) -> Result<()> {
    let (watched, failure) = Watched::new(source);
    let mut metered = Metered { reader: Reader::new(watched), left: MAX_READ_BYTES };
    let options = ParseOptions::new().read_properties(false).read_cover_art(pictures);
    let reader = lofty::probe::Probe::with_file_type(&mut metered, file_type);
    let parsed = guarded("reader of tags", || reader.options(options).read());
    if let Some(error) = failure.take() {
        return Err(error.into());
    }
    if let Ok(Ok(mut file)) = parsed {
        let primary = file.primary_tag_type();
        if let Some(tag) = file.remove(primary) {
            show(tag);
        }
        let others: Vec<_> = file.tags().iter().map(Tag::tag_type).collect();
        for tag in others {
            file.remove(tag).into_iter().for_each(&mut *show);
        }
    }
    Ok(())
}

/// A reader that stops when it has given so much.
struct Metered<R> {
    reader: R,
    left: u64,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::Error::other("too many bytes of tags"));
        }
        let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.reader.read(&mut buffer[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Metered<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.reader.seek(to)
    }
}
