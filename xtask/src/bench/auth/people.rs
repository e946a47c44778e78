//! Those who have accounts, and what they come in with.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Stdio;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::site::Site;
use crate::Result;

/// What all of them have as their password.
const PASSWORD: &str = "correct horse battery staple";

/// Makes an account.
pub(super) fn add(site: &Site, name: &str, role: &str) -> Result {
    let mut command = site.command(&["user", "add", name, "--role", role, "--password-stdin"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    // What it reads from is closed with this.
    child.stdin.take().ok_or("no stdin")?.write_all(format!("{PASSWORD}\n").as_bytes())?;
    let done = child.wait_with_output()?;
    match done.status.success() {
        true => Ok(()),
        false => {
            let text = String::from_utf8_lossy(&done.stderr);
            Err(format!("no account was made: {}", text.trim_end()).into())
        }
    }
}

/// Makes a token (`token`) or a key for a player (`appkey`), and gives it.
pub(super) fn secret(site: &Site, what: &str, name: &str) -> Result<String> {
    let printed = site.run(&[what, "create", name, "bench"])?;
    Ok(String::from_utf8(printed)?.trim().to_owned())
}

/// The cookies of who has signed in.
#[derive(Debug, Clone)]
pub(super) struct Cookies {
    /// Of the session, as `name=value`.
    pub(super) session: String,
    /// Of the browser, likewise.
    pub(super) device: String,
}

/// Signs in, from an address that is told as a proxy tells it, with the cookie of a browser that
/// was there before, if any.
pub(super) async fn sign_in(
    server: SocketAddr,
    name: &str,
    from: Ipv4Addr,
    device: Option<&str>,
) -> std::result::Result<Cookies, String> {
    let body = serde_json::json!({ "name": name, "password": PASSWORD }).to_string();
    let cookie = device.map(|device| format!("Cookie: {device}\r\n")).unwrap_or_default();
    let request = format!(
        "POST /api/v1/session HTTP/1.1\r\nHost: {server}\r\nConnection: close\r\n\
         X-Forwarded-For: {from}\r\nContent-Type: application/json\r\n{cookie}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let told = |error: std::io::Error| error.to_string();
    let mut connection = TcpStream::connect(server).await.map_err(told)?;
    connection.write_all(request.as_bytes()).await.map_err(told)?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.map_err(told)?;
    let answer = String::from_utf8_lossy(&answer);
    if !answer.starts_with("HTTP/1.1 200 ") {
        return Err(format!("{name} was not let in: {}", answer.lines().next().unwrap_or("")));
    }
    let cookie = |wanted: &str| {
        cookies(&answer)
            .find(|cookie| cookie.split('=').next() == Some(wanted))
            .map(ToOwned::to_owned)
            .ok_or_else(|| format!("{name} was given no cookie {wanted}"))
    };
    Ok(Cookies { session: cookie("studio")?, device: cookie("studio-device")? })
}

/// What an answer sets, as `name=value`.
fn cookies(answer: &str) -> impl Iterator<Item = &str> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    head.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next())?.map(str::trim)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_those_of_the_head() {
        let answer = "HTTP/1.1 200 OK\r\nset-cookie: a=b; Path=/\r\nX: y\r\nSet-Cookie: c=d\r\n\r\n\
                      set-cookie: e=f";
        assert_eq!(cookies(answer).collect::<Vec<_>>(), ["a=b", "c=d"]);
    }
}
