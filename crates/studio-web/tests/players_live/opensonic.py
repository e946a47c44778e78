"""Everything that py-opensonic asks for, of a service: URL, user and key are the arguments."""

import sys

from libopensonic import Connection
from libopensonic.errors import SonicError

url, user, key = sys.argv[1:4]
host, port = url.rsplit(":", 1)
calls = 0


def connect(**more):
    return Connection(host, user, key, port=int(port), **more)


def refused(call, *arguments):
    try:
        call(*arguments)
    except SonicError:
        return
    raise AssertionError(f"{call.__name__} was not refused")


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
    c.get_artist_info(artist.id)
    c.get_artist_info2(artist.id)
    album = c.get_album(albums[0].id)
    assert len(album.song) == 3 and album.song_count == 3
    c.get_album_info(album.id)
    c.get_album_info2(album.id)
    assert len(c.get_music_directory(album.id).child) == 3
    song = c.get_song(album.song[0].id)
    assert song.title == album.song[0].title
    for kind in ["random", "newest", "highest", "frequent", "recent", "starred",
                 "alphabeticalByName", "alphabeticalByArtist"]:
        c.get_album_list(kind)
        c.get_album_list2(kind)
    assert len(c.get_album_list2("alphabeticalByArtist", size=500)) == 4
    assert len(c.get_album_list2("byYear", from_year=2000, to_year=2030)) == 4
    assert len(c.get_album_list2("byGenre", genre="Soul")) == 4
    assert c.get_genres()[0].value == "Soul"
    assert len(c.get_songs_by_genre("Soul", count=500)) == 13
    assert len(c.get_random_songs(size=5)) == 5
    c.get_top_songs("Khruangbin")
    c.get_similar_songs(song.id)
    c.get_similar_songs2(artist.id)
    everything = c.search3('""', artist_count=500, album_count=500, song_count=500)
    assert len(everything.song) == 13 and len(everything.album) == 4, everything
    assert len(c.search3("third", song_count=2, song_offset=12).song) == 1
    c.search2("third")
    c.get_lyrics(artist="x", title="y")
    c.get_lyrics_by_song_id(song.id)
    assert c.star(sids=[song.id], album_ids=[album.id], artist_ids=[artist.id])
    starred = c.get_starred2()
    assert [starred.song[0].id, starred.album[0].id, starred.artist[0].id] == [
        song.id, album.id, artist.id]
    c.get_starred()
    assert c.unstar(sids=[song.id], album_ids=[album.id], artist_ids=[artist.id])
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
    assert len(c.get_playlist(made.id).entry) == 3
    assert c.delete_playlist(made.id)
    refused(c.get_playlist, made.id)
    assert c.save_play_queue([song.id, album.song[1].id], song.id, 4200)
    queue = c.get_play_queue()
    assert (queue.current, queue.position, len(queue.entry)) == (song.id, 4200, 2)
    assert c.save_play_queue_by_index([song.id], 0, 7)
    assert c.get_play_queue_by_index().current_index == 0
    assert c.create_bookmark(song.id, 61000, "the bridge")
    assert c.get_bookmarks()[0].position == 61000
    assert c.delete_bookmark(song.id)
    share = c.create_share([album.id], "listen")
    assert c.get_shares(), share
    for one in c.get_shares():
        assert c.delete_share(one.id)
    assert c.get_internet_radio_stations() == []
    assert c.get_podcasts() == []
    assert c.get_newest_podcasts() == []
    for sound in [c.stream(song.id, tformat="raw"), c.download(song.id)]:
        assert sound.status == 200
        assert int(sound.headers["Content-Length"]) == song.size, sound.headers
    refused(c.get_song, "so-nothing")
    refused(c.get_cover_art, song.id)


for more in [{}, {"use_get": True}, {"use_views": False}, {"legacy_auth": True}]:
    walk(connect(**more))
    calls += 1
walk(Connection(host, api_key=key, port=int(port)))
calls += 1
refused(Connection(host, user, "wrong", port=int(port)).get_artists)
refused(Connection(host, api_key="wrong", port=int(port)).get_artists)
print(f"py-opensonic: {calls} ways")
