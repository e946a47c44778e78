//! MiniStack: S3 that delivers events to SQS, and DynamoDB, on one port.

use std::ffi::OsString;
use std::path::Path;

use super::REGION;
use super::credentials::Credentials;
use super::error::Result;
use super::install::{Installed, Package};
use super::ports::free_ports;
use super::process::Launch;

const PACKAGE: Package = Package {
    name: "ministack",
    requirement: "ministack==1.5.33",
    program: "bin/python",
    probe: &["-c", "import ministack"],
};

pub(super) fn install(services: &Path) -> Result<Installed> {
    PACKAGE.ensure(services)
}

pub(super) fn launch(program: &Path, data: &Path, keys: &Credentials) -> Result<Launch> {
    let [port] = free_ports()?;
    Ok(Launch {
        command: vec![program.into(), "-m".into(), "ministack".into()],
        env: vec![
            // The default is every interface.
            ("BIND_HOST", "127.0.0.1".into()),
            ("MINISTACK_HOST", "127.0.0.1".into()),
            ("GATEWAY_PORT", port.to_string().into()),
            ("MINISTACK_REGION", REGION.into()),
            ("S3_DATA_DIR", data.join("s3").into()),
            ("STATE_DIR", data.join("state").into()),
            ("SERVICES", "s3,sqs,sns,dynamodb,iam,sts".into()),
            // Refuses anonymous requests and presigned ones with a wrong
            // signature, and asks for a queue policy as AWS does. It does not
            // check the signature of a header.
            ("AUTH", "true".into()),
            ("AWS_ACCESS_KEY_ID", OsString::from(&keys.access_key)),
            ("AWS_SECRET_ACCESS_KEY", OsString::from(&keys.secret_key)),
            // Listeners on fixed ports, which would let two starts collide.
            ("IOT_MTLS_ENABLED", "0".into()),
            ("SFTP_ENABLED", "0".into()),
            // At its start and end it removes containers it takes for its own.
            ("DOCKER_HOST", "unix:///nonexistent".into()),
            // A write in the environment that another process reads is a race.
            ("PYTHONDONTWRITEBYTECODE", "1".into()),
        ],
        port,
        grace: 3,
        sockets: Vec::new(),
    })
}
