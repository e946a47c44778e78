//! Where pages are, and what programs are told: old addresses, feeds, playlists, oEmbed.

use studio_domain::Album;
use studio_repo::PublishRepo as _;
use studio_testkit::publish_suite::{album, on};

use super::{site, visit};

#[tokio::test]
async fn old_addresses_lead_on() {
    let (service, seeded) = site().await;
    let before = album("Mover", "Before");
    seeded.catalog.put_album(&before).await.unwrap();
    let song = on(&before, 1, 1, "Old name", 1);
    seeded.catalog.put_recordings(std::slice::from_ref(&song)).await.unwrap();
    let after = Album { title: "After".parse().unwrap(), ..before };
    seeded.catalog.put_album(&after).await.unwrap();
    let renamed = studio_domain::Recording { title: "New name".parse().unwrap(), ..song };
    seeded.catalog.put_recordings(&[renamed]).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let client = client.build().unwrap();
    for (old, new) in [
        ("/music/mover/before", "/music/mover/after"),
        ("/music/mover/-/old-name", "/music/mover/-/new-name"),
        ("/embed/mover/before", "/embed/mover/after"),
        ("/music/mover/before/playlist.m3u8", "/music/mover/after/playlist.m3u8"),
    ] {
        let answer = client.get(format!("http://{}{old}", service.address)).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["location"]),
            (301, &new.parse().unwrap())
        );
        assert_eq!(visit(&service, new).await.status, 200, "{new}");
    }
    service.stop().await;
}

#[tokio::test]
async fn who_has_a_page_is_not_sent_it_again() {
    let (service, _) = site().await;
    for path in ["/", "/music/lampwright", "/music/lampwright/feed.atom", "/sitemap.xml"] {
        let page = visit(&service, path).await;
        let tag = page.header("etag").to_owned();
        assert!(tag.len() > 10, "{path}: {tag}");
        let again =
            service.request("GET", path).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!(again.status(), 304, "{path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn no_page_is_shown_within_another_but_those_made_for_it() {
    let (service, _) = site().await;
    for path in ["/", "/music/lampwright/harbour", "/search?q=x", "/music/nobody"] {
        let page = visit(&service, path).await;
        let policy = page.header("content-security-policy");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"), "{policy}");
    }
    for path in ["/embed/lampwright/harbour", "/embed/lampwright/-/low-water"] {
        let page = visit(&service, path).await;
        assert!(page.header("content-security-policy").contains("frame-ancestors *"), "{path}");
        assert_eq!(page.header("x-frame-options"), "");
    }
    service.stop().await;
}

#[tokio::test]
async fn people_get_pages_where_programs_get_json() {
    let (service, _) = site().await;
    let page = visit(&service, "/no/such/page").await;
    assert_eq!((page.status, page.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(page.text.contains("<h1>Not Found</h1>"), "{}", page.text);
    let answer = service.get("/no/such/page").await;
    assert_eq!((answer.status, answer.json["message"].as_str()), (404, Some("not found")));
    let problem = visit(&service, "/api/v1/nothing").await;
    assert_eq!(problem.header("content-type"), "application/problem+json");
    let evil = visit(&service, "/%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!evil.text.contains("<script>alert"), "{}", evil.text);
    service.stop().await;
}

#[tokio::test]
async fn programs_are_told_of_what_is_new() {
    let (service, _) = site().await;
    for (path, kind, there) in [
        ("/music/lampwright/feed.atom", "application/atom+xml; charset=utf-8", "rel=\"enclosure\""),
        (
            "/music/lampwright/podcast.rss",
            "application/rss+xml; charset=utf-8",
            "<itunes:duration>1<",
        ),
        (
            "/music/lampwright/sitemap.xml",
            "application/xml; charset=utf-8",
            "/music/lampwright/-/low-water<",
        ),
        ("/sitemap.xml", "application/xml; charset=utf-8", "/music/khruangbin/sitemap.xml<"),
        ("/robots.txt", "text/plain; charset=utf-8", "Sitemap: http://"),
    ] {
        let page = visit(&service, path).await;
        assert_eq!((page.status, page.header("content-type")), (200, kind), "{path}");
        assert!(page.text.contains(there), "{path}: {}", page.text);
    }
    let playlist = visit(&service, "/music/lampwright/harbour/playlist.m3u8").await;
    let sounds: Vec<_> = playlist.text.lines().filter(|line| line.starts_with("http")).collect();
    assert_eq!(sounds.len(), 2);
    for sound in sounds {
        let sent = service.client.get(sound).send().await.unwrap();
        assert_eq!(
            (sent.status().as_u16(), &sent.headers()["content-type"]),
            (200, &"audio/wav".parse().unwrap())
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn others_are_told_how_to_show_the_player() {
    let (service, _) = site().await;
    let of = |path: &str, more: &str| {
        let url = format!("http://{}{path}", service.address);
        let url: String = url::form_urlencoded::byte_serialize(url.as_bytes()).collect();
        format!("/oembed?url={url}{more}")
    };
    let album = service.get(&of("/music/lampwright/harbour", "")).await;
    assert_eq!((album.status, album.json["type"].as_str()), (200, Some("rich")));
    assert_eq!(album.json["width"], 480);
    let html = album.json["html"].as_str().unwrap();
    assert!(html.contains("/embed/lampwright/harbour\""), "{html}");
    let narrow =
        service.get(&of("/music/lampwright/-/low-water", "&maxwidth=300&maxheight=1")).await;
    assert_eq!((&narrow.json["width"], &narrow.json["height"]), (&300.into(), &120.into()));
    assert!(narrow.json["thumbnail_url"].as_str().unwrap().ends_with("/300x300.jpg"));
    let xml = visit(&service, &of("/music/lampwright/harbour", "&format=xml")).await;
    assert!(xml.text.contains("<type>rich</type>"), "{}", xml.text);
    for (path, status) in [
        (of("/music/lampwright/harbour", "&format=yaml"), 501),
        (of("/music/lampwright", ""), 404),
        (of("/music/khruangbin/album-4", ""), 404),
        (of("/", ""), 404),
        ("/oembed?url=nonsense".to_owned(), 404),
        ("/oembed".to_owned(), 422),
    ] {
        assert_eq!(service.get(&path).await.status, status, "{path}");
    }
    service.stop().await;
}
