// Everything that subsonic-api asks for, of a service: the folder of the library, URL, user and
// key are the arguments.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

const [folder, url, user, key] = process.argv.slice(2);
const { default: SubsonicAPI } = await import(pathToFileURL(`${folder}/lib/index.js`));

const ok = (answer, name) => {
  assert.equal(answer.status, "ok", `${name}: ${JSON.stringify(answer)}`);
  assert.equal(answer.openSubsonic, true);
  assert.equal(answer.type, "studio");
  return answer;
};
const failed = (answer, code) => {
  assert.equal(answer.status, "failed", JSON.stringify(answer));
  assert.equal(answer.error.code, code, JSON.stringify(answer));
};

const ids = (things) => things.map((thing) => thing.id);
const bytes = async (answer) => {
  assert.equal(answer.status, 200);
  return Buffer.from(await answer.arrayBuffer());
};

// Albums, covers and sound of the second artist.
async function band(api, call) {
  const { artists } = await call("getArtists");
  const { artist } = await call("getArtist", { id: artists.index[1].artist[0].id });
  assert.equal(artist.name, "Lampwright");
  const [harbour, tides] = ["Harbour", "Tides"].map((name) =>
    artist.album.find((album) => album.name === name));
  assert.deepEqual([harbour.year, tides.year, harbour.genre, harbour.duration],
    [2011, 2019, "Folk", 2]);
  const listed = async (type, more = {}) =>
    ids((await call("getAlbumList2", { type, size: 500, ...more })).albumList2.album);
  assert.deepEqual(await listed("byGenre", { genre: "Folk" }), [harbour.id, tides.id]);
  assert.deepEqual(await listed("byYear", { fromYear: 2010, toYear: 2012 }), [harbour.id]);
  assert.equal((await listed("newest")).length, 6);
  assert.equal((await listed("random")).length, 6);
  const { album } = await call("getAlbum", { id: harbour.id });
  assert.ok(album.created instanceof Date && !Number.isNaN(album.created.valueOf()));
  const [first, second] = album.song;
  assert.deepEqual([first.track, first.duration, first.samplingRate, first.bitDepth,
    first.channelCount, first.suffix], [1, 1, 48000, 16, 2, "wav"]);
  await call("scrobble", { id: first.id });
  assert.ok((await listed("frequent")).includes(harbour.id));
  assert.equal((await listed("recent"))[0], harbour.id);
  const top = await call("getTopSongs", { artist: "Lampwright" });
  assert.equal(top.topSongs.song[0].id, first.id);
  const similar = ids((await call("getSimilarSongs", { id: first.id })).similarSongs.song);
  assert.ok(similar.includes(second.id) && !similar.includes(first.id));
  await call("setRating", { id: tides.id, rating: 5 });
  assert.equal((await listed("highest"))[0], tides.id);
  await call("setRating", { id: tides.id, rating: 0 });
  await call("star", { albumId: harbour.id });
  assert.deepEqual(await listed("starred"), [harbour.id]);
  await call("unstar", { albumId: harbour.id });
  assert.deepEqual(await listed("starred"), []);
  const found = await call("search3", { query: "Low Water" });
  const single = found.searchResult3.song[0];
  for (const thing of [harbour, artist, first, single]) {
    for (const size of [undefined, 100]) {
      const picture = await api.getCoverArt({ id: thing.coverArt, size });
      assert.equal(picture.headers.get("content-type"), "image/jpeg");
      assert.deepEqual([...(await bytes(picture)).subarray(0, 3)], [0xff, 0xd8, 0xff]);
    }
  }
  assert.equal(tides.coverArt, undefined);
  const none = await api.getCoverArt({ id: tides.id });
  failed((await none.json())["subsonic-response"], 70);
  for (const song of [first, second, single]) {
    const raw = await bytes(await api.stream({ id: song.id, format: "raw" }));
    assert.equal(raw.subarray(0, 4).toString(), "RIFF");
    assert.equal(raw.length, song.size);
    assert.ok(raw.equals(await bytes(await api.download({ id: song.id }))));
  }
  const flac = await bytes(await api.stream({ id: first.id, format: "flac" }));
  assert.equal(flac.subarray(0, 4).toString(), "fLaC");
}

async function walk(auth, post) {
  const api = new SubsonicAPI({ url, auth, post });
  const call = async (name, args = {}) => ok(await api[name](args), name);
  await band(api, call);
  await call("ping");
  assert.equal((await call("getLicense")).license.valid, true);
  assert.equal((await call("getOpenSubsonicExtensions")).openSubsonicExtensions.length, 4);
  assert.equal((await call("getMusicFolders")).musicFolders.musicFolder[0].id, 1);
  assert.equal((await call("getUser", { username: user })).user.username, user);
  const { artists } = await call("getArtists");
  const artist = artists.index[0].artist[0];
  assert.deepEqual((await call("getIndexes")).indexes.index.map((letter) => letter.name), ["K", "L"]);
  const { artist: whole } = await call("getArtist", { id: artist.id });
  assert.equal(whole.album.length, 4);
  await call("getArtistInfo", { id: artist.id });
  await call("getArtistInfo2", { id: artist.id });
  const { album } = await call("getAlbum", { id: whole.album[0].id });
  assert.equal(album.song.length, 3);
  await call("getAlbumInfo", { id: album.id });
  await call("getAlbumInfo2", { id: album.id });
  assert.equal((await call("getMusicDirectory", { id: album.id })).directory.child.length, 3);
  const { song } = await call("getSong", { id: album.song[0].id });
  for (const type of ["newest", "highest", "frequent", "recent", "starred",
    "alphabeticalByName", "alphabeticalByArtist"]) {
    const older = (await call("getAlbumList", { type })).albumList.album;
    const newer = (await call("getAlbumList2", { type })).albumList2.album;
    assert.deepEqual(ids(older), ids(newer), type);
  }
  const byYear = await call("getAlbumList2", { type: "byYear", fromYear: 2018, toYear: 2018 });
  assert.equal(byYear.albumList2.album.length, 4);
  const { genre } = (await call("getGenres")).genres;
  const counted = genre.map((one) => [one.value, one.songCount, one.albumCount]);
  assert.deepEqual(counted.sort(), [["Folk", 5, 2], ["Soul", 13, 4]]);
  const soul = (await call("getSongsByGenre", { genre: "Soul", count: 500 })).songsByGenre.song;
  assert.equal(soul.length, 13);
  assert.equal((await call("getRandomSongs", { size: 5 })).randomSongs.song.length, 5);
  assert.ok((await call("getTopSongs", { artist: "Khruangbin" })).topSongs.song.length > 0);
  const like = (await call("getSimilarSongs2", { id: artist.id })).similarSongs2.song;
  assert.ok(like.length > 0 && like.every((one) => one.genre === "Soul"));
  const all = await call("search3", { query: '""', songCount: 500, albumCount: 500 });
  assert.equal(all.searchResult3.song.length, 18);
  assert.equal(all.searchResult3.album.length, 6);
  assert.equal((await call("search2", { query: "third", songCount: 500 })).searchResult2.song.length, 13);
  assert.ok((await call("getLyrics", { artist: "x", title: "y" })).lyrics);
  assert.deepEqual((await call("getLyricsBySongId", { id: song.id })).lyricsList.structuredLyrics, []);
  await call("star", { id: song.id, albumId: album.id, artistId: artist.id });
  assert.equal((await call("getStarred2")).starred2.song[0].id, song.id);
  assert.equal((await call("getStarred")).starred.album[0].id, album.id);
  await call("unstar", { id: song.id, albumId: album.id, artistId: artist.id });
  assert.equal((await call("getStarred2")).starred2.song.length, 0);
  await call("setRating", { id: song.id, rating: 3 });
  assert.equal((await call("getSong", { id: song.id })).song.userRating, 3);
  await call("scrobble", { id: song.id });
  await call("scrobble", { id: song.id, submission: false });
  assert.equal((await call("getNowPlaying")).nowPlaying.entry[0].id, song.id);
  const made = await call("createPlaylist", { name: "Monday", songId: [song.id, album.song[1].id] });
  assert.equal(made.playlist.entry.length, 2);
  const list = made.playlist.id;
  await call("updatePlaylist", { playlistId: list, songIdToAdd: [album.song[2].id] });
  assert.equal((await call("getPlaylist", { id: list })).playlist.entry.length, 3);
  const lists = (await call("getPlaylists")).playlists.playlist;
  assert.equal(lists.find((one) => one.id === list).songCount, 3);
  await call("deletePlaylist", { id: list });
  failed(await api.getPlaylist({ id: list }), 70);
  await call("savePlayQueue", { id: [song.id, album.song[1].id], current: song.id, position: 42 });
  assert.equal((await call("getPlayQueue")).playQueue.entry.length, 2);
  await call("createBookmark", { id: song.id, position: 61000 });
  assert.equal((await call("getBookmarks")).bookmarks.bookmark[0].position, 61000);
  await call("deleteBookmark", { id: song.id });
  assert.equal((await call("getBookmarks")).bookmarks.bookmark.length, 0);
  const { shares } = await call("createShare", { id: album.id, description: "listen" });
  await call("updateShare", { id: shares.share[0].id, description: "again" });
  const [share] = (await call("getShares")).shares.share;
  assert.equal(share.description, "again");
  assert.deepEqual(ids(share.entry), ids(album.song));
  assert.equal((await fetch(share.url)).status, 200);
  await call("deleteShare", { id: share.id });
  assert.equal((await call("getShares")).shares.share.length, 0);
  const { internetRadioStations } = await call("getInternetRadioStations");
  assert.deepEqual(internetRadioStations.internetRadioStation, []);
  assert.deepEqual((await call("getPodcasts")).podcasts.channel, []);
  assert.deepEqual((await call("getNewestPodcasts")).newestPodcasts.episode, []);
  assert.equal((await call("getScanStatus")).scanStatus.scanning, false);
  for (const name of ["stream", "download"]) {
    assert.equal((await bytes(await api[name]({ id: song.id }))).length, song.size, name);
  }
  failed(await api.getSong({ id: "so-nothing" }), 70);
  const none = await api.getCoverArt({ id: song.id });
  failed((await none.json())["subsonic-response"], 70);
}

let ways = 0;
for (const auth of [{ username: user, password: key }, { apiKey: key }]) {
  for (const post of [false, true]) {
    await walk(auth, post);
    ways += 1;
  }
}
for (const post of [false, true]) {
  const wrong = new SubsonicAPI({ url, auth: { username: user, password: "wrong" }, post });
  failed(await wrong.getArtists(), 40);
  failed((await (await wrong.stream({ id: "so-nothing" })).json())["subsonic-response"], 40);
  const forged = new SubsonicAPI({ url, auth: { apiKey: "wrong" }, post });
  failed(await forged.getArtists(), 44);
}
console.log(`subsonic-api: ${ways} ways`);
