"""Everything that py-opensonic asks for, of a service: URL, user and key are the arguments.

Two calls of its own fail before they ask or whatever is answered: get_music_folders, update_share.
"""

import asyncio
import sys
from collections import Counter
from urllib.request import urlopen

from libopensonic import Connection
from libopensonic.errors import CredentialError, DataNotFoundError, SonicError

url, user, key = sys.argv[1:4]
host, port = url.rsplit(":", 1)


def connect(**more):
    return Connection(host, user, key, port=int(port), **more)


def refused(kind, call, *arguments):
    try:
        call(*arguments)
    except SonicError as error:
        assert type(error) is kind, repr(error)
        return
    raise AssertionError(f"{call.__name__} was not refused")


def read(c, answer):
    """All bytes of an answer; the library leaves reading them to its own loop."""
    return asyncio.run_coroutine_threadsafe(answer.read(), c._loop).result()


def ids(things):
    return [thing.id for thing in things]


def band(c):
    """Albums, covers and sound of the second artist."""
    artist = c.get_artists().index[1].artist[0]
    assert (artist.name, artist.album_count) == ("Lampwright", 2), artist
    albums = {album.name: album for album in c.get_artist(artist.id).album}
    harbour, tides = albums["Harbour"], albums["Tides"]
    assert (harbour.year, tides.year, harbour.genre) == (2011, 2019, "Folk"), albums
    assert (harbour.song_count, harbour.duration) == (2, 2), harbour
    listed = lambda kind, **more: ids(c.get_album_list2(kind, size=500, **more))
    assert listed("byGenre", genre="Folk") == [harbour.id, tides.id]
    assert listed("byYear", from_year=2010, to_year=2012) == [harbour.id]
    assert listed("byYear", from_year=2019, to_year=2011)[0] == tides.id
    assert listed("alphabeticalByArtist")[4:] == [harbour.id, tides.id]
    assert Counter(listed("random")) == Counter(listed("alphabeticalByName"))
    assert len(listed("newest")) == 6
    first, second = c.get_album(harbour.id).song
    assert (first.track, first.duration, first.sampling_rate, first.bit_depth,
            first.channel_count, first.suffix) == (1, 1, 48000, 16, 2, "wav"), first
    assert c.scrobble(first.id)
    assert harbour.id in listed("frequent") and listed("recent")[0] == harbour.id
    assert ids(c.get_top_songs("Lampwright"))[0] == first.id
    similar = ids(c.get_similar_songs(first.id))
    assert second.id in similar and first.id not in similar, similar
    assert {song.genre for song in c.get_similar_songs2(artist.id)} == {"Folk"}
    assert c.set_rating(tides.id, 5)
    assert listed("highest")[0] == tides.id
    assert c.set_rating(tides.id, 0)
    assert c.star(album_ids=[harbour.id])
    assert listed("starred") == [harbour.id]
    assert c.unstar(album_ids=[harbour.id])
    assert listed("starred") == []
    assert len(c.get_songs_by_genre("Folk", count=500)) == 5
    assert {song.genre for song in c.get_random_songs(size=500, genre="Folk")} == {"Folk"}
    single = c.search3("Low Water").song[0]
    for thing in [harbour, artist, first, single]:
        for size in [None, 100]:
            picture = c.get_cover_art(thing.cover_art, size)
            assert picture.headers["Content-Type"] == "image/jpeg"
            assert read(c, picture).startswith(b"\xff\xd8\xff")
    assert tides.cover_art is None
    refused(DataNotFoundError, c.get_cover_art, tides.id)
    for song in [first, second, single]:
        raw = read(c, c.stream(song.id, tformat="raw"))
        assert raw.startswith(b"RIFF") and len(raw) == song.size
        assert raw == read(c, c.download(song.id)) == read(c, c.stream(song.id))
        part = c.stream(song.id, tformat="raw", byte_range="bytes=100-199")
        assert part.status == 206 and read(c, part) == raw[100:200]
    assert read(c, c.stream(first.id)) != read(c, c.stream(second.id))
    flac = c.stream(first.id, tformat="flac")
    assert flac.headers["Content-Type"] == "audio/flac" and read(c, flac).startswith(b"fLaC")


def walk(c):
    assert c.ping() is True
    assert c.get_license()
    names = [extension.name for extension in c.get_open_subsonic_extensions()]
    assert "apiKeyAuthentication" in names, names
    assert c.get_user(user).username == user
    assert c.get_scan_status().scanning is False
    artist = c.get_artists().index[0].artist[0]
    assert artist.name == "Khruangbin"
    assert c.get_indexes().index[0].artist[0].id == artist.id
    albums = c.get_artist(artist.id).album
    assert len(albums) == 4, albums
    assert c.get_artist_info(artist.id) and c.get_artist_info2(artist.id)
    album = c.get_album(albums[0].id)
    assert len(album.song) == 3 and album.song_count == 3
    assert c.get_album_info(album.id) and c.get_album_info2(album.id)
    assert len(c.get_music_directory(album.id).child) == 3
    song = c.get_song(album.song[0].id)
    assert song.title == album.song[0].title
    for kind in ["newest", "highest", "frequent", "recent", "starred",
                 "alphabeticalByName", "alphabeticalByArtist"]:
        assert ids(c.get_album_list(kind)) == ids(c.get_album_list2(kind)), kind
    assert len(c.get_album_list("random")) == len(c.get_album_list2("random")) == 6
    assert len(c.get_album_list2("byYear", from_year=2018, to_year=2018)) == 4
    assert len(c.get_album_list2("byGenre", genre="Soul")) == 4
    genres = {genre.value: (genre.song_count, genre.album_count) for genre in c.get_genres()}
    assert genres == {"Soul": (13, 4), "Folk": (5, 2)}, genres
    assert len(c.get_songs_by_genre("Soul", count=500)) == 13
    assert len(c.get_random_songs(size=5)) == 5
    assert c.get_top_songs("Khruangbin")
    assert {one.genre for one in c.get_similar_songs(song.id)} == {"Soul"}
    assert {one.genre for one in c.get_similar_songs2(artist.id)} == {"Soul"}
    everything = c.search3('""', artist_count=500, album_count=500, song_count=500)
    assert (len(everything.song), len(everything.album), len(everything.artist)) == (18, 6, 2)
    assert len(c.search3("third", song_count=2, song_offset=12).song) == 1
    assert len(c.search2("third", song_count=500).song) == 13
    assert not c.get_lyrics(artist="x", title="y").value
    assert c.get_lyrics_by_song_id(song.id) == []
    assert c.star(sids=[song.id], album_ids=[album.id], artist_ids=[artist.id])
    starred = c.get_starred2()
    assert [starred.song[0].id, starred.album[0].id, starred.artist[0].id] == [
        song.id, album.id, artist.id]
    assert ids(c.get_starred().song) == [song.id]
    assert c.unstar(sids=[song.id], album_ids=[album.id], artist_ids=[artist.id])
    assert not c.get_starred2().song
    assert c.set_rating(song.id, 4)
    assert c.get_song(song.id).user_rating == 4
    assert c.scrobble(song.id)
    assert c.get_song(song.id).play_count >= 1
    assert c.scrobble(song.id, submission=False)
    assert c.get_now_playing()[0].id == song.id
    assert c.create_playlist(name="Sunday evening", song_ids=[song.id, album.song[1].id])
    made = next(one for one in c.get_playlists() if one.name == "Sunday evening")
    assert [entry.id for entry in c.get_playlist(made.id).entry] == [song.id, album.song[1].id]
    assert c.update_playlist(made.id, comment="slow", song_ids_to_add=[album.song[2].id])
    assert c.update_playlist(made.id, name="Late", song_indices_to_remove=[0])
    changed = c.get_playlist(made.id)
    assert (changed.name, changed.comment) == ("Late", "slow"), changed
    assert ids(changed.entry) == [album.song[1].id, album.song[2].id]
    assert c.delete_playlist(made.id)
    refused(DataNotFoundError, c.get_playlist, made.id)
    assert c.save_play_queue([song.id, album.song[1].id], song.id, 4200)
    queue = c.get_play_queue()
    assert (queue.current, queue.position, len(queue.entry)) == (song.id, 4200, 2)
    assert c.save_play_queue_by_index([song.id], 0, 7)
    assert c.get_play_queue_by_index().current_index == 0
    assert c.create_bookmark(song.id, 61000, "the bridge")
    assert c.get_bookmarks()[0].position == 61000
    assert c.delete_bookmark(song.id)
    assert c.get_bookmarks() == []
    c.create_share([album.id], "listen")
    share, = c.get_shares()
    assert (share.description, ids(share.entry)) == ("listen", ids(album.song)), share
    with urlopen(share.url) as page:
        assert page.status == 200
    assert c.delete_share(share.id)
    assert c.get_shares() == []
    assert c.get_internet_radio_stations() == []
    assert c.get_podcasts() == []
    assert c.get_newest_podcasts() == []
    for sound in [c.stream(song.id, tformat="raw"), c.download(song.id)]:
        assert sound.status == 200
        assert len(read(c, sound)) == song.size, sound.headers
    refused(DataNotFoundError, c.get_song, "so-nothing")
    refused(DataNotFoundError, c.get_cover_art, song.id)


ways = [connect(**more)
        for more in [{}, {"use_get": True}, {"use_views": False}, {"legacy_auth": True}]]
ways.append(Connection(host, api_key=key, port=int(port)))
ways.append(Connection(host, api_key=key, port=int(port), use_get=True))
for c in ways:
    walk(c)
    band(c)
for more in [{}, {"use_get": True}, {"legacy_auth": True}]:
    wrong = Connection(host, user, "wrong", port=int(port), **more)
    refused(CredentialError, wrong.get_artists)
    refused(CredentialError, wrong.stream, "so-nothing")
# The library has no name for 44.
refused(SonicError, Connection(host, api_key="wrong", port=int(port)).get_artists)
print(f"py-opensonic: {len(ways)} ways")
