//! `/rest`: what players that speak OpenSubsonic ask.
//!
//! Each request shows who asks by its own parameters ([`call`]): with the key that was made for
//! the player, never with the account's password. Every endpoint is a method of [`Call`]; all
//! answers but sound and pictures are trees of which XML and JSON are made (`studio-subsonic`).
//! What goes wrong is told in an envelope with the status 200, as players expect it.

mod browse;
mod call;
mod identity;
mod lists;
mod marks;
mod media;
mod playlists;
mod queue;
mod shares;
mod tell;

use axum::body::Bytes;
use axum::extract::{Path, Request, State as Shared};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use studio_subsonic::{Answer, Error, Format, Node, Parameters, Request as Asked, endpoint};

use self::call::Call;
use crate::State;
use crate::entry::{Guarded, Rule};
use crate::failure::{Failure, chain};

/// The version that answers tell.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The result of an endpoint.
type Result<T, E = Error> = std::result::Result<T, E>;

/// What an endpoint answers.
enum Reply {
    /// What the envelope has besides.
    Node(Node),
    /// Bytes.
    Media(Box<Response>),
}

/// The route of all endpoints.
pub(crate) fn routes() -> Guarded {
    let rules = [("GET", Rule::BEARER), ("POST", Rule::BEARER)];
    Guarded::default().route("/rest/{endpoint}", &rules, get(answer).post(answer))
}

async fn answer(
    Shared(state): Shared<State>,
    Path(name): Path<String>,
    request: Request,
) -> std::result::Result<Response, Failure> {
    let (head, body) = request.into_parts();
    let is_form = head.headers.get(CONTENT_TYPE).is_some_and(|kind| {
        kind.as_bytes().to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded")
    });
    let form = match is_form {
        true => crate::receive::whole(&state, body).await?,
        false => Bytes::new(),
    };
    let query = head.uri.query().unwrap_or_default();
    let parameters = match Parameters::read(query, &form) {
        Ok(parameters) => parameters,
        Err(error) => return Ok(written(&Format::Xml, Err(error), StatusCode::OK)),
    };
    let format = Asked::format(&parameters);
    let name = endpoint(&name).to_owned();
    let said = match call::of(&state, &name, &head, parameters).await {
        Ok(Some(call)) => reply(&call, &name).await,
        Ok(None) => Ok(Some(Reply::Node(extensions()))),
        Err(error) => Err(error),
    };
    Ok(match said {
        Ok(Some(Reply::Node(node))) => written(&format, Ok(node), StatusCode::OK),
        Ok(Some(Reply::Media(response))) => *response,
        // Not 200, so that a player knows that it is not the parameters.
        Ok(None) => {
            let error = Error::Generic(format!("there is no endpoint {}", name.escape_debug()));
            written(&format, Err(error), StatusCode::NOT_FOUND)
        }
        Err(error) => written(&format, Err(error), StatusCode::OK),
    })
}

fn written(format: &Format, said: Result<Node>, status: StatusCode) -> Response {
    let written = Answer::new(VERSION, said).write(format);
    let kind = HeaderValue::from_static(written.content_type);
    let kept = HeaderValue::from_static("no-store");
    (status, [(CONTENT_TYPE, kind), (CACHE_CONTROL, kept)], written.body).into_response()
}

/// What this server has beyond the API that it speaks.
fn extensions() -> Node {
    let names = ["apiKeyAuthentication", "formPost", "indexBasedQueue", "songLyrics"];
    let told = names.map(|name| Node::new().text("name", name).wholes("versions", [1]));
    Node::new().many("openSubsonicExtensions", told)
}

/// Something of the studio failed: what is inside goes to the log.
fn failed(error: impl std::error::Error + 'static) -> Error {
    tracing::error!(error = chain(&error), "a player's request failed");
    Error::Generic("the server failed; its log says more under the request's id".to_owned())
}

/// The same of what other parts of the service said.
fn failure(failure: Failure) -> Error {
    let error = failure.cause.as_deref().map(|cause| chain(cause)).unwrap_or_default();
    tracing::error!(code = failure.code, error, "a player's request failed");
    Error::Generic(failure.detail)
}

/// What an endpoint answers; nothing for one that there is not.
async fn reply(call: &Call, name: &str) -> Result<Option<Reply>> {
    let node = match name {
        "ping" => Node::new(),
        "getLicense" => Node::new().one("license", Node::new().flag("valid", true)),
        "getOpenSubsonicExtensions" => extensions(),
        "tokenInfo" => call.token_info(),
        "getUser" => call.user()?,
        "getMusicFolders" => call.folders(),
        "getScanStatus" => Node::new().one("scanStatus", Node::new().flag("scanning", false)),
        "startScan" => {
            let said = "a library is scanned by `studio library scan`";
            return Err(Error::NotAuthorized(said.to_owned()));
        }
        "stream" => return Ok(Some(Reply::Media(Box::new(call.stream().await?)))),
        "download" => return Ok(Some(Reply::Media(Box::new(call.download().await?)))),
        "getCoverArt" => return Ok(Some(Reply::Media(Box::new(call.cover_art().await?)))),
        "getAvatar" => return Err(Error::NotFound("avatar")),
        "getLyrics" => Node::new().one("lyrics", Node::new().content("")),
        "getLyricsBySongId" => call.lyrics().await?,
        "getInternetRadioStations" => {
            let none = Node::new().many("internetRadioStation", Vec::<Node>::new());
            Node::new().one("internetRadioStations", none)
        }
        "getPodcasts" => {
            let none = Node::new().many("channel", Vec::<Node>::new());
            Node::new().one("podcasts", none)
        }
        "getNewestPodcasts" => {
            let none = Node::new().many("episode", Vec::<Node>::new());
            Node::new().one("newestPodcasts", none)
        }
        name => match reply_of_music(call, name).await? {
            Some(node) => node,
            None => return Ok(None),
        },
    };
    Ok(Some(Reply::Node(node)))
}

async fn reply_of_music(call: &Call, name: &str) -> Result<Option<Node>> {
    Ok(Some(match name {
        "getArtists" => call.artists().await?,
        "getIndexes" => call.indexes().await?,
        "getArtist" => call.artist().await?,
        "getMusicDirectory" => call.directory().await?,
        "getAlbum" => call.album().await?,
        "getSong" => call.song().await?,
        "getArtistInfo" => call.artist_info("artistInfo").await?,
        "getArtistInfo2" => call.artist_info("artistInfo2").await?,
        "getAlbumInfo" | "getAlbumInfo2" => call.album_info().await?,
        "getAlbumList" => call.album_list("albumList").await?,
        "getAlbumList2" => call.album_list("albumList2").await?,
        "getGenres" => call.genres().await?,
        "getSongsByGenre" => call.songs_by_genre().await?,
        "getRandomSongs" => call.random_songs().await?,
        "getTopSongs" => call.top_songs().await?,
        "getSimilarSongs" => call.similar_songs("similarSongs").await?,
        "getSimilarSongs2" => call.similar_songs("similarSongs2").await?,
        "search2" => call.search("searchResult2").await?,
        "search3" => call.search("searchResult3").await?,
        "getStarred" => call.starred("starred").await?,
        "getStarred2" => call.starred("starred2").await?,
        "star" => call.star(true).await?,
        "unstar" => call.star(false).await?,
        "setRating" => call.set_rating().await?,
        "scrobble" => call.scrobble().await?,
        "getNowPlaying" => call.now_playing().await?,
        "getPlaylists" => call.playlists().await?,
        "getPlaylist" => call.playlist().await?,
        "createPlaylist" => call.create_playlist().await?,
        "updatePlaylist" => call.update_playlist().await?,
        "deletePlaylist" => call.delete_playlist().await?,
        "getPlayQueue" => call.play_queue(false).await?,
        "getPlayQueueByIndex" => call.play_queue(true).await?,
        "savePlayQueue" => call.save_play_queue(false).await?,
        "savePlayQueueByIndex" => call.save_play_queue(true).await?,
        "getBookmarks" => call.bookmarks().await?,
        "createBookmark" => call.create_bookmark().await?,
        "deleteBookmark" => call.delete_bookmark().await?,
        "getShares" => call.shares().await?,
        "createShare" => call.create_share().await?,
        "updateShare" => call.update_share().await?,
        "deleteShare" => call.delete_share().await?,
        _ => return Ok(None),
    }))
}
