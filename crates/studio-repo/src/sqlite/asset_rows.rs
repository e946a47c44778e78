//! Rows of assets, orders and quarantined objects, and their way from and to the values of
//! the domain.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use studio_domain::{
    Asset, AssetFacts, AssetId, AssetKey, AssetPlace, DeletionOrder, Moment, ObjectState, OrderId,
    QuarantineId, Quarantined, Reason, Timestamp, VersionId,
};

use super::asset_rules::{Kept, Waiver};
use super::error::{Failure, Outcome};
use super::rows::uuid;
use super::schema::{assets, deletion_orders, quarantine};

/// An asset.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = assets, treat_none_as_null = true)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct AssetRow {
    id: Vec<u8>,
    bucket: String,
    pub(super) object_key: Vec<u8>,
    status: String,
    etag: Option<String>,
    version_id: Option<String>,
    size: Option<i64>,
    sequencer: Option<String>,
    event_at: Option<i64>,
    channels: Option<i64>,
    frames: Option<i64>,
    sample_rate: Option<i64>,
    bits: Option<i64>,
    duration: Option<String>,
    container: Option<String>,
    codec: Option<String>,
    reasons: String,
    warnings: String,
    profile: Option<String>,
    filed_as: Option<Vec<u8>>,
    filing_problem: Option<String>,
    release_of: Option<Vec<u8>>,
    released_etag: Option<String>,
    released_version_id: Option<String>,
    revision: i64,
    received_at: i64,
    updated_at: i64,
}

impl AssetRow {
    pub(super) fn new(kept: &Kept) -> Outcome<Self> {
        let Kept { asset, waiver } = kept;
        let facts = asset.facts.as_ref();
        let (release_of, released) = match waiver {
            Waiver::None => (None, ObjectState::default()),
            Waiver::Open(id) => (Some(id.as_uuid().as_bytes().to_vec()), ObjectState::default()),
            Waiver::Bound(state) => (None, state.clone()),
        };
        Ok(Self {
            id: asset.id.as_uuid().as_bytes().to_vec(),
            bucket: asset.place.bucket.to_string(),
            object_key: key_bytes(&asset.place.key).to_vec(),
            status: asset.status.as_str().to_owned(),
            etag: asset.state.etag.clone(),
            version_id: asset.state.version_id.clone(),
            // The same 64 bits, as SQL has no unsigned numbers, and anybody can claim any.
            size: asset.size.map(u64::cast_signed),
            sequencer: asset.moment.sequencer.as_ref().map(|own| own.as_str().to_owned()),
            event_at: asset.moment.at.map(Timestamp::as_micros),
            channels: facts.map(|facts| facts.channel_count.into()),
            frames: facts.map(|facts| facts.frame_count.cast_signed()),
            sample_rate: facts.map(|facts| facts.sample_rate.into()),
            bits: facts.map(|facts| facts.bits_per_sample.into()),
            duration: facts.map(|facts| facts.duration.clone()),
            container: facts.and_then(|facts| facts.container).map(|kind| kind.to_string()),
            codec: facts.and_then(|facts| facts.codec).map(|kind| kind.to_string()),
            reasons: to_json(&asset.reasons)?,
            warnings: to_json(&asset.warnings)?,
            profile: asset.profile.clone(),
            filed_as: asset.filed.map(|version| version.as_uuid().as_bytes().to_vec()),
            filing_problem: asset.filing_problem.clone(),
            release_of,
            released_etag: released.etag,
            released_version_id: released.version_id,
            revision: asset.revision.cast_signed(),
            received_at: asset.received_at.as_micros(),
            updated_at: asset.updated_at.as_micros(),
        })
    }

    pub(super) fn into_kept(self) -> Outcome<Kept> {
        let facts = self.facts()?;
        let sequencer = self.sequencer.map(|text| text.parse().map_err(Failure::bad_row));
        let filed = self.filed_as.as_deref().map(uuid).transpose()?;
        let asset = Asset {
            id: AssetId::from_uuid(uuid(&self.id)?),
            place: place(&self.bucket, self.object_key)?,
            status: self.status.parse().map_err(Failure::bad_row)?,
            state: ObjectState { etag: self.etag, version_id: self.version_id },
            size: self.size.map(i64::cast_unsigned),
            moment: Moment {
                sequencer: sequencer.transpose()?,
                at: self.event_at.map(Timestamp::from_micros),
            },
            facts,
            reasons: from_json(&self.reasons)?,
            warnings: from_json(&self.warnings)?,
            profile: self.profile,
            filed: filed.map(VersionId::from_uuid),
            filing_problem: self.filing_problem,
            revision: self.revision.cast_unsigned(),
            received_at: Timestamp::from_micros(self.received_at),
            updated_at: Timestamp::from_micros(self.updated_at),
        };
        let waiver = match (self.release_of, self.released_etag, self.released_version_id) {
            (Some(id), _, _) => Waiver::Open(QuarantineId::from_uuid(uuid(&id)?)),
            (None, None, None) => Waiver::None,
            (None, etag, version_id) => Waiver::Bound(ObjectState { etag, version_id }),
        };
        Ok(Kept { asset, waiver })
    }

    fn facts(&self) -> Outcome<Option<AssetFacts>> {
        let number = |number: i64| u32::try_from(number).map_err(Failure::bad_row);
        let numbers = (self.channels, self.frames, self.sample_rate, self.bits);
        let (Some(channels), Some(frames), Some(rate), Some(bits)) = numbers else {
            return Ok(None);
        };
        let container = self.container.as_deref().map(str::parse).transpose();
        let codec = self.codec.as_deref().map(str::parse).transpose();
        Ok(Some(AssetFacts {
            channel_count: number(channels)?,
            frame_count: frames.cast_unsigned(),
            sample_rate: number(rate)?,
            bits_per_sample: number(bits)?,
            duration: self.duration.clone().unwrap_or_default(),
            container: container.map_err(Failure::bad_row)?,
            codec: codec.map_err(Failure::bad_row)?,
        }))
    }
}

/// An order to delete an object, with the place of its asset.
#[derive(Queryable, Selectable)]
#[diesel(table_name = deletion_orders, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct OrderRow {
    id: Vec<u8>,
    asset_id: Vec<u8>,
    #[diesel(select_expression = assets::bucket)]
    bucket: String,
    #[diesel(select_expression = assets::object_key)]
    object_key: Vec<u8>,
    etag: Option<String>,
    version_id: Option<String>,
    ordered_at: i64,
    sent_at: Option<i64>,
}

impl OrderRow {
    pub(super) fn into_order(self) -> Outcome<DeletionOrder> {
        Ok(DeletionOrder {
            id: OrderId::from_uuid(uuid(&self.id)?),
            asset: AssetId::from_uuid(uuid(&self.asset_id)?),
            place: place(&self.bucket, self.object_key)?,
            state: ObjectState { etag: self.etag, version_id: self.version_id },
            ordered_at: Timestamp::from_micros(self.ordered_at),
            sent_at: self.sent_at.map(Timestamp::from_micros),
        })
    }
}

/// A quarantined object.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = quarantine, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct QuarantineRow {
    id: Vec<u8>,
    asset_id: Vec<u8>,
    bucket: String,
    object_key: Vec<u8>,
    stored_as: Vec<u8>,
    etag: Option<String>,
    version_id: Option<String>,
    size: Option<i64>,
    reasons: String,
    at: i64,
}

impl QuarantineRow {
    pub(super) fn new(object: &Quarantined) -> Outcome<Self> {
        Ok(Self {
            id: object.id.as_uuid().as_bytes().to_vec(),
            asset_id: object.asset.as_uuid().as_bytes().to_vec(),
            bucket: object.place.bucket.to_string(),
            object_key: key_bytes(&object.place.key).to_vec(),
            stored_as: key_bytes(&object.stored_as).to_vec(),
            etag: object.state.etag.clone(),
            version_id: object.state.version_id.clone(),
            size: object.size.map(u64::cast_signed),
            reasons: to_json(&object.reasons)?,
            at: object.at.as_micros(),
        })
    }

    pub(super) fn into_quarantined(self) -> Outcome<Quarantined> {
        Ok(Quarantined {
            id: QuarantineId::from_uuid(uuid(&self.id)?),
            asset: AssetId::from_uuid(uuid(&self.asset_id)?),
            place: place(&self.bucket, self.object_key)?,
            stored_as: key(self.stored_as)?,
            state: ObjectState { etag: self.etag, version_id: self.version_id },
            size: self.size.map(i64::cast_unsigned),
            reasons: from_json(&self.reasons)?,
            at: Timestamp::from_micros(self.at),
        })
    }
}

/// A key as it stands in a column.
pub(super) fn key_bytes(key: &AssetKey) -> &[u8] {
    key.as_str().as_bytes()
}

fn key(bytes: Vec<u8>) -> Outcome<AssetKey> {
    String::from_utf8(bytes).map_err(Failure::bad_row)?.parse().map_err(Failure::bad_row)
}

fn place(bucket: &str, object_key: Vec<u8>) -> Outcome<AssetPlace> {
    Ok(AssetPlace { bucket: bucket.parse().map_err(Failure::bad_row)?, key: key(object_key)? })
}

/// A reason in a column.
#[derive(Serialize, Deserialize)]
struct ReasonJson {
    code: String,
    detail: String,
}

fn to_json(reasons: &[Reason]) -> Outcome<String> {
    let reasons =
        reasons.iter().cloned().map(|Reason { code, detail }| ReasonJson { code, detail });
    serde_json::to_string(&reasons.collect::<Vec<_>>()).map_err(Failure::bad_row)
}

fn from_json(text: &str) -> Outcome<Vec<Reason>> {
    let reasons: Vec<ReasonJson> = serde_json::from_str(text).map_err(Failure::bad_row)?;
    Ok(reasons.into_iter().map(|ReasonJson { code, detail }| Reason { code, detail }).collect())
}
