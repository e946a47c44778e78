//! moto: S3 that delivers events to SQS, otherwise worded than MiniStack's. It checks neither
//! signatures nor checksums and keeps everything in memory: a second opinion on events and
//! queues, no store.

use std::path::Path;

use super::error::Result;
use super::install::{Installed, Package};
use super::ports::free_ports;
use super::process::Launch;

const PACKAGE: Package = Package {
    name: "moto",
    requirement: "moto[server]==5.2.5",
    program: "bin/python",
    probe: &["-c", "import moto.server"],
};

pub(super) fn install(services: &Path) -> Result<Installed> {
    PACKAGE.ensure(services)
}

pub(super) fn launch(program: &Path) -> Result<Launch> {
    let [port] = free_ports()?;
    let command = ["-m", "moto.server", "-H", "127.0.0.1", "-p"].map(Into::into);
    Ok(Launch {
        command: [program.into()]
            .into_iter()
            .chain(command)
            .chain([port.to_string().into()])
            .collect(),
        // A write in the environment that another process reads is a race.
        env: vec![("PYTHONDONTWRITEBYTECODE", "1".into())],
        port,
        grace: 3,
        sockets: Vec::new(),
    })
}
