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
    album_genres (genre_key, artist_key, title_key, album_id) {
        genre_key -> Text,
        artist_key -> Text,
        title_key -> Text,
        album_id -> Binary,
        shown -> Bool,
    }
}

diesel::table! {
    album_notes (album_id) {
        album_id -> Binary,
        description -> Text,
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
        added_at -> BigInt,
        year -> Nullable<Integer>,
        songs -> Integer,
        length_ms -> BigInt,
        shown_songs -> Integer,
        shown_length_ms -> BigInt,
        genre_key -> Nullable<Text>,
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
    artist_profiles (artist_id) {
        artist_id -> Binary,
        biography -> Text,
        links -> Text,
        updated_at -> BigInt,
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
    bookmarks (account_id, recording_id) {
        account_id -> Binary,
        recording_id -> Binary,
        position_ms -> BigInt,
        comment -> Nullable<Text>,
        created_at -> BigInt,
        changed_at -> BigInt,
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
    featured_recordings (artist_id, place) {
        artist_id -> Binary,
        place -> Integer,
        recording_id -> Binary,
    }
}

diesel::table! {
    genres (key) {
        key -> Text,
        name -> Text,
        recordings -> BigInt,
        albums -> BigInt,
        shown_recordings -> BigInt,
        shown_albums -> BigInt,
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
    listener_marks (account_id, kind, subject_id) {
        account_id -> Binary,
        kind -> Text,
        subject_id -> Binary,
        starred_at -> Nullable<BigInt>,
        rating -> Nullable<Integer>,
        plays -> BigInt,
        last_played_at -> Nullable<BigInt>,
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
    old_album_slugs (artist_id, slug) {
        artist_id -> Binary,
        slug -> Text,
        album_id -> Binary,
    }
}

diesel::table! {
    old_recording_slugs (artist_id, slug) {
        artist_id -> Binary,
        slug -> Text,
        recording_id -> Binary,
    }
}

diesel::table! {
    own_playlist_items (playlist_id, place) {
        playlist_id -> Binary,
        place -> Integer,
        recording_id -> Binary,
    }
}

diesel::table! {
    own_playlists (id) {
        id -> Binary,
        account_id -> Binary,
        name -> Text,
        name_key -> Text,
        comment -> Nullable<Text>,
        is_public -> Bool,
        created_at -> BigInt,
        changed_at -> BigInt,
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
    play_queues (account_id) {
        account_id -> Binary,
        recordings -> Binary,
        current -> Nullable<BigInt>,
        position_ms -> BigInt,
        changed_at -> BigInt,
        changed_by -> Text,
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
    plays (account_id, recording_id, played_at) {
        account_id -> Binary,
        recording_id -> Binary,
        played_at -> BigInt,
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
    recording_notes (recording_id) {
        recording_id -> Binary,
        description -> Text,
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
        genre_key -> Nullable<Text>,
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
    shares (id) {
        id -> Binary,
        account_id -> Binary,
        kind -> Text,
        subject_id -> Binary,
        note -> Nullable<Text>,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        visits -> BigInt,
        visited_at -> Nullable<BigInt>,
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
    sketches (recording_id) {
        recording_id -> Binary,
        state -> Text,
        bars -> Binary,
        loudness -> Nullable<Integer>,
        true_peak -> Nullable<Integer>,
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

diesel::table! {
    wanted_sketches (recording_id) {
        recording_id -> Binary,
    }
}

diesel::joinable!(album_genres -> albums (album_id));
diesel::joinable!(album_notes -> albums (album_id));
diesel::joinable!(albums -> artists (artist_id));
diesel::joinable!(albums -> libraries (library_id));
diesel::joinable!(api_tokens -> accounts (account_id));
diesel::joinable!(app_keys -> accounts (account_id));
diesel::joinable!(artist_profiles -> artists (artist_id));
diesel::joinable!(bookmarks -> accounts (account_id));
diesel::joinable!(bookmarks -> recordings (recording_id));
diesel::joinable!(deletion_orders -> assets (asset_id));
diesel::joinable!(featured_recordings -> artists (artist_id));
diesel::joinable!(featured_recordings -> recordings (recording_id));
diesel::joinable!(identities -> accounts (account_id));
diesel::joinable!(library_objects -> libraries (library_id));
diesel::joinable!(listener_marks -> accounts (account_id));
diesel::joinable!(old_album_slugs -> albums (album_id));
diesel::joinable!(old_album_slugs -> artists (artist_id));
diesel::joinable!(old_recording_slugs -> artists (artist_id));
diesel::joinable!(old_recording_slugs -> recordings (recording_id));
diesel::joinable!(own_playlist_items -> own_playlists (playlist_id));
diesel::joinable!(own_playlist_items -> recordings (recording_id));
diesel::joinable!(own_playlists -> accounts (account_id));
diesel::joinable!(play_queues -> accounts (account_id));
diesel::joinable!(playlist_items -> playlists (playlist_id));
diesel::joinable!(playlist_items -> recordings (recording_id));
diesel::joinable!(plays -> accounts (account_id));
diesel::joinable!(plays -> recordings (recording_id));
diesel::joinable!(quarantine -> assets (asset_id));
diesel::joinable!(recording_notes -> recordings (recording_id));
diesel::joinable!(recordings -> albums (album_id));
diesel::joinable!(recordings -> artists (artist_id));
diesel::joinable!(release_stems -> releases (release_id));
diesel::joinable!(sessions -> accounts (account_id));
diesel::joinable!(shares -> accounts (account_id));
diesel::joinable!(sign_ins -> accounts (account_id));
diesel::joinable!(sketches -> recordings (recording_id));
diesel::joinable!(songs -> artists (artist_id));
diesel::joinable!(tracks -> songs (song_id));
diesel::joinable!(versions -> tracks (track_id));
diesel::joinable!(wanted_sketches -> recordings (recording_id));

diesel::allow_tables_to_appear_in_same_query!(
    accounts,
    album_genres,
    album_notes,
    albums,
    api_tokens,
    app_keys,
    artist_profiles,
    artists,
    asset_events,
    assets,
    audit,
    bookmarks,
    deletion_orders,
    discogs_links,
    featured_recordings,
    genres,
    identities,
    kept_objects,
    libraries,
    library_objects,
    listener_marks,
    marks,
    old_album_slugs,
    old_recording_slugs,
    own_playlist_items,
    own_playlists,
    picks,
    play_queues,
    playlist_items,
    playlists,
    plays,
    quarantine,
    recording_notes,
    recordings,
    release_stems,
    releases,
    removals,
    reservations,
    search_lines,
    sessions,
    shares,
    sign_ins,
    sketches,
    songs,
    sounds,
    tracks,
    trash,
    versions,
    wanted_sketches,
);
