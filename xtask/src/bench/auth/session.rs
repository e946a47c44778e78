//! Pages for who has signed in, beside the same pages for a guest.

use std::net::Ipv4Addr;

use super::super::serve::albums::{fill, paths};
use super::people::{add, secret, sign_in};
use super::wrk::{Asked, Wrk};
use super::{Bench, Row, ask};
use crate::Result;
use crate::cargo::say;

const RECORDINGS: u64 = 10_000;
const CONNECTIONS: [u32; 2] = [2, 16];
/// What it costs to know who asks, at most, of what a guest costs.
const MOST: f64 = 1.3;
const ARTISTS: &str = "/api/v1/artists";

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let site = bench.site("session", Vec::new())?;
    fill(&bench.database("session"), RECORDINGS)?;
    add(&site, "mia", "manager")?;
    add(&site, "ann", "listener")?;
    let token = secret(&site, "token", "ann")?;
    let (service, server) = site.serve(&[])?;
    let address = server.strip_prefix("http://").ok_or("not a URL of http")?.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cookies = runtime.block_on(sign_in(address, "ann", Ipv4Addr::LOCALHOST, None))?;
    let ways = [
        ("a session", format!("Cookie: {}", cookies.session)),
        ("a token", format!("Authorization: Bearer {token}")),
    ];
    let albums = paths(RECORDINGS);
    same(&server, &[albums[0].as_str(), ARTISTS], &ways)?;
    let mut rows = Vec::new();
    for (what, paths) in [("page of an album", albums), ("list of artists", vec![ARTISTS.into()])] {
        for connections in CONNECTIONS {
            say(&format!("{what}, {connections} connections"));
            let [guest, session, token] =
                in_turns(bench, &server, &Asked::Paths(&paths), connections, &ways)?;
            for (way, rates) in [(ways[0].0, session), (ways[1].0, token)] {
                rows.push(Row::of_rates(
                    format!("{what} with {way}, beside a guest's, {connections} connections"),
                    [rates, guest.clone()],
                    MOST,
                ));
            }
        }
    }
    service.stop()?;
    Ok(rows)
}

/// Fails unless they are known, and given what a guest is given.
fn same(server: &str, paths: &[&str], ways: &[(&str, String); 2]) -> Result {
    for (way, header) in ways {
        let known = ask(&format!("{server}/api/v1/session"), Some(header))?;
        if known["account"]["name"] != "ann" {
            return Err(format!("with {way} nobody is known").into());
        }
        for path in paths {
            let url = format!("{server}{path}");
            if ask(&url, Some(header))? != ask(&url, None)? {
                return Err(format!("{path} with {way} is not what a guest is given").into());
            }
        }
    }
    Ok(())
}

/// The rates of a guest and of both ways, round after round.
fn in_turns(
    bench: &Bench<'_>,
    server: &str,
    asked: &Asked<'_>,
    connections: u32,
    ways: &[(&str, String); 2],
) -> Result<[Vec<f64>; 3]> {
    let headers = [None, Some(ways[0].1.as_str()), Some(ways[1].1.as_str())];
    let mut rates = [const { Vec::new() }; 3];
    for round in 0..=bench.options.rounds {
        for (header, rates) in headers.iter().zip(&mut rates) {
            let wrk = Wrk { header: *header, ..Wrk::new(&bench.place, connections) };
            // Whatever is slow only once is not counted.
            let seconds = if round == 0 { 1 } else { bench.options.seconds };
            let found = wrk.run(server, asked, seconds)?;
            if round > 0 {
                rates.push(found.rate);
            }
        }
    }
    Ok(rates)
}
