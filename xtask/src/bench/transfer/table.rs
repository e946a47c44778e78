//! The table of a comparison, and what must hold in it.

use super::clients::{Case, Client, Way};
use crate::bench::Verdict;
use crate::bench::meter::Usage;
use crate::cargo::print;

const GIB: f64 = (1_u64 << 30) as f64;
/// CPU seconds for each GiB that studio may take, unless every peer takes more.
const MOST_CPU_UP: f64 = 2.4;
const MOST_CPU_DOWN: f64 = 1.9;
/// How much longer than the fastest peer a download may take: it verifies.
const MOST_WALL_DOWN: f64 = 1.1;
const MOST_PEAK_MIB: f64 = 128.0;

/// All runs of one client in one case and direction.
#[derive(Debug)]
pub(super) struct Runs {
    pub(super) client: Client,
    pub(super) case: Case,
    pub(super) way: Way,
    /// At least one.
    pub(super) taken: Vec<Usage>,
}

impl Runs {
    fn median(&self, of: impl Fn(&Usage) -> f64) -> f64 {
        let sorted = self.sorted(of);
        sorted[sorted.len() / 2]
    }

    fn sorted(&self, of: impl Fn(&Usage) -> f64) -> Vec<f64> {
        let mut values: Vec<f64> = self.taken.iter().map(of).collect();
        values.sort_unstable_by(f64::total_cmp);
        values
    }

    fn wall(&self) -> f64 {
        self.median(|usage| usage.wall)
    }

    fn cpu(&self) -> f64 {
        self.median(Usage::cpu)
    }

    /// The largest of all runs.
    fn peak_mib(&self) -> f64 {
        self.sorted(|usage| usage.peak_mib).last().copied().unwrap_or_default()
    }
}

/// The runs on one server, and how much each moved.
#[derive(Debug)]
pub(super) struct Table {
    /// The server's name.
    pub(super) server: String,
    /// In the order in which they are printed.
    pub(super) runs: Vec<Runs>,
    /// The bytes of the large file, and how it is called in the table.
    pub(super) one: (u64, String),
    /// The bytes of the small files.
    pub(super) many: (u64, String),
}

impl Table {
    fn moved(&self, case: Case) -> (f64, &str) {
        let (bytes, name) = if case == Case::One { &self.one } else { &self.many };
        (*bytes as f64, name)
    }

    /// Prints the medians.
    pub(super) fn print(&self) {
        print("");
        print(
            "| server | case | client | wall s (min-max) | MB/s | CPU s (user + system) | CPU s/GiB | peak RSS MiB |",
        );
        print("|---|---|---|---|---|---|---|---|");
        for runs in &self.runs {
            let (bytes, name) = self.moved(runs.case);
            let walls = runs.sorted(|usage| usage.wall);
            let (least, most) = (walls[0], walls[walls.len() - 1]);
            let (user, system) = (runs.median(|usage| usage.user), runs.median(|u| u.system));
            print(&format!(
                "| {} | {name} {} | {} | {:.2} ({least:.2}-{most:.2}) | {:.0} | {:.2} ({user:.2} + {system:.2}) | {:.2} | {:.0} |",
                self.server,
                runs.way,
                runs.client,
                runs.wall(),
                bytes / runs.wall() / 1e6,
                runs.cpu(),
                runs.cpu() / bytes * GIB,
                runs.peak_mib(),
            ));
        }
    }

    /// What must hold for studio's runs against the peers'.
    pub(super) fn verdicts(&self) -> Vec<Verdict> {
        let ours = self.runs.iter().filter(|runs| runs.client == Client::Studio);
        ours.flat_map(|ours| self.verdicts_of(ours)).collect()
    }

    fn verdicts_of(&self, ours: &Runs) -> Vec<Verdict> {
        let (bytes, name) = self.moved(ours.case);
        let what = |what: &str| format!("{}, {name} {}: {what}", self.server, ours.way);
        let mut verdicts = vec![Verdict {
            what: what("peak memory"),
            found: ours.peak_mib(),
            unit: "MiB",
            most: MOST_PEAK_MIB,
        }];
        let peers = || {
            let same = |runs: &&Runs| (runs.case, runs.way) == (ours.case, ours.way);
            self.runs.iter().filter(same).filter(|runs| runs.client != Client::Studio)
        };
        let fastest = peers().min_by(|left, right| left.wall().total_cmp(&right.wall()));
        let frugal = peers().min_by(|left, right| left.cpu().total_cmp(&right.cpu()));
        let (Some(fastest), Some(frugal)) = (fastest, frugal) else {
            return verdicts;
        };
        let (most_cpu, most_wall) = match ours.way {
            Way::Up => (MOST_CPU_UP, 1.0),
            Way::Down => (MOST_CPU_DOWN, MOST_WALL_DOWN),
        };
        verdicts.push(Verdict {
            what: what(&format!("wall time against {}, the fastest peer", fastest.client)),
            found: ours.wall() / fastest.wall(),
            unit: "times",
            most: most_wall,
        });
        let least = frugal.cpu() / bytes * GIB;
        let peer = frugal.client;
        verdicts.push(Verdict {
            what: what(&format!("CPU; of the peers {peer} took least, {least:.2}")),
            found: ours.cpu() / bytes * GIB,
            unit: "s/GiB",
            // In hundredths, as it is printed.
            most: (most_cpu.max(least) * 100.0).round() / 100.0,
        });
        verdicts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(client: Client, way: Way, walls: &[f64], cpu: f64) -> Runs {
        let usage = |wall: &f64| Usage { wall: *wall, user: cpu, system: 0.0, peak_mib: 20.0 };
        Runs { client, case: Case::One, way, taken: walls.iter().map(usage).collect() }
    }

    fn verdicts(runs: Vec<Runs>) -> Vec<(f64, f64)> {
        let one = (1 << 30, "1 GiB".to_owned());
        let table = Table { server: "s".to_owned(), runs, one, many: (0, String::new()) };
        table.verdicts().iter().map(|verdict| (verdict.found, verdict.most)).collect()
    }

    #[test]
    fn studio_is_held_against_the_best_peer_by_the_median() {
        let found = verdicts(vec![
            runs(Client::Studio, Way::Up, &[9.0, 2.0, 1.0], 2.0),
            runs(Client::S5cmd, Way::Up, &[4.0, 4.0, 4.0], 3.0),
            runs(Client::Rclone, Way::Up, &[8.0, 8.0, 8.0], 1.0),
        ]);
        assert_eq!(found, [(20.0, 128.0), (0.5, 1.0), (2.0, 2.4)]);
    }

    #[test]
    fn a_machine_on_which_every_peer_takes_more_allows_more() {
        let found = verdicts(vec![
            runs(Client::Studio, Way::Down, &[2.2], 3.0),
            runs(Client::S5cmd, Way::Down, &[2.0], 3.5),
        ]);
        assert_eq!(found, [(20.0, 128.0), (1.1, 1.1), (3.0, 3.5)]);
    }

    #[test]
    fn without_peers_only_the_memory_is_judged() {
        assert_eq!(verdicts(vec![runs(Client::Studio, Way::Up, &[1.0], 1.0)]).len(), 1);
    }
}
