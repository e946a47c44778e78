//! Profiles of the AWS configuration: keys, processes, single sign-on, and what is said
//! when they lead nowhere.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::thread;

use studio_testkit::s3::{ACCESS_KEY, SECRET_KEY, TestS3};

use self::common::Desk;

/// A desk that knows a server and a bucket, but has no credentials; `config` becomes its
/// `~/.aws/config`.
fn desk(server: &TestS3, config: &str) -> Desk {
    let desk = Desk::new().with("STUDIO_STORE", "s3://bucket");
    desk.file("home/.aws/config", config.as_bytes());
    settings(&desk, server, "");
    desk
}

/// Writes `studio.toml` with the server's address.
fn settings(desk: &Desk, server: &TestS3, more: &str) {
    let endpoint = server.endpoint();
    let text = format!("[s3]\nendpoint = \"{endpoint}\"\nregion = \"us-east-1\"\n{more}");
    desk.file("studio.toml", text.as_bytes());
}

fn upload(desk: &Desk) -> common::Ran {
    desk.file("take.wav", b"a take");
    desk.run(&["upload", "-a", "a", "-s", "s", "-t", "t", "-v", "v", "-f", "take.wav"])
}

fn keys() -> String {
    format!("aws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET_KEY}\n")
}

#[test]
fn a_profile_is_named_by_studio_toml_or_the_environment() {
    let server = TestS3::start();
    let config = format!("[profile vault]\n{}[profile empty]\nregion = eu-west-1\n", keys());
    let desk = desk(&server, &config);
    settings(&desk, &server, "profile = \"vault\"\n");
    upload(&desk).out();
    // The environment is stronger.
    let desk = desk.with("AWS_PROFILE", "empty");
    upload(&desk).fails(6, &["cannot sign in to s3://bucket", "there are no credentials"]);
    let desk = desk.with("AWS_PROFILE", "vault");
    upload(&desk).out();
}

#[test]
fn a_profile_that_is_not_there_is_named_with_its_file() {
    let server = TestS3::start();
    let desk = desk(&server, &format!("[profile vault]\n{}", keys())).with("AWS_PROFILE", "valut");
    let file = desk.path("home/.aws/config");
    let told = ["there is no AWS profile `valut`", "there are `vault`", file.to_str().unwrap()];
    upload(&desk).fails(6, &told);
    // Keys in the environment come before any profile.
    let desk = desk.with("AWS_ACCESS_KEY_ID", ACCESS_KEY).with("AWS_SECRET_ACCESS_KEY", SECRET_KEY);
    upload(&desk).out();
}

#[test]
fn a_process_gives_credentials_or_says_why_not() {
    let server = TestS3::start();
    let desk = desk(&server, "").with("AWS_PROFILE", "vault");
    let script = format!(
        "#!/bin/sh\necho '{{\"Version\": 1, \"AccessKeyId\": \"{ACCESS_KEY}\", \
         \"SecretAccessKey\": \"{SECRET_KEY}\"}}'\n"
    );
    let process = desk.file("keys.sh", script.as_bytes());
    std::fs::set_permissions(&process, std::fs::Permissions::from_mode(0o700)).unwrap();
    let config = format!("[profile vault]\ncredential_process = {}\n", process.display());
    desk.file("home/.aws/config", config.as_bytes());
    upload(&desk).out();
    desk.file("home/.aws/config", b"[profile vault]\ncredential_process = /bin/false\n");
    upload(&desk).fails(6, &["leads to no credentials", "aws sts get-caller-identity"]);
}

const SINGLE_SIGN_ON: &str = "\
[profile work]
sso_session = vault
sso_account_id = 123456789012
sso_role_name = Engineer
[sso-session vault]
sso_region = us-east-1
sso_start_url = https://example.awsapps.com/start
";

/// The SHA-1 of the session's name, `vault`: where every AWS tool keeps its token.
const TOKEN: &str = "home/.aws/sso/cache/a64c89f2592b4dcccad86640cb7e063cc91e171e.json";

fn token(expires: &str) -> Vec<u8> {
    format!(
        "{{\"accessToken\": \"token\", \"expiresAt\": \"{expires}\", \"region\": \"us-east-1\", \
         \"startUrl\": \"https://example.awsapps.com/start\"}}"
    )
    .into_bytes()
}

#[test]
fn who_is_not_signed_in_is_told_how_to() {
    let server = TestS3::start();
    let desk = desk(&server, SINGLE_SIGN_ON).with("AWS_PROFILE", "work");
    let told = ["AWS profile `work` is not signed in", "aws sso login --profile work"];
    upload(&desk).fails(6, &told);
    desk.file(TOKEN, &token("2020-01-01T00:00:00Z"));
    upload(&desk).fails(6, &told);
    // Accepted here, but not there any more.
    desk.file(TOKEN, &token("2999-01-01T00:00:00Z"));
    let refused = "{\"__type\": \"UnauthorizedException\", \"message\": \"gone\"}";
    let desk = desk.with("AWS_ENDPOINT_URL_SSO", portal("401 Unauthorized", refused.to_owned()));
    upload(&desk).fails(6, &told);
}

#[test]
fn single_sign_on_leads_to_the_bucket() {
    let server = TestS3::start();
    let desk = desk(&server, SINGLE_SIGN_ON).with("AWS_PROFILE", "work");
    desk.file(TOKEN, &token("2999-01-01T00:00:00Z"));
    let keys = format!(
        "{{\"roleCredentials\": {{\"accessKeyId\": \"{ACCESS_KEY}\", \
         \"secretAccessKey\": \"{SECRET_KEY}\", \"expiration\": 32472144000000}}}}"
    );
    let desk = desk.with("AWS_ENDPOINT_URL_SSO", portal("200 OK", keys));
    upload(&desk).out();
}

/// A portal for single sign-on that always gives the same answer; returns its address.
fn portal(status: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let mut lines = BufReader::new(&connection).lines().map_while(Result::ok);
            // A GET has no body: its head ends with an empty line.
            if lines.any(|line| line.is_empty()) {
                let length = body.len();
                let mut connection = &connection;
                let head = "content-type: application/json\r\nconnection: close";
                let _ = write!(
                    connection,
                    "HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}"
                );
            }
        }
    });
    address
}
