//! `studio ingest list`.

use studio_api::v1;
use studio_core::{Asset, Assets, repo::AssetFilter};

use crate::args;
use crate::config::Config;
use crate::failure::Result;
use crate::output::table::Table;
use crate::output::text::{Out, note};

/// How many assets are asked for at once.
const PAGE: u32 = 1000;

pub(super) fn run(config: &Config, arguments: &args::IngestList) -> Result<()> {
    let bucket = super::bucket_name(config, arguments.bucket.as_deref())?;
    let filter = AssetFilter { bucket, status: arguments.status, prefix: None };
    let assets = Assets::new(crate::commands::catalog(config, crate::commands::Use::Look)?);
    crate::commands::ask(async {
        let all = all(&assets, &filter).await?;
        let mut out = Out::new();
        if arguments.json {
            let items: Result<Vec<_>, _> = all.iter().map(v1::Asset::try_from).collect();
            let items = items.map_err(|error| studio_core::Error::Internal(Box::new(error)))?;
            return out.json(&v1::AssetPage { items, next: None });
        }
        if all.is_empty() {
            out.finish()?;
            note("nothing found");
            return Ok(());
        }
        let mut table =
            Table::new(&["STATUS", "CHANNELS", "RATE", "BITS", "LENGTH", "FILE", "WHY"]);
        for asset in &all {
            table.row(row(asset));
        }
        table.print(&mut out)?;
        out.finish()
    })
}

async fn all(assets: &Assets, filter: &AssetFilter) -> Result<Vec<Asset>> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = assets.list(filter, after, PAGE).await?;
        all.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

fn row(asset: &Asset) -> [String; 7] {
    let facts = asset.facts.as_ref();
    let told =
        |get: &dyn Fn(&studio_core::AssetFacts) -> String| facts.map(get).unwrap_or_default();
    let reasons = asset.reasons.iter().map(|reason| reason.code.as_str());
    let mut why: Vec<&str> = reasons.collect();
    let live = asset.status == studio_core::AssetStatus::Valid;
    why.extend(asset.filing_problem.as_deref().filter(|_| live));
    [
        asset.status.to_string(),
        told(&|facts| facts.channel_count.to_string()),
        told(&|facts| facts.sample_rate.to_string()),
        told(&|facts| facts.bits_per_sample.to_string()),
        told(&|facts| facts.duration.clone()),
        asset.place.to_string(),
        why.join(", "),
    ]
}
