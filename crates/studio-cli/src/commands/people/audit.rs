//! `studio audit`.

use jiff::tz::TimeZone;
use studio_api::v1;
use studio_domain::AuditEntry;

use super::access;
use crate::args::Audit;
use crate::commands::{Use, ask};
use crate::config::Config;
use crate::failure::Result;
use crate::output::table::Table;
use crate::output::text::Out;
use crate::output::time;

/// How many lines are looked up at once.
const PAGE: u32 = 500;

/// Tells what was done.
pub(in crate::commands) fn run(config: &Config, arguments: &Audit) -> Result<()> {
    let access = access(config, Use::Look)?;
    ask(async {
        let account = match &arguments.user {
            Some(user) => Some(access.account(user).await?.id),
            None => None,
        };
        let mut entries: Vec<AuditEntry> = Vec::new();
        while let left @ 1.. =
            u32::try_from(entries.len()).map_or(0, |told| arguments.limit.saturating_sub(told))
        {
            let page = access.audit(account, entries.last(), left.min(PAGE)).await?;
            if page.is_empty() {
                break;
            }
            entries.extend(page);
        }
        let mut out = Out::new();
        if arguments.json {
            return out.json(&entries.iter().map(v1::AuditLine::from).collect::<Vec<_>>());
        }
        if entries.is_empty() {
            out.line("nothing was done yet")?;
            return out.finish();
        }
        let zone = TimeZone::system();
        let mut table = Table::new(&["WHEN", "WHO", "BY", "FROM", "WHAT", "OF"]);
        for entry in entries {
            let at = time::to_minute(entry.at, &zone);
            let AuditEntry { actor, way, address, action, subject, .. } = entry;
            table.row([at, actor, way, address, action, subject]);
        }
        table.print(&mut out)?;
        out.finish()
    })
}
