//! Pictures and the files that pages load.

use image::GenericImageView as _;

use super::{site, visit};

#[tokio::test]
async fn pictures_come_in_the_sizes_of_the_site_and_stay() {
    let (service, _) = site().await;
    let page = visit(&service, "/music/lampwright/harbour").await;
    let cover = page.all("src").into_iter().find(|src| src.starts_with("/covers/albums/")).unwrap();
    assert!(cover.ends_with("/300x300.jpg"), "{cover}");
    // It is 400 by 300, and nothing is made larger.
    for (side, sides) in [
        ("50x50", (50, 50)),
        ("80x80", (80, 80)),
        ("300", (300, 225)),
        ("300x300", (300, 300)),
        ("1200x630", (400, 210)),
    ] {
        let path = cover.replace("300x300", side);
        let sent = service.request("GET", &path).send().await.unwrap();
        assert_eq!(sent.status(), 200, "{path}");
        let headers = sent.headers().clone();
        assert_eq!(headers["content-type"], "image/jpeg");
        assert!(headers["cache-control"].to_str().unwrap().contains("immutable"), "{headers:?}");
        let picture = image::load_from_memory(&sent.bytes().await.unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), sides, "{side}");
        let [red, _, blue, _] = picture.get_pixel(5, 5).0;
        assert!(red > blue);
    }
    let tag = cover.split('/').nth(4).unwrap();
    let other = cover.replace(tag, &"0".repeat(32));
    for missing in [other, cover.replace("300x300", "301x301"), cover.replace(".jpg", ".svg")] {
        assert_eq!(
            service.request("GET", &missing).send().await.unwrap().status(),
            404,
            "{missing}"
        );
    }
    service.stop().await;
}

#[tokio::test]
async fn what_has_no_picture_has_one_that_is_made_of_its_name() {
    let (service, _) = site().await;
    let page = visit(&service, "/music/lampwright/tides").await;
    let cover = page.all("src").into_iter().find(|src| src.starts_with("/covers/none/")).unwrap();
    let picture = visit(&service, &cover).await;
    assert_eq!((picture.status, picture.header("content-type")), (200, "image/svg+xml"));
    assert!(picture.header("content-security-policy").contains("sandbox"));
    for bad in ["/covers/none/x.svg", "/covers/none/0123456789abcdef", "/covers/none/%3Csvg%3E.svg"]
    {
        assert_eq!(visit(&service, bad).await.status, 404, "{bad}");
    }
    service.stop().await;
}

#[tokio::test]
async fn files_that_pages_load_may_be_kept_for_ever() {
    let (service, _) = site().await;
    let page = visit(&service, "/").await;
    let all = page.all("src").into_iter().chain(page.all("href"));
    let files: Vec<_> = all.filter(|path| path.starts_with("/static/")).collect();
    assert!(files.iter().any(|path| path.ends_with("/site.js")), "{files:?}");
    for file in &files {
        let sent = visit(&service, file).await;
        assert_eq!(sent.status, 200, "{file}");
        assert!(sent.header("cache-control").contains("immutable"), "{file}");
    }
    // Modules name each other beside themselves.
    let script = files.iter().find(|path| path.ends_with("/site.js")).unwrap();
    for module in ["player.js", "decks.js", "queue.js", "keys.js", "pages.js"] {
        let sent = visit(&service, &script.replace("site.js", module)).await;
        assert_eq!(sent.header("content-type"), "text/javascript; charset=utf-8", "{module}");
    }
    let old = script.split('/').nth(2).unwrap();
    assert_eq!(visit(&service, &script.replace(old, "0123456789abcdef")).await.status, 404);
    service.stop().await;
}
