//! Free ports, and the question whether something answers HTTP on one.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use super::error::{Context as _, Result};

/// `N` different ports that were free a moment ago. Another process can take
/// one before the server does: a start is therefore tried twice.
pub(super) fn free_ports<const N: usize>() -> Result<[u16; N]> {
    let mut ports = [0; N];
    // All listeners live until the end, so no port is handed out twice.
    let mut listeners = Vec::with_capacity(N);
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .context(|| "can't find a free port on 127.0.0.1".to_owned())?;
        *port = listener
            .local_addr()
            .context(|| "can't read the port of a listener".to_owned())?
            .port();
        listeners.push(listener);
    }
    Ok(ports)
}

/// Whether the port answers a request with any HTTP status line at all: a 403
/// is a server that is up and checks signatures.
pub(super) fn answers_http(port: u16) -> bool {
    let ask = || -> std::io::Result<bool> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.set_write_timeout(Some(Duration::from_secs(2)))?;
        let request = format!("GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes())?;
        let mut start = [0; 7];
        stream.read_exact(&mut start)?;
        Ok(&start == b"HTTP/1.")
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    #[test]
    fn free_ports_are_distinct() -> Result<()> {
        let ports = free_ports::<32>()?;
        assert_eq!(ports.iter().collect::<HashSet<_>>().len(), 32);
        assert!(!ports.contains(&0));
        Ok(())
    }

    #[test]
    fn nobody_answers_on_a_free_port() -> Result<()> {
        let [port] = free_ports()?;
        assert!(!answers_http(port));
        Ok(())
    }

    #[test]
    fn any_status_line_is_an_answer_and_other_bytes_are_not() -> std::io::Result<()> {
        for (reply, expected) in [("HTTP/1.1 403 Forbidden\r\n\r\n", true), ("SSH-2.0-x", false)] {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let port = listener.local_addr()?.port();
            let server = thread::spawn(move || -> std::io::Result<()> {
                let (mut stream, _) = listener.accept()?;
                // To its end: what is left unread when a connection closes resets it.
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte)?;
                    request.extend(byte);
                }
                stream.write_all(reply.as_bytes())
            });
            assert_eq!(answers_http(port), expected, "{reply}");
            assert!(server.join().is_ok_and(|result| result.is_ok()));
        }
        Ok(())
    }
}
