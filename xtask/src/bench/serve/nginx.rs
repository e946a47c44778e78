//! nginx, which serves the same file.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;

/// A running nginx. Dropping it ends it.
pub(super) struct Nginx {
    child: Child,
    port: u16,
}

impl Nginx {
    /// Serves the files of a directory as nginx does it at its best: by sendfile, with as many
    /// processes as there are cores. It writes a line for each request, as studio does.
    pub(super) fn start(place: &Path, files: &Path) -> Result<Self> {
        let home = place.join("nginx");
        fs::create_dir(&home)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let home_text = home.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|kind| format!("{kind}_temp_path {home_text}/{kind};\n"))
            .concat();
        let cores = thread::available_parallelism()?;
        let settings = format!(
            "daemon off;\nworker_processes {cores};\npid {home_text}/pid;\n\
             error_log {home_text}/error.log;\nevents {{ worker_connections 1024; }}\n\
             http {{\naccess_log {home_text}/access.log;\nsendfile on;\ntcp_nopush on;\nkeepalive_requests 1000000;\n\
             {temporary}server {{ listen 127.0.0.1:{port}; root \"{}\"; }}\n}}\n",
            files.display()
        );
        let file = home.join("nginx.conf");
        fs::write(&file, settings)?;
        let errors = File::create(home.join("stderr"))?;
        let child = Command::new("nginx")
            .arg("-c")
            .arg(&file)
            .args(["-p".as_ref(), home.as_os_str()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("cannot run nginx: {error}"))?;
        let mut nginx = Self { child, port };
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if nginx.child.try_wait()?.is_some() || Instant::now() > deadline {
                let said = fs::read_to_string(home.join("stderr"))?;
                return Err(format!("nginx does not start: {}", said.trim_end()).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(nginx)
    }

    /// The URL of a file.
    pub(super) fn url(&self, file: &str) -> String {
        format!("http://127.0.0.1:{}/{file}", self.port)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked to end, it takes its workers with it; killed, it does not.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        if asked.is_err() {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}
