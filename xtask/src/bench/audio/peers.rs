//! The programs that people do this with.

use std::path::Path;
use std::process::Command;

use super::Program;

/// ffmpeg without output but for errors, on one file.
fn ffmpeg(name: &'static str, file: &Path, arguments: &[&str]) -> Program {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-i"]).arg(file).args(arguments);
    Program { name, command }
}

pub(super) fn ffmpeg_showwavespic(file: &Path, picture: &Path) -> Program {
    let draw = ["-filter_complex", "showwavespic=s=1024x240", "-frames:v", "1", "-y"];
    let mut program = ffmpeg("ffmpeg showwavespic", file, &draw);
    program.command.arg(picture);
    program
}

pub(super) fn ffmpeg_ebur128(file: &Path) -> Program {
    ffmpeg("ffmpeg ebur128", file, &["-af", "ebur128=peak=true", "-f", "null", "-"])
}

pub(super) fn sox_stats(file: &Path) -> Program {
    let mut command = Command::new("sox");
    command.arg(file).args(["-n", "stats"]);
    Program { name: "sox stats", command }
}

pub(super) fn ffprobe(file: &Path) -> Program {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-show_format", "-show_streams"]).arg(file);
    Program { name: "ffprobe", command }
}
