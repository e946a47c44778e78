// @generated automatically by Diesel CLI.

diesel::table! {
    accounts (id) {
        id -> Binary,
        name -> Text,
        name_key -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        role -> Text,
        artists -> Text,
        password -> Nullable<Text>,
        created_at -> BigInt,
        updated_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    albums (id) {
        id -> Binary,
        artist_id -> Binary,
        artist_key -> Text,
        title -> Text,
        title_key -> Text,
        slug -> Text,
        released -> Nullable<Text>,
        licence -> Nullable<Text>,
        artwork_kind -> Nullable<Text>,
        artwork_type -> Nullable<Text>,
        artwork_digest -> Nullable<Binary>,
        artwork_store -> Nullable<Text>,
        artwork_key -> Nullable<Binary>,
        artwork_etag -> Nullable<Text>,
        published -> Bool,
        library_id -> Nullable<Binary>,
        updated_at -> BigInt,
    }
}

diesel::table! {
    api_tokens (id) {
        id -> Binary,
        account_id -> Binary,
        name -> Text,
        name_key -> Text,
        secret -> Binary,
        scopes -> Text,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        seen_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    app_keys (id) {
        id -> Binary,
        account_id -> Binary,
        name -> Text,
        name_key -> Text,
        created_at -> BigInt,
        seen_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    artists (id) {
        id -> Binary,
        name -> Text,
        name_key -> Text,
        slug -> Text,
        published -> Bool,
    }
}

diesel::table! {
    asset_events (bucket, object_key, identity) {
        bucket -> Text,
        object_key -> Binary,
        identity -> Text,
        recorded_at -> BigInt,
    }
}

diesel::table! {
    assets (id) {
        id -> Binary,
        bucket -> Text,
        object_key -> Binary,
        status -> Text,
        etag -> Nullable<Text>,
        version_id -> Nullable<Text>,
        size -> Nullable<BigInt>,
        sequencer -> Nullable<Text>,
        event_at -> Nullable<BigInt>,
        channels -> Nullable<BigInt>,
        frames -> Nullable<BigInt>,
        sample_rate -> Nullable<BigInt>,
        bits -> Nullable<BigInt>,
        duration -> Nullable<Text>,
        container -> Nullable<Text>,
        codec -> Nullable<Text>,
        reasons -> Text,
        warnings -> Text,
        profile -> Nullable<Text>,
        filed_as -> Nullable<Binary>,
        filing_problem -> Nullable<Text>,
        release_of -> Nullable<Binary>,
        released_etag -> Nullable<Text>,
        released_version_id -> Nullable<Text>,
        revision -> BigInt,
        received_at -> BigInt,
        updated_at -> BigInt,
    }
}

diesel::table! {
    audit (id) {
        id -> Binary,
        at -> BigInt,
        account_id -> Nullable<Binary>,
        actor -> Text,
        way -> Text,
        address -> Text,
        action -> Text,
        subject -> Text,
    }
}

diesel::table! {
    deletion_orders (id) {
        id -> Binary,
        asset_id -> Binary,
        etag -> Nullable<Text>,
        version_id -> Nullable<Text>,
        ordered_at -> BigInt,
        sent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    discogs_links (subject_kind, subject_id) {
        subject_kind -> Text,
        subject_id -> Binary,
        entry_kind -> Nullable<Text>,
        entry_id -> Nullable<BigInt>,
        score -> Integer,
        said_by -> Text,
        said_at -> Nullable<BigInt>,
        looked_at -> BigInt,
    }
}

diesel::table! {
    identities (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        account_id -> Binary,
        email -> Nullable<Text>,
        linked_at -> BigInt,
    }
}

diesel::table! {
    kept_objects (object_key, store) {
        object_key -> Text,
        store -> Text,
        size -> BigInt,
        digest -> Binary,
        crc64nvme -> Text,
        checked_at -> Nullable<BigInt>,
        damage -> Nullable<Text>,
    }
}

diesel::table! {
    libraries (id) {
        id -> Binary,
        url -> Text,
        added_at -> BigInt,
        scanned_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    library_objects (library_id, object_key) {
        library_id -> Binary,
        object_key -> Binary,
        etag -> Text,
        size -> BigInt,
        recording_id -> Nullable<Binary>,
        problem -> Nullable<Text>,
    }
}

diesel::table! {
    marks (id) {
        id -> Binary,
        version_id -> Binary,
        status -> Nullable<Text>,
        said_by -> Text,
        said_at -> BigInt,
        note -> Nullable<Text>,
        is_last -> Bool,
    }
}

diesel::table! {
    picks (id) {
        id -> Binary,
        artist -> Text,
        artist_key -> Text,
        song -> Text,
        song_key -> Text,
        track -> Text,
        track_key -> Text,
        version_id -> Nullable<Binary>,
        tag -> Nullable<Text>,
        said_by -> Text,
        said_at -> BigInt,
        note -> Nullable<Text>,
        is_last -> Bool,
    }
}

diesel::table! {
    playlist_items (playlist_id, place) {
        playlist_id -> Binary,
        place -> Integer,
        recording_id -> Binary,
    }
}

diesel::table! {
    playlists (id) {
        id -> Binary,
        name -> Text,
        name_key -> Text,
        updated_at -> BigInt,
    }
}

diesel::table! {
    quarantine (id) {
        id -> Binary,
        asset_id -> Binary,
        bucket -> Text,
        object_key -> Binary,
        stored_as -> Binary,
        etag -> Nullable<Text>,
        version_id -> Nullable<Text>,
        size -> Nullable<BigInt>,
        reasons -> Text,
        at -> BigInt,
    }
}

diesel::table! {
    recordings (id) {
        id -> Binary,
        artist_id -> Binary,
        artist_key -> Text,
        title -> Text,
        title_key -> Text,
        slug -> Text,
        album_id -> Nullable<Binary>,
        disc -> Integer,
        number -> Integer,
        released -> Nullable<Text>,
        licence -> Nullable<Text>,
        artwork -> Nullable<Text>,
        artwork_digest -> Nullable<Binary>,
        published -> Bool,
        origin -> Text,
        origin_id -> Nullable<Binary>,
        store -> Text,
        sound_key -> Binary,
        digest -> Nullable<Binary>,
        etag -> Nullable<Text>,
        size -> BigInt,
        content_type -> Text,
        modified_at -> BigInt,
        container -> Nullable<Text>,
        codec -> Nullable<Text>,
        channels -> Nullable<Integer>,
        sample_rate -> Nullable<BigInt>,
        bits -> Nullable<Integer>,
        valid_bits -> Nullable<Integer>,
        frames -> Nullable<BigInt>,
        updated_at -> BigInt,
    }
}

diesel::table! {
    release_stems (release_id, place) {
        release_id -> Binary,
        place -> Integer,
        said_at -> BigInt,
        track -> Text,
        tag -> Text,
        version_id -> Binary,
        pick_id -> Binary,
        picked_by -> Text,
        size -> BigInt,
        digest -> Binary,
        object_key -> Text,
        container -> Text,
        codec -> Text,
        channels -> Integer,
        sample_rate -> BigInt,
        bits -> Nullable<Integer>,
        valid_bits -> Nullable<Integer>,
        frames -> Nullable<BigInt>,
        audio_digest -> Binary,
        integrated -> Nullable<Integer>,
        loudness_range -> Nullable<Integer>,
        max_momentary -> Nullable<Integer>,
        max_short_term -> Nullable<Integer>,
        true_peak -> Nullable<Integer>,
        sample_peak -> Nullable<Integer>,
        gain -> Integer,
        pan -> Integer,
        start_frame -> BigInt,
        mute -> Bool,
    }
}

diesel::table! {
    releases (id) {
        id -> Binary,
        artist -> Text,
        artist_key -> Text,
        song -> Text,
        song_key -> Text,
        name -> Text,
        name_key -> Text,
        said_by -> Text,
        said_at -> BigInt,
        note -> Nullable<Text>,
        made_with -> Text,
        store -> Text,
        recipe -> BigInt,
        sample_rate -> BigInt,
        channels -> Integer,
        bits -> Nullable<Integer>,
        gain -> Integer,
        dither -> Nullable<BigInt>,
        frames -> BigInt,
        clipped -> BigInt,
        audio_digest -> Binary,
        integrated -> Nullable<Integer>,
        loudness_range -> Nullable<Integer>,
        max_momentary -> Nullable<Integer>,
        max_short_term -> Nullable<Integer>,
        true_peak -> Nullable<Integer>,
        sample_peak -> Nullable<Integer>,
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
    search_lines (id) {
        id -> BigInt,
        kind -> Text,
        subject_id -> Binary,
        title -> Text,
        slug -> Text,
        artist -> Nullable<Text>,
        artist_slug -> Nullable<Text>,
        album -> Nullable<Text>,
        published -> Bool,
    }
}

diesel::table! {
    sessions (id) {
        id -> Binary,
        account_id -> Binary,
        secret -> Binary,
        former -> Nullable<Binary>,
        former_until -> Nullable<BigInt>,
        created_at -> BigInt,
        renewed_at -> BigInt,
        seen_at -> BigInt,
        expires_at -> BigInt,
        address -> Text,
        agent -> Text,
    }
}

diesel::table! {
    sign_ins (state) {
        state -> Binary,
        browser -> Binary,
        provider -> Text,
        nonce -> Text,
        verifier -> Text,
        return_to -> Text,
        account_id -> Nullable<Binary>,
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
    sounds (digest) {
        digest -> Binary,
        container -> Text,
        codec -> Text,
        channels -> Integer,
        sample_rate -> BigInt,
        bits -> Nullable<Integer>,
        valid_bits -> Nullable<Integer>,
        frames -> Nullable<BigInt>,
        measured_frames -> Nullable<BigInt>,
        audio_digest -> Nullable<Binary>,
        integrated -> Nullable<Integer>,
        loudness_range -> Nullable<Integer>,
        max_momentary -> Nullable<Integer>,
        max_short_term -> Nullable<Integer>,
        true_peak -> Nullable<Integer>,
        sample_peak -> Nullable<Integer>,
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

diesel::joinable!(albums -> artists (artist_id));
diesel::joinable!(albums -> libraries (library_id));
diesel::joinable!(api_tokens -> accounts (account_id));
diesel::joinable!(app_keys -> accounts (account_id));
diesel::joinable!(deletion_orders -> assets (asset_id));
diesel::joinable!(identities -> accounts (account_id));
diesel::joinable!(library_objects -> libraries (library_id));
diesel::joinable!(playlist_items -> playlists (playlist_id));
diesel::joinable!(playlist_items -> recordings (recording_id));
diesel::joinable!(quarantine -> assets (asset_id));
diesel::joinable!(recordings -> albums (album_id));
diesel::joinable!(recordings -> artists (artist_id));
diesel::joinable!(release_stems -> releases (release_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(sign_ins -> accounts (account_id));
diesel::joinable!(songs -> artists (artist_id));
diesel::joinable!(tracks -> songs (song_id));
diesel::joinable!(versions -> tracks (track_id));

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    albums,
    api_tokens,
    app_keys,
    artists,
    asset_events,
    assets,
    audit,
    deletion_orders,
    discogs_links,
    identities,
    kept_objects,
    libraries,
    library_objects,
    marks,
    picks,
    playlist_items,
    playlists,
    quarantine,
    recordings,
    release_stems,
    releases,
    removals,
    reservations,
    search_lines,
    sessions,
    sign_ins,
    songs,
    sounds,
    tracks,
    trash,
    versions,
);
