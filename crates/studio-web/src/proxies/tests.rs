use axum::http::{HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

fn headers(fields: &[(&str, &str)]) -> HeaderMap {
    let field = |(name, value): &(&str, &str)| {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        (name, HeaderValue::from_str(value).expect("a value"))
    };
    fields.iter().map(field).collect()
}

fn proxies(kind: ForwardedKind) -> Proxies {
    let trusted = ["10.0.0.0/8", "127.0.0.1", "2001:db8::/32"];
    let trusted = trusted.map(|text| text.parse().expect("a network"));
    Proxies { trusted: trusted.to_vec(), kind }
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn told(kind: ForwardedKind, peer: &str, fields: &[(&str, &str)]) -> (String, bool, String) {
    let client = proxies(kind).client(ip(peer), &headers(fields));
    (client.address.to_string(), client.is_secure, client.host.unwrap_or_default())
}

fn is(address: &str, is_secure: bool, host: &str) -> (String, bool, String) {
    (address.to_owned(), is_secure, host.to_owned())
}

#[test]
fn networks_are_read_and_told() {
    for (text, shown) in [("10.1.2.3/8", "10.0.0.0/8"), ("::1", "::1"), ("1.2.3.4", "1.2.3.4")] {
        assert_eq!(text.parse::<Network>().expect("a network").to_string(), shown);
    }
    for text in ["", "10.0.0.0/33", "proxy", "10.0.0", "1.2.3.4:80", "::1/129"] {
        assert!(text.parse::<Network>().is_err(), "{text}");
    }
    let network: Network = "10.0.0.0/8".parse().expect("a network");
    assert!(network.contains(ip("10.255.0.1")) && network.contains(ip("::ffff:10.0.0.1")));
    assert!(!network.contains(ip("11.0.0.1")) && !network.contains(ip("::1")));
}

#[test]
fn nobody_is_believed_who_is_not_trusted() {
    let fields = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "for=192.0.2.1;proto=https;host=evil.example"),
    ];
    for kind in [ForwardedKind::XForwarded, ForwardedKind::Forwarded] {
        assert_eq!(told(kind, "192.0.2.66", &fields), is("192.0.2.66", false, ""));
        let nobody = Proxies { kind, ..Proxies::default() };
        let client = nobody.client(ip("127.0.0.1"), &headers(&fields));
        assert_eq!(client.address, ip("127.0.0.1"));
    }
}

#[test]
fn one_kind_of_headers_is_believed() {
    let fields = [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-host", "one.example"),
        ("forwarded", "for=192.0.2.2;proto=https;host=two.example"),
    ];
    let of = |kind| told(kind, "127.0.0.1", &fields);
    assert_eq!(of(ForwardedKind::XForwarded), is("192.0.2.1", false, "one.example"));
    assert_eq!(of(ForwardedKind::Forwarded), is("192.0.2.2", true, "two.example"));
}

#[test]
fn the_first_from_the_right_that_is_not_trusted_is_the_client() {
    let lists = [
        (&["1.1.1.1, 192.0.2.1, 10.0.0.9"][..], "192.0.2.1"),
        (&["1.1.1.1", "192.0.2.1", "10.0.0.9"], "192.0.2.1"),
        (&["10.0.0.8, 10.0.0.9"], "10.0.0.8"),
        (&["192.0.2.1:4711"], "192.0.2.1"),
        (&["[2001:db9::1]:4711 ,, 2001:db8::7"], "2001:db9::1"),
        // What cannot be read hides what stands before it.
        (&["192.0.2.1, unknown, 10.0.0.9"], "10.0.0.9"),
        (&["192.0.2.1, ?"], "127.0.0.1"),
        (&[""], "127.0.0.1"),
    ];
    for (list, client) in lists {
        let fields: Vec<_> = list.iter().map(|value| ("x-forwarded-for", *value)).collect();
        let found = told(ForwardedKind::XForwarded, "127.0.0.1", &fields);
        assert_eq!(found, is(client, false, ""), "{list:?}");
    }
    let listed = [
        ("for=1.1.1.1, for=192.0.2.1;proto=https;host=a.example, for=10.0.0.9", "192.0.2.1", true),
        ("For=\"[2001:db9::1]:4711\";PROTO=HTTPS;host=\"a.example\"", "2001:db9::1", true),
        ("for=_hidden;host=a.example", "127.0.0.1", false),
    ];
    for (value, client, is_secure) in listed {
        let found = told(ForwardedKind::Forwarded, "127.0.0.1", &[("forwarded", value)]);
        assert_eq!(found, is(client, is_secure, "a.example"), "{value}");
    }
    let broken = [("forwarded", "for=192.0.2.1"), ("forwarded", "for=\"open")];
    let found = told(ForwardedKind::Forwarded, "127.0.0.1", &broken);
    assert_eq!(found, is("127.0.0.1", false, ""));
}

#[test]
fn elements_are_read_as_the_standard_has_them() {
    let all = parse_forwarded(
        "for=\"_gazonk\" , For=\"[2001:db8:cafe::17]:4711\";;x=y, for=192.0.2.43;proto=http;by=_a",
    );
    let all = all.expect("well formed");
    assert_eq!(all.len(), 3);
    assert_eq!(all[0].client.as_deref(), Some("_gazonk"));
    assert_eq!(all[1].address(), Some(ip("2001:db8:cafe::17")));
    assert_eq!(
        (all[2].proto.as_deref(), all[2].by.as_deref(), all[2].address()),
        (Some("http"), Some("_a"), Some(ip("192.0.2.43")))
    );
    let quoted = parse_forwarded(r#"host="a\"b""#).expect("well formed");
    assert_eq!(quoted[0].host.as_deref(), Some("a\"b"));
    assert_eq!(parse_forwarded(" , "), Ok(Vec::new()));
    for bad in ["for", "for=", "=a", "for=a b", "for=\"a", "for=a;for=b", "for=[::1]", "for = a"] {
        assert!(parse_forwarded(bad).is_err(), "{bad}");
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

proptest! {
    #[test]
    fn any_text_is_answered(text in any::<String>(), near in "[-fohrbyptx=;,\" \\\\._0-9\\[\\]]{0,40}") {
        let _ = (parse_forwarded(&text), node(&text));
        if let Err(error) = parse_forwarded(&near) {
            prop_assert!(error.at <= near.len());
        }
    }

    #[test]
    fn what_is_written_is_read(elements in proptest::collection::vec(("[ -~]{0,12}", "[ -~]{0,12}"), 1..5)) {
        let written: Vec<String> = elements.iter()
            .map(|(client, host)| format!("for={};host={}", quoted(client), quoted(host))).collect();
        let read = parse_forwarded(&written.join(", ")).expect("well formed");
        let read: Vec<_> = read.into_iter()
            .map(|element| (element.client.unwrap_or_default(), element.host.unwrap_or_default())).collect();
        prop_assert_eq!(read, elements);
    }

    /// Whatever a client puts in front, what the trusted proxies append decides.
    #[test]
    fn a_client_cannot_forge_its_address(
        forged in "[ -~]{0,40}", client in any::<[u8; 4]>(), inner in proptest::collection::vec(any::<[u8; 3]>(), 0..4)
    ) {
        let client = IpAddr::from(client);
        let own = proxies(ForwardedKind::XForwarded);
        prop_assume!(!own.trust(client));
        let mut list = format!("{forged}, {client}");
        for [a, b, c] in inner {
            list += &format!(", {}", IpAddr::from([10, a, b, c]));
        }
        let found = own.client(ip("10.0.0.1"), &headers(&[("x-forwarded-for", &list)]));
        prop_assert_eq!(found.address, client);
    }
}
