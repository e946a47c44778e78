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

async function walk(auth, post) {
  const api = new SubsonicAPI({ url, auth, post });
  const call = async (name, args = {}) => ok(await api[name](args), name);
  await call("ping");
  assert.equal((await call("getLicense")).license.valid, true);
  assert.equal((await call("getOpenSubsonicExtensions")).openSubsonicExtensions.length, 4);
  assert.equal((await call("getMusicFolders")).musicFolders.musicFolder[0].id, 1);
  assert.equal((await call("getUser", { username: user })).user.username, user);
  const { artists } = await call("getArtists");
  const artist = artists.index[0].artist[0];
  await call("getIndexes");
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
  for (const type of ["random", "newest", "highest", "frequent", "recent", "starred",
    "alphabeticalByName", "alphabeticalByArtist"]) {
    await call("getAlbumList", { type });
    await call("getAlbumList2", { type });
  }
  const byYear = await call("getAlbumList2", { type: "byYear", fromYear: 2000, toYear: 2030 });
  assert.equal(byYear.albumList2.album.length, 4);
  assert.equal((await call("getGenres")).genres.genre[0].value, "Soul");
  await call("getSongsByGenre", { genre: "Soul" });
  assert.equal((await call("getRandomSongs", { size: 5 })).randomSongs.song.length, 5);
  await call("getTopSongs", { artist: "Khruangbin" });
  await call("getSimilarSongs", { id: song.id });
  await call("getSimilarSongs2", { id: artist.id });
  const all = await call("search3", { query: '""', songCount: 500, albumCount: 500 });
  assert.equal(all.searchResult3.song.length, 13);
  await call("search2", { query: "third" });
  await call("getLyrics", { artist: "x", title: "y" });
  await call("getLyricsBySongId", { id: song.id });
  await call("star", { id: song.id, albumId: album.id, artistId: artist.id });
  assert.equal((await call("getStarred2")).starred2.song[0].id, song.id);
  await call("getStarred");
  await call("unstar", { id: song.id, albumId: album.id, artistId: artist.id });
  await call("setRating", { id: song.id, rating: 3 });
  await call("scrobble", { id: song.id });
  await call("scrobble", { id: song.id, submission: false });
  assert.equal((await call("getNowPlaying")).nowPlaying.entry[0].id, song.id);
  const made = await call("createPlaylist", { name: "Monday", songId: [song.id, album.song[1].id] });
  assert.equal(made.playlist.entry.length, 2);
  const list = made.playlist.id;
  await call("updatePlaylist", { playlistId: list, songIdToAdd: [album.song[2].id] });
  assert.equal((await call("getPlaylist", { id: list })).playlist.entry.length, 3);
  await call("getPlaylists");
  await call("deletePlaylist", { id: list });
  failed(await api.getPlaylist({ id: list }), 70);
  await call("savePlayQueue", { id: [song.id, album.song[1].id], current: song.id, position: 42 });
  assert.equal((await call("getPlayQueue")).playQueue.entry.length, 2);
  await call("createBookmark", { id: song.id, position: 61000 });
  assert.equal((await call("getBookmarks")).bookmarks.bookmark[0].position, 61000);
  await call("deleteBookmark", { id: song.id });
  const { shares } = await call("createShare", { id: album.id, description: "listen" });
  await call("updateShare", { id: shares.share[0].id, description: "again" });
  await call("getShares");
  await call("deleteShare", { id: shares.share[0].id });
  await call("getInternetRadioStations");
  await call("getPodcasts");
  await call("getNewestPodcasts");
  await call("getScanStatus");
  for (const name of ["stream", "download"]) {
    const sound = await api[name]({ id: song.id });
    assert.equal(sound.status, 200);
    assert.equal((await sound.arrayBuffer()).byteLength, song.size, name);
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
const wrong = new SubsonicAPI({ url, auth: { username: user, password: "wrong" } });
failed(await wrong.getArtists(), 40);
const forged = new SubsonicAPI({ url, auth: { apiKey: "wrong" } });
failed(await forged.getArtists(), 44);
console.log(`subsonic-api: ${ways} ways`);
