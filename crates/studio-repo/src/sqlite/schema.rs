// @generated automatically by Diesel CLI.

diesel::table! {
    artists (id) {
        id -> Binary,
        name -> Text,
        name_key -> Text,
        slug -> Text,
    }
}

diesel::table! {
    removals (id) {
        id -> Binary,
        store -> Text,
        object_key -> Text,
        version_id -> Nullable<Binary>,
        created_at -> BigInt,
        deleting_until -> Nullable<BigInt>,
        takes_object -> Bool,
    }
}

diesel::table! {
    reservations (id) {
        id -> Binary,
        version_id -> Binary,
        artist_key -> Text,
        song_key -> Text,
        track_key -> Text,
        tag_key -> Text,
        digest -> Binary,
        object_key -> Text,
        expires_at -> BigInt,
    }
}

diesel::table! {
    songs (id) {
        id -> Binary,
        artist_id -> Binary,
        title -> Text,
        title_key -> Text,
        slug -> Text,
    }
}

diesel::table! {
    tracks (id) {
        id -> Binary,
        song_id -> Binary,
        name -> Text,
        name_key -> Text,
        slug -> Text,
    }
}

diesel::table! {
    trash (id) {
        id -> Binary,
        artist -> Text,
        artist_key -> Text,
        song -> Text,
        song_key -> Text,
        track -> Text,
        track_key -> Text,
        tag -> Text,
        tag_key -> Text,
        original_path -> Text,
        uploaded_at -> BigInt,
        size -> BigInt,
        digest -> Binary,
        crc64nvme -> Text,
        content_type -> Text,
        store -> Text,
        object_key -> Text,
        checked_at -> Nullable<BigInt>,
        damage -> Nullable<Text>,
        trashed_at -> BigInt,
    }
}

diesel::table! {
    versions (id) {
        id -> Binary,
        track_id -> Binary,
        artist_key -> Text,
        song_key -> Text,
        track_key -> Text,
        tag -> Text,
        tag_key -> Text,
        slug -> Text,
        original_path -> Text,
        uploaded_at -> BigInt,
        size -> BigInt,
        digest -> Binary,
        crc64nvme -> Text,
        content_type -> Text,
        store -> Text,
        object_key -> Text,
        checked_at -> Nullable<BigInt>,
        damage -> Nullable<Text>,
    }
}

diesel::joinable!(songs -> artists (artist_id));
diesel::joinable!(tracks -> songs (song_id));
diesel::joinable!(versions -> tracks (track_id));

diesel::allow_tables_to_appear_in_same_query!(
    artists,
    removals,
    reservations,
    songs,
    tracks,
    trash,
    versions,
);
