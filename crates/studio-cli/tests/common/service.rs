//! A program that goes on behind a test.

use std::process::{Child, Command};

/// It is ended as a service is ended; a test that fails leaves nothing behind.
pub(crate) struct Service(pub(crate) Child);

impl Service {
    /// Ends it, and sees that it ended well.
    pub(crate) fn stop(mut self) {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        let ended = self.0.wait().unwrap();
        assert!(ended.success(), "{ended}");
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // One that has ended is nothing to be ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
