//! The commands about studio itself.

use std::path::PathBuf;

use clap::Args;

/// Make a small studio to try things out in
///
/// Renders takes of two songs, uploads them, lists them, downloads one and compares it.
/// Everything stays in one directory; nothing else is touched.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  studio demo\n  studio demo ~/music/try-out")]
pub(crate) struct Demo {
    /// The directory to make
    #[arg(value_name = "DIR", default_value = "studio-demo")]
    pub(crate) directory: PathBuf,
    /// Tell what would be done, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Show every setting and where it came from
#[derive(Debug, Args)]
#[command(after_help = CONFIG_HELP)]
pub(crate) struct Config {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// Print the manual page
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  studio man | man -l -")]
pub(crate) struct Man {
    /// Of this command instead of studio as a whole
    pub(crate) command: Vec<String>,
}

const CONFIG_HELP: &str = "\
Settings are looked for in the flags, the environment, studio.toml in the current
directory, studio.toml in the configuration directory, in this order.

A studio.toml with every setting:
  artist = \"Khruangbin\"
  person = \"Laura Lee\"
  profile = \"ingest\"           # what uploads must keep to: studio check --help
  analyse = true               # measure uploads
  spool = \"/big/disk/tmp\"       # where mixes find room for their stems
  store = \"s3://music\"           # or a directory
  database = \"studio.db\"         # relative to this file
  listen = \"127.0.0.1:8000\"      # the address of studio serve
  [s3]
  endpoint = \"http://localhost:8333\"
  region = \"us-east-1\"
  path_style = true              # false: the bucket is in the host's name
  profile = \"vault\"              # of the AWS configuration
  storage_class = \"STANDARD_IA\"  # of the bytes; what leads to them stays at hand
  encryption = \"aws:kms\"         # or AES256, aws:kms:dsse
  kms_key = \"alias/vault\"
  attempts = 4                   # 1 to 20
  patience = \"2m\"                # how long a connection may stand still
  [transfer]
  part_size = \"8MiB\"             # of uploads, 5MiB to 5GiB
  parallel_parts = 3             # 1 to 64
  range_size = \"4MiB\"            # of downloads
  parallel_ranges = 4            # 1 to 64
  limit_rate = \"5MB\"             # in a second, up and down together
  [care]
  retention = \"30d\"              # how long versions stay in the trash
  grace = \"7d\"                   # how old an orphan must be before gc removes it
  backups = 7                    # how many copies of the catalogue are kept
  [ingest]
  bucket = \"ingest\"              # that others put files into, or a folder
  queue = \"s3-ingest-messages\"   # with the bucket's events
  delete_queue = \"s3-delete-messages\"
  queue_endpoint = \"http://localhost:4566\"  # if it is not that of [s3]
  profile = \"ingest\"             # what files must keep to
  on_invalid = \"quarantine\"      # or delete
  quarantine_prefix = \"quarantine/\"
  file_as = \"{artist}/{song}/{track}/{version}.wav\"  # versions of good files
  file_by_ixml = true            # also by what the files say themselves
  asset_url = \"http://localhost:8000\"  # told of good files, too; what to come there with
                                 # (scope ingest) is in STUDIO_ASSET_TOKEN
  parallel = 8                   # messages at once, 1 to 256
  visibility = \"60s\"             # how long a message is held at a time
  [serve]
  site_name = \"Harbour Records\"   # what the pages that everybody sees are called
  site_url = \"https://music.example.org\"  # where they are
  hosts = [\"music.example.org\"]  # names by which the service is known
  trusted_proxies = [\"127.0.0.1\", \"10.0.0.0/8\"]
  forwarded = \"x-forwarded\"      # what they set, or forwarded (RFC 7239)
  cors_origins = [\"https://player.example.org\"]  # sites that may read answers
  redirect = \"1h\"                # send listeners to the bucket, by links that hold so long
  grace = \"30s\"                  # for requests under way when it is to stop
  request_timeout = \"30s\"        # to the first byte of the answer
  header_timeout = \"30s\"
  write_timeout = \"60s\"          # how long a client may take nothing
  largest_body = \"1MiB\"
  connections = 1024
  connections_per_client = 128
  [[oidc]]                       # sign in at a provider: /auth/google/login
  name = \"google\"
  issuer = \"https://accounts.google.com\"
  client_id = \"...\"
                                 # its secret is in STUDIO_OIDC_GOOGLE_SECRET
  scopes = [\"email\", \"profile\"]
  sign_up = false                # whoever comes is given an account, as a listener
  link_verified_email = false    # an account with an address that is theirs is theirs
  [discogs]
  # the token comes from DISCOGS_TOKEN; without one nothing is searched for
  contact = \"https://music.example.org\"  # who asks, told to Discogs
  redis = \"redis://localhost:6379\"  # keeps answers for several processes
  objects = true                 # keep answers in the store
  soft = \"24h\"                 # how long an answer is fresh
  hard = \"30d\"                 # how long it is served while a new one is asked for
  missing = \"12h\"              # how long it holds that there is none
  url = \"https://api.discogs.com/\"";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  studio completions bash > ~/.local/share/bash-completion/completions/studio
  studio completions zsh > ~/.zfunc/_studio
  studio completions fish > ~/.config/fish/completions/studio.fish";
