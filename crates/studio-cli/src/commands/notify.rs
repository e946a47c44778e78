//! Telling systemd how a service is (`sd_notify`): a line to the socket that it names.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixDatagram;

/// The variable that names the socket; there is none where nobody asks.
const SOCKET: &str = "NOTIFY_SOCKET";

/// That the service answers.
pub(super) const READY: &str = "READY=1";

/// That it is on its way to its end.
pub(super) const STOPPING: &str = "STOPPING=1";

/// Tells how the service is, if somebody wants to know. That it could not be told stops
/// nobody.
pub(super) fn tell(state: &str) {
    let Some(socket) = std::env::var_os(SOCKET).filter(|socket| !socket.is_empty()) else {
        return;
    };
    if let Err(error) = send(&socket, state) {
        tracing::warn!(%error, "the service manager could not be told {state}");
    }
}

fn send(socket: &OsStr, state: &str) -> io::Result<()> {
    let sender = UnixDatagram::unbound()?;
    let sent = match socket.as_bytes().strip_prefix(b"@") {
        Some(name) => sender.send_to_addr(state.as_bytes(), &in_no_directory(name)?)?,
        None => sender.send_to(state.as_bytes(), socket)?,
    };
    match sent == state.len() {
        true => Ok(()),
        false => Err(io::ErrorKind::WriteZero.into()),
    }
}

/// A socket that has a name and no file.
#[cfg(target_os = "linux")]
fn in_no_directory(name: &[u8]) -> io::Result<std::os::unix::net::SocketAddr> {
    use std::os::linux::net::SocketAddrExt as _;
    std::os::unix::net::SocketAddr::from_abstract_name(name)
}

/// There is none elsewhere.
#[cfg(not(target_os = "linux"))]
fn in_no_directory(_: &[u8]) -> io::Result<std::os::unix::net::SocketAddr> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_arrives() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("notify");
        let socket = UnixDatagram::bind(&path).expect("a socket");
        send(path.as_os_str(), READY).expect("sent");
        let mut told = [0; 64];
        let length = socket.recv(&mut told).expect("told");
        assert_eq!(&told[..length], READY.as_bytes());
        assert!(send(directory.path().join("none").as_os_str(), READY).is_err());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_socket_needs_no_file() {
        let name = format!("studio-test-{}", std::process::id());
        let address = in_no_directory(name.as_bytes()).expect("a name");
        let socket = UnixDatagram::bind_addr(&address).expect("a socket");
        send(OsStr::new(&format!("@{name}")), STOPPING).expect("sent");
        let mut told = [0; 64];
        let length = socket.recv(&mut told).expect("told");
        assert_eq!(&told[..length], STOPPING.as_bytes());
    }
}
