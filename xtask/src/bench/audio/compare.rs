//! Two takes compared, and that what was done to one of them is found.

use super::signals::Take;
use super::{Bench, Verdict, must};
use crate::Result;

const MINUTES: u32 = 3;
const MOST_SECONDS: f64 = 1.0;

pub(super) fn rows(bench: &Bench) -> Result<Vec<Verdict>> {
    let take = Take { seconds: MINUTES * 60, seed: 3, ..Take::default() };
    let half = 10.0_f64.powf(-6.0 / 20.0);
    let cases = [
        ("identical", take, "Identical, shift 0, gain none, 0 regions"),
        ("shifted", Take { delay: 59_256, ..take }, "Shifted, shift 59256, gain none, 0 regions"),
        ("quieter", Take { gain: half, ..take }, "Gain, shift 0, gain -6.0, 0 regions"),
        (
            "shifted, quieter and edited",
            Take { delay: 59_256, gain: half, muted_second: Some(90), ..take },
            "Changed, shift 59256, gain -6.0, 1 regions",
        ),
        ("another take", Take { seed: 4, ..take }, "Changed, shift 0, gain none, 1 regions"),
    ];
    let (first, second) = (bench.path("first.wav"), bench.path("second.wav"));
    take.write(&first)?;
    let mut verdicts = Vec::new();
    for (name, other, expected) in cases {
        other.write(&second)?;
        let case = format!("compare, {MINUTES} minutes, {name}");
        let program = || bench.studio("compare", &[&first, &second]);
        let said = program().command.output()?;
        let said = String::from_utf8_lossy(&said.stdout);
        verdicts.push(must(format!("{case}: {}", said.trim()), said.trim() == expected));
        let (own, _) = bench.race(&case, vec![program()], &first, 1.0)?;
        let found = own.cpu().max(own.wall);
        verdicts.push(Verdict { what: case, found, unit: "s", most: MOST_SECONDS });
    }
    std::fs::remove_file(&first)?;
    std::fs::remove_file(&second)?;
    Ok(verdicts)
}
