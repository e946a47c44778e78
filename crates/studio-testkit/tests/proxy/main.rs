//! Each fault of the proxy is what it says, on the wire; and without one nothing changes.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod store;
mod upstream;

use std::io::{self, Write as _};
use std::time::Duration;

use studio_testkit::noise;
use studio_testkit::proxy::{Answered, Fault, FaultProxy, Operation, Rule, Traffic};

use self::upstream::{Answer, LONG, Upstream, begin, exchange, exchange_until, read};

const SIZE: usize = 300_000;
const PUT: &str = "PUT /bucket/key";
const GET: &str = "GET /bucket/key";

/// A server with a file, and a proxy before it that strikes the next request.
fn with(fault: Fault) -> (Upstream, FaultProxy, Vec<u8>) {
    let file = noise::bytes(7, SIZE);
    let upstream = Upstream::start(&file);
    let proxy = FaultProxy::start(&upstream.endpoint);
    proxy.add(Rule::on_any(fault));
    (upstream, proxy, file)
}

/// After its one fault, the proxy passes on everything as it is.
fn assert_healed(proxy: &FaultProxy, upstream: &Upstream) {
    assert_eq!(proxy.struck(), 1);
    let bytes = noise::bytes(8, 1000);
    let put = exchange(&proxy.endpoint(), PUT, &bytes);
    assert_eq!((put.status(), put.end), (200, Ok(())));
    assert_eq!(upstream.file(), bytes);
    let get = exchange(&proxy.endpoint(), GET, b"");
    assert_eq!((get.status(), get.end), (200, Ok(())));
    assert_eq!(get.body, bytes);
    assert_eq!(proxy.struck(), 1);
}

fn assert_reset(answer: &Answer) {
    assert_eq!(answer.end, Err(io::ErrorKind::ConnectionReset), "{}", answer.head);
}

#[test]
fn without_a_fault_nothing_changes() {
    let (upstream, proxy, file) = with(Fault::LostAnswer);
    proxy.heal();
    let get = exchange(&proxy.endpoint(), GET, b"");
    assert_eq!(get.body, file);
    let straight = exchange(&upstream.endpoint, GET, b"");
    assert_eq!(get.head, straight.head);
    assert_eq!(upstream.hosts(), ["as.sent", "as.sent"]);
    assert_eq!(proxy.struck(), 0);
}

#[test]
fn an_error_is_answered_and_the_server_is_not_asked() {
    let cases = [
        (Fault::INTERNAL_ERROR, 500, "InternalError"),
        (Fault::SLOW_DOWN, 503, "SlowDown"),
        (Fault::ACCESS_DENIED, 403, "AccessDenied"),
        (Fault::ErrorInOk, 200, "InternalError"),
    ];
    for (fault, status, code) in cases {
        let (upstream, proxy, file) = with(fault);
        let answer = exchange(&proxy.endpoint(), PUT, &noise::bytes(1, SIZE));
        assert_eq!((answer.status(), answer.end), (status, Ok(())));
        let text = String::from_utf8(answer.body).unwrap();
        assert!(text.contains(&format!("<Code>{code}</Code>")), "{text}");
        assert!(upstream.whole() == 0 && upstream.file() == file);
        assert_healed(&proxy, &upstream);
    }
    let (upstream, proxy, _) = with(Fault::SLOW_DOWN);
    let answer = exchange(&proxy.endpoint(), "HEAD /bucket/key", b"");
    assert_eq!((answer.status(), answer.body.len()), (503, 0));
    assert_healed(&proxy, &upstream);
}

#[test]
fn a_reset_on_the_way_up_leaves_the_request_unfinished() {
    for after in [0, 1, 100_000, u64::MAX] {
        let (upstream, proxy, file) = with(Fault::ResetUp { after });
        let answer = exchange(&proxy.endpoint(), PUT, &noise::bytes(1, SIZE));
        assert_reset(&answer);
        assert_eq!(answer.head, "");
        if after > 0 {
            assert!(upstream.broken() as u64 <= after.min(SIZE as u64 - 1));
        }
        assert!(upstream.whole() == 0 && upstream.file() == file);
        assert_healed(&proxy, &upstream);
    }
}

#[test]
fn a_reset_on_the_way_down_cuts_the_answer() {
    for after in [0, 1, 100_000, u64::MAX] {
        let (upstream, proxy, file) = with(Fault::ResetDown { after });
        let answer = exchange(&proxy.endpoint(), GET, b"");
        assert_reset(&answer);
        let most = (SIZE - 1).min(after as usize);
        assert!(answer.body.len() <= most && answer.body == file[..answer.body.len()]);
        assert_healed(&proxy, &upstream);
    }
}

#[test]
fn a_truncated_answer_announces_what_does_not_come() {
    for after in [0, 1, 100_000, u64::MAX] {
        let (upstream, proxy, file) = with(Fault::TruncateDown { after });
        let answer = exchange(&proxy.endpoint(), GET, b"");
        assert_eq!(answer.end, Ok(()));
        assert!(answer.head.contains(&format!("content-length: {SIZE}\r\n")), "{}", answer.head);
        assert!(answer.body == file[..(SIZE - 1).min(after as usize)]);
        assert_healed(&proxy, &upstream);
    }
}

#[test]
fn a_stall_lets_so_much_through_and_no_more() {
    for after in [0, 1, 100_000, u64::MAX] {
        let most = (SIZE - 1).min(after as usize);
        let (upstream, proxy, file) = with(Fault::StallDown { after });
        let struck = || assert!(proxy.wait_until_struck(1, LONG));
        let answer = exchange_until(&proxy.endpoint(), GET, b"", Some(most), struck);
        assert_eq!(answer.end, Err(io::ErrorKind::WouldBlock));
        assert!(answer.body == file[..most]);
        assert_eq!(answer.status(), 200);
        assert_healed(&proxy, &upstream);

        let (upstream, proxy, file) = with(Fault::StallUp { after });
        let struck = || assert!(proxy.wait_until_struck(1, LONG));
        let answer = exchange_until(&proxy.endpoint(), PUT, &noise::bytes(1, SIZE), None, struck);
        assert_eq!(answer.end, Err(io::ErrorKind::WouldBlock));
        assert_eq!(answer.head, "");
        assert_eq!(proxy.traffic(Operation::PutObject).up, most as u64);
        assert!(upstream.whole() == 0 && upstream.file() == file);
        assert_healed(&proxy, &upstream);
    }
}

/// Where two equally long pieces of bytes differ.
fn differences(one: &[u8], other: &[u8]) -> Vec<(usize, u8)> {
    assert_eq!(one.len(), other.len());
    let pairs = one.iter().zip(other).enumerate();
    pairs.filter(|(_, (a, b))| a != b).map(|(at, (a, b))| (at, a ^ b)).collect()
}

#[test]
fn one_bit_is_turned_over() {
    for (byte, bit) in [(0, 0), (123_456, 5), (u64::MAX, 7)] {
        let expected = [((SIZE - 1).min(byte as usize), 1 << bit)];
        let (upstream, proxy, file) = with(Fault::FlipDown { byte, bit });
        let answer = exchange(&proxy.endpoint(), GET, b"");
        assert_eq!(differences(&answer.body, &file), expected);
        assert!(upstream.file() == file);
        assert_healed(&proxy, &upstream);

        let (upstream, proxy, _) = with(Fault::FlipUp { byte, bit });
        let sent = noise::bytes(1, SIZE);
        assert_eq!(exchange(&proxy.endpoint(), PUT, &sent).status(), 200);
        assert_eq!(differences(&upstream.file(), &sent), expected);
        assert_healed(&proxy, &upstream);
    }
}

#[test]
fn what_has_no_body_cannot_be_flipped() {
    let (_upstream, proxy, file) = with(Fault::FlipUp { byte: 0, bit: 0 });
    assert!(exchange(&proxy.endpoint(), GET, b"").body == file);
    proxy.add(Rule::on_any(Fault::FlipDown { byte: 0, bit: 0 }));
    assert_eq!(exchange(&proxy.endpoint(), "HEAD /bucket/key", b"").status(), 200);
    assert_eq!(proxy.struck(), 0);
}

#[test]
fn an_answer_without_a_body_is_struck_before_its_head() {
    let reset = Err(io::ErrorKind::ConnectionReset);
    let cases = [
        (Fault::ResetDown { after: 5 }, reset),
        (Fault::TruncateDown { after: 5 }, Ok(())),
        (Fault::ResetUp { after: 5 }, reset),
    ];
    for (fault, end) in cases {
        let (upstream, proxy, _) = with(fault);
        let answer = exchange(&proxy.endpoint(), "HEAD /bucket/key", b"");
        assert_eq!((answer.head.as_str(), answer.end), ("", end), "{fault:?}");
        assert_healed(&proxy, &upstream);
    }
}

#[test]
fn a_lost_answer_is_that_of_a_request_that_was_carried_out() {
    let (upstream, proxy, _) = with(Fault::LostAnswer);
    let sent = noise::bytes(1, SIZE);
    let answer = exchange(&proxy.endpoint(), PUT, &sent);
    assert_reset(&answer);
    assert_eq!(answer.head, "");
    assert!(upstream.whole() == 1 && upstream.file() == sent);
    assert_healed(&proxy, &upstream);
}

#[test]
fn a_duplicate_is_carried_out_twice_and_answered_once() {
    for (answer, told) in [(Answered::First, b"1"), (Answered::Second, b"2")] {
        let (upstream, proxy, _) = with(Fault::Duplicate { answer });
        let sent = noise::bytes(1, SIZE);
        let answer = exchange(&proxy.endpoint(), PUT, &sent);
        assert_eq!(answer.body, told);
        assert!(upstream.whole() == 2 && upstream.file() == sent);
        let traffic = Traffic { requests: 1, up: SIZE as u64, down: 1 };
        assert_eq!(proxy.traffic(Operation::PutObject), traffic);
        assert_healed(&proxy, &upstream);
    }
}

#[test]
fn rules_choose_by_operation_key_and_turn() {
    let (_upstream, proxy, _) = with(Fault::LostAnswer);
    proxy.heal();
    let rule = Rule::on(Operation::GetObject, Fault::SLOW_DOWN).under("objects/").skip(1);
    proxy.add(rule.times(2));
    proxy.add(Rule::on(Operation::HeadObject, Fault::INTERNAL_ERROR).always());
    let status = |request: &str| exchange(&proxy.endpoint(), request, b"").status();
    let get = ["GET /b/objects/a", "GET /b/versions/a", "PUT /b/objects/a"];
    assert_eq!(get.map(status), [200, 200, 200]);
    assert_eq!(get.map(status), [503, 200, 200]);
    assert_eq!(get.map(status), [503, 200, 200]);
    assert_eq!(get.map(status), [200, 200, 200]);
    assert_eq!(["HEAD /b/x"; 3].map(status), [500; 3]);
    assert_eq!(proxy.struck(), 5);
    let traffic = proxy.take_traffic();
    let requests: Vec<_> =
        traffic.iter().map(|(kind, traffic)| (*kind, traffic.requests)).collect();
    let expected =
        [(Operation::PutObject, 4), (Operation::HeadObject, 3), (Operation::GetObject, 8)];
    assert_eq!(requests, expected);
    assert_eq!(proxy.all_traffic(), Traffic::default());
}

#[test]
fn a_large_body_streams_and_is_held_back_where_the_server_does_not_take_it() {
    const LARGE: usize = 160 << 20;
    const HELD: usize = 48 << 20;
    let (upstream, proxy, _) = with(Fault::LostAnswer);
    proxy.heal();
    upstream.open(false);
    let mut socket = begin(&proxy.endpoint(), PUT, LARGE);
    let chunk = noise::bytes(3, 1 << 20);
    socket.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut sent = 0;
    while sent < LARGE {
        match socket.write(&chunk[sent % chunk.len()..]) {
            Ok(count) => sent += count,
            Err(_) => break,
        }
    }
    assert!(sent < HELD, "{sent} bytes went into sockets and the proxy");
    upstream.open(true);
    socket.set_write_timeout(Some(LONG)).unwrap();
    while sent < LARGE {
        sent += socket.write(&chunk[sent % chunk.len()..]).unwrap();
    }
    assert_eq!(read(socket).status(), 200);
    assert_eq!(proxy.traffic(Operation::PutObject).up, LARGE as u64);
    let file = upstream.file();
    assert!(file.len() == LARGE && file.chunks(chunk.len()).all(|piece| piece == chunk));
}

#[test]
fn a_server_that_is_not_there_is_a_bad_gateway() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = FaultProxy::start(&format!("http://{}", nobody.local_addr().unwrap()));
    drop(nobody);
    assert_eq!(exchange(&proxy.endpoint(), GET, b"").status(), 502);
}
