//! `studio demo`.

mod choose;

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use studio_api::v1;
use studio_core::{
    Download, Error, FileStore, Job, Release, SqliteCatalog, Studio, Upload, VersionFilter,
    VersionPath,
};

use crate::args::{self, Places};
use crate::config;
use crate::demo::{ARTIST, Take, takes, write_wav};
use crate::failure::{Failure, Result, told};
use crate::output::hint::shell_word;
use crate::output::sound;
use crate::output::table::Table;
use crate::output::text::{Out, bytes};
use crate::output::versions::{ListedVersion, VersionTable};

/// Below the demo's directory: the takes as a recorder would have left them.
const TAKES: &str = "takes";
/// Below the demo's directory: the version that is downloaded.
const DOWNLOADED: &str = "FINAL_evan_third_room_drums.wav";
/// Below the demo's directory: the mix of the release.
const MIX: &str = "EvanEntersTheThird_01_Mix_48k24.wav";
/// Which take is downloaded.
const CHOSEN: &str = "evan_third_room_dj_drums_third_take.wav";
/// Makes every `studio` that is run in the demo's directory work on the demo.
const SETTINGS_FILE: &str = "studio.toml";

pub(super) fn run(places: &Places, arguments: &args::Demo) -> Result<()> {
    if places.store.is_some() || places.database.is_some() {
        return Err(Failure::usage(
            "the demo keeps everything in its own directory",
            "leave --store and --database out",
        ));
    }
    let demo = DemoStudio::plan(&arguments.directory)?;
    let mut out = Out::new();
    if arguments.dry_run {
        return demo.print_plan(&mut out, arguments.json);
    }
    demo.prepare()?;
    // Shown at once: rendering and uploading take a moment.
    let say = |out: &mut Out, text: &str| match arguments.json {
        true => Ok(()),
        // The demo is to be made whether somebody reads on or not.
        false => told(out.raw(&format!("{text}\n")), Ok(())),
    };
    say(&mut out, &format!("A small studio in {}", demo.directory.display()))?;
    let mut total = 0;
    for take in &demo.takes {
        total += demo.record(take)?;
    }
    let count = demo.takes.len();
    say(&mut out, &format!("rendered {count} takes of two songs, {}", bytes(total)))?;
    let studio = demo.open()?;
    let target = demo.directory.join(DOWNLOADED);
    let mix = demo.directory.join(MIX);
    let release = super::transfer(async |job: Job| {
        demo.upload(&studio, &job).await?;
        say(&mut out, &format!("uploaded {count} versions"))?;
        if !arguments.json {
            told(list(&studio, &mut out).await, Ok(()))?;
        }
        demo.download(&studio, &target, &job).await?;
        choose::choose(&studio, ARTIST).await?;
        let release = choose::release(&studio, ARTIST, &job).await?;
        choose::render(&studio, &release, &mix, &job).await?;
        Ok(release)
    })?;
    if arguments.json {
        return out.json(&v1::Demo {
            directory: demo.directory.to_string_lossy().into_owned(),
            dry_run: false,
            takes: count,
            bytes: total,
            downloaded: Some(target.to_string_lossy().into_owned()),
            mix: Some(mix.to_string_lossy().into_owned()),
            release: Some(v1::Release::from(&release)),
        });
    }
    out.line("")?;
    out.line(&format!("downloaded take_three of DJ's Drums to {}:", target.display()))?;
    out.line("identical to the take that was uploaded, byte for byte")?;
    print_release(&mut out, &release, &mix)?;
    demo.print_next_commands(&mut out)
}

/// Tells what was chosen, and how loud it is.
fn print_release(out: &mut Out, release: &Release, mix: &Path) -> Result<()> {
    out.line("")?;
    let count = super::count(release.stems.len() as u64, "stem", "stems");
    let Release { name, song, .. } = release;
    out.line(&format!("picked a take of each track, and made release {name} of {song}:"))?;
    let mut table = Table::new(&["TRACK", "VERSION", "LUFS", "GAIN", "PAN"]).indented();
    for stem in &release.stems {
        let lufs = sound::level(stem.loudness.integrated);
        let [gain, pan, _] = super::release::cells_of_level(&stem.level);
        table.row([stem.track.to_string(), stem.tag.to_string(), lufs, gain, pan]);
    }
    table.print(out)?;
    let loudness = &release.mix.loudness;
    let (lufs, peak) = (sound::level(loudness.integrated), sound::level(loudness.true_peak));
    out.line(&format!("mixed {count} into {}:", mix.display()))?;
    out.line(&format!("  {lufs} LUFS, true peak {peak} dBTP, the same samples on every machine"))
}

/// The demo to be made.
struct DemoStudio {
    directory: PathBuf,
    takes: Vec<Take>,
}

impl DemoStudio {
    fn plan(directory: &Path) -> Result<Self> {
        let occupied = match std::fs::read_dir(directory) {
            Ok(mut entries) => entries.next().is_some() && !is_demo(directory),
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        };
        if occupied {
            return Err(Failure::Own {
                message: format!("{} is there already, and is no demo", directory.display()),
                code: 4,
                source: None,
                hint: Some("name another directory: studio demo DIR".to_owned()),
            });
        }
        Ok(Self { directory: directory.to_owned(), takes: takes() })
    }

    fn print_plan(&self, out: &mut Out, json: bool) -> Result<()> {
        if json {
            return out.json(&v1::Demo {
                directory: self.directory.to_string_lossy().into_owned(),
                dry_run: true,
                takes: self.takes.len(),
                bytes: 0,
                downloaded: None,
                mix: None,
                release: None,
            });
        }
        let count = self.takes.len();
        let directory = self.directory.display();
        out.line(&format!(
            "would render {count} takes by {ARTIST} and store them in {directory}:"
        ))?;
        for take in &self.takes {
            let Take { song, track, version, .. } = take;
            out.line(&format!("  \"{song}\", {track}: {version}"))?;
        }
        out.flush()
    }

    fn prepare(&self) -> Result<()> {
        let takes = self.directory.join(TAKES);
        std::fs::create_dir_all(&takes).map_err(|error| cannot("make", &takes, error))?;
        let settings = self.directory.join(SETTINGS_FILE);
        let text = format!(
            "{DEMO_MARK}\nartist = \"{ARTIST}\"\nstore = \"store\"\ndatabase = \"studio.db\"\n"
        );
        std::fs::write(&settings, text).map_err(|error| cannot("write", &settings, error))
    }

    /// Renders a take into its file and returns its size in bytes.
    fn record(&self, take: &Take) -> Result<u64> {
        let path = self.file_of(take);
        let mut wav = Vec::new();
        write_wav(&mut wav, take.channels, &take.render())
            .and_then(|()| std::fs::File::create(&path)?.write_all(&wav))
            .map_err(|error| cannot("write", &path, error))?;
        Ok(wav.len() as u64)
    }

    fn file_of(&self, take: &Take) -> PathBuf {
        self.directory.join(TAKES).join(take.file_name)
    }

    /// Opens the demo itself, whatever the settings around it say.
    fn open(&self) -> Result<Studio> {
        let database = self.directory.join("studio.db");
        let catalog = SqliteCatalog::open(&database).map_err(Error::from)?;
        let store = FileStore::new(&self.directory.join("store"));
        Ok(Studio::new(Arc::new(catalog), Arc::new(store)).measuring_uploads())
    }

    async fn upload(&self, studio: &Studio, job: &Job) -> Result<()> {
        for take in &self.takes {
            // The path as somebody in the demo's directory would type it.
            let file = self.file_of(take);
            studio.upload(&Upload { path: path_of(take)?, file }, job).await?;
        }
        Ok(())
    }

    async fn download(&self, studio: &Studio, target: &Path, job: &Job) -> Result<()> {
        let Some(take) = self.takes.iter().find(|take| take.file_name == CHOSEN) else {
            return Err(cannot("find", Path::new(CHOSEN), io::ErrorKind::NotFound.into()));
        };
        let path = path_of(take)?;
        let request = Download { path, target: target.to_owned(), overwrite: true };
        studio.download(&request, job).await?;
        let source = self.file_of(take);
        let read = |path: &Path| std::fs::read(path).map_err(|error| cannot("read", path, error));
        match read(&source)? == read(target)? {
            true => Ok(()),
            false => Err(Failure::Own {
                message: format!("{} differs from {}", target.display(), source.display()),
                code: 5,
                source: None,
                hint: None,
            }),
        }
    }

    fn print_next_commands(&self, out: &mut Out) -> Result<()> {
        let studio = program();
        let song = "--song \"Evan Enters the Third Room\" --track \"DJ's Drums\"";
        out.line("")?;
        out.line("Next:")?;
        let set = config::variables_set();
        if !set.is_empty() {
            // They would lead the next commands away from the demo.
            out.line(&format!("  unset {}", set.join(" ")))?;
        }
        out.line(&format!("  cd {}", shell_word(&self.directory.to_string_lossy())))?;
        out.line(&format!("  {studio} list --song \"Evan Enters the Third Room\""))?;
        out.line(&format!("  {studio} picks --song \"{}\"", choose::SONG))?;
        out.line(&format!("  {studio} compare {song} demo take_three"))?;
        out.line(&format!("  {studio} waveform {song} take_three"))?;
        let release = format!("--song \"{}\" --name {}", choose::SONG, choose::RELEASE);
        out.line(&format!("  {studio} release verify {release}"))?;
        out.line(&format!("  {studio} download {song} --version demo --file-path demo.wav"))?;
        out.line(&format!("  {studio} help"))?;
        out.flush()
    }
}

/// The first line of a demo's settings, by which it is known again.
const DEMO_MARK: &str = "# Made by `studio demo`.";

fn is_demo(directory: &Path) -> bool {
    std::fs::read_to_string(directory.join(SETTINGS_FILE))
        .is_ok_and(|text| text.starts_with(DEMO_MARK))
}

fn path_of(take: &Take) -> Result<VersionPath> {
    Ok(VersionPath {
        artist: ARTIST.parse()?,
        song: take.song.parse()?,
        track: take.track.parse()?,
        tag: take.version.parse()?,
    })
}

async fn list(studio: &Studio, out: &mut Out) -> Result<()> {
    let filter = VersionFilter::Artist(ARTIST.parse()?);
    let request = studio_core::PageRequest { after: None, limit: 1000 };
    let page = studio.versions(&filter, request).await?;
    let details = studio.details(&page.items).await?;
    let rows = page.items.into_iter().zip(details);
    let rows: Vec<_> = rows.map(|(version, details)| ListedVersion { version, details }).collect();
    let mut table = VersionTable::new(&filter, &rows);
    out.line("")?;
    table.print_head(out)?;
    table.print_rows(out, &rows)
}

/// How to call this program again: as it was called, if a shell finds it by that.
fn program() -> String {
    let called = std::env::args().next().unwrap_or_default();
    match (called.contains('/'), std::env::current_exe()) {
        (true, Ok(path)) => shell_word(&path.to_string_lossy()),
        _ => "studio".to_owned(),
    }
}

fn cannot(action: &str, path: &Path, source: io::Error) -> Failure {
    Failure::Own {
        message: format!("cannot {action} {}", path.display()),
        code: 1,
        source: Some(source),
        hint: None,
    }
}
