//! A recording that is listened to while 20 people sign in at once, again and again.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::super::serve::{FILE, serve_one, write_wav};
use super::people::{Cookies, add, sign_in};
use super::wrk::{Asked, Found, Wrk};
use super::{Bench, Row};
use crate::Result;
use crate::cargo::{print, say};

/// How many sign in at once.
const CROWD: u16 = 20;
const CONNECTIONS: u32 = 8;
/// Bytes of a range: they fit into what a connection takes before anybody reads it. Of more the
/// last part waits on loopback, whose segments are of 64 KiB, for an acknowledgement that comes
/// 40 ms late, whoever serves (`TCPLossProbes` in /proc/net/netstat counts them): most of a p99
/// that has nothing to do with the service, nor with any network.
const RANGE: u64 = 32 << 10;
/// Milliseconds between two ranges on a connection, about: listeners who skip through a
/// recording, not a copy of it.
const PAUSE: u64 = 20;
const MOST: f64 = 3.0;

/// Who signs in at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Crowd {
    /// Those whose browsers nobody knows.
    Strangers,
    /// Every other one with a browser that was there before: two passwords are checked at once.
    Mixed,
}

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Row>> {
    let place = bench.place.join("logins-library");
    let album = place.join("Khruangbin/The Universe Smiles Upon You");
    fs::create_dir_all(&album)?;
    write_wav(&album.join("01-Mr-White.wav"), FILE)?;
    // Who asks says as a proxy does which network they come from.
    let trusted = ("STUDIO_TRUSTED_PROXIES".to_owned(), "127.0.0.1".to_owned());
    let site = bench.site("logins", vec![trusted])?;
    let (service, stream) = serve_one(&site, &place.display().to_string())?;
    service.stop()?;
    say(&format!("making {CROWD} accounts"));
    add(&site, "mia", "manager")?;
    for person in 0..CROWD {
        add(&site, &name(person), "listener")?;
    }
    let (service, server) = site.serve(&[])?;
    let path = stream.split_once("/api/").ok_or("a stream without a path")?.1;
    let url = format!("{server}/api/{path}");
    let address = server.strip_prefix("http://").ok_or("not a URL of http")?.parse()?;
    let mut desk = Desk::new(address)?;
    let mut rows = Vec::new();
    for (load, pause) in [("at ease", Some(PAUSE)), ("at full speed", None)] {
        say(&format!("ranges of a recording {load}, {CONNECTIONS} connections"));
        let wrk = Wrk { pause, ..Wrk::new(&bench.place, CONNECTIONS) };
        rows.extend(under(bench, &wrk, &url, load, &mut desk)?);
    }
    service.stop()?;
    desk.tell();
    Ok(rows)
}

/// The p99 under a load: at rest and with each crowd, round after round.
fn under(
    bench: &Bench<'_>,
    wrk: &Wrk<'_>,
    url: &str,
    load: &str,
    desk: &mut Desk,
) -> Result<Vec<Row>> {
    let asked = Asked::Ranges { length: RANGE, of: FILE };
    let seconds = bench.options.seconds;
    let mut rest = Vec::new();
    let crowds = [Crowd::Strangers, Crowd::Mixed];
    let mut busy = [const { Vec::new() }; 2];
    wrk.run(url, &asked, 1)?;
    for _ in 0..bench.options.rounds {
        rest.push(wrk.run(url, &asked, seconds)?.p99);
        for (crowd, busy) in crowds.into_iter().zip(&mut busy) {
            busy.push(desk.busy(crowd, || wrk.run(url, &asked, seconds))?.p99);
        }
    }
    let rows = crowds.into_iter().zip(busy).map(|(crowd, busy)| {
        let who = match crowd {
            Crowd::Strangers => "",
            Crowd::Mixed => ", half of them known",
        };
        let what = format!(
            "p99 of ranges of 32 KiB {load} while {CROWD} sign in{who}, beside that at rest"
        );
        Row::in_turns(what, "ms", [busy, rest.clone()], MOST)
    });
    Ok(rows.collect())
}

fn name(person: u16) -> String {
    format!("listener-{person}")
}

/// Where they sign in.
struct Desk {
    server: SocketAddr,
    /// What each browser has that was there before.
    known: Vec<Cookies>,
    /// How many crowds have signed in.
    crowds: u32,
    slowest: Duration,
    busy: Duration,
}

impl Desk {
    fn new(server: SocketAddr) -> Result<Self> {
        let (slowest, busy) = (Duration::ZERO, Duration::ZERO);
        let mut desk = Self { server, known: Vec::new(), crowds: 0, slowest, busy };
        desk.known = desk.one_crowd(&runtime()?, Crowd::Strangers)?;
        Ok(desk)
    }

    /// Does something while crowd after crowd signs in, each as soon as the last is in.
    fn busy(&mut self, crowd: Crowd, what: impl FnOnce() -> Result<Found>) -> Result<Found> {
        let is_done = AtomicBool::new(false);
        thread::scope(|scope| {
            let crowds = scope.spawn(|| self.crowds(crowd, &is_done));
            let found = what();
            is_done.store(true, Ordering::Release);
            crowds.join().map_err(|_| "those who sign in failed")??;
            found
        })
    }

    fn crowds(&mut self, crowd: Crowd, is_done: &AtomicBool) -> std::result::Result<(), String> {
        let runtime = runtime().map_err(|error| error.to_string())?;
        while !is_done.load(Ordering::Acquire) {
            self.one_crowd(&runtime, crowd)?;
        }
        Ok(())
    }

    /// Lets all of them sign in at once.
    fn one_crowd(
        &mut self,
        runtime: &tokio::runtime::Runtime,
        crowd: Crowd,
    ) -> std::result::Result<Vec<Cookies>, String> {
        let start = Instant::now();
        self.crowds += 1;
        // From another network each time: one may try only so often.
        let [_, high, middle, low] = self.crowds.to_be_bytes();
        let from = Ipv4Addr::new(10, high, middle, low);
        let cookies = runtime.block_on(async {
            let mut under_way = JoinSet::new();
            for person in 0..CROWD {
                let is_known = crowd == Crowd::Mixed && person % 2 == 1;
                let device = self.known.get(usize::from(person)).filter(|_| is_known);
                let device = device.map(|cookies| cookies.device.clone());
                let server = self.server;
                under_way.spawn(async move {
                    sign_in(server, &name(person), from, device.as_deref())
                        .await
                        .map(|cookies| (person, cookies))
                });
            }
            let mut all = Vec::new();
            while let Some(done) = under_way.join_next().await {
                all.push(done.map_err(|error| error.to_string())??);
            }
            all.sort_unstable_by_key(|(person, _)| *person);
            Ok::<_, String>(all.into_iter().map(|(_, cookies)| cookies).collect())
        })?;
        let took = start.elapsed();
        self.slowest = self.slowest.max(took);
        self.busy += took;
        Ok(cookies)
    }

    /// How many signed in, and how long that took.
    fn tell(&self) {
        let mean = self.busy.as_secs_f64() / f64::from(self.crowds.max(1));
        print("");
        print(&format!(
            "{} times {CROWD} signed in at once; all of them were in within {mean:.2} s, and within \
             {:.2} s at the slowest",
            self.crowds,
            self.slowest.as_secs_f64()
        ));
    }
}

/// A thread of its own for those who sign in.
fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}
