//! Keys of every kind: studio's own, and what a prefix may bring along.

use futures_util::future::join_all;
use studio_domain::{Digest, ObjectKey, VersionId};
use uuid::Uuid;

use super::bench::{Bench, Op, equal, gone, same, wrong};
use super::report::Check;
use super::{Scenario, capability};

const GROUP: &str = "keys";

const fn odd(name: &'static str, about: &'static str) -> Check {
    Check::degrades(name, about, &capability::ODD_KEYS)
}

pub(super) const SCENARIOS: &[Scenario] = &[Scenario {
    group: GROUP,
    checks: &[
        Check::needed("key-of-object", "a key of studio's objects, made of a digest"),
        Check::needed("key-of-manifest", "a key of studio's manifests"),
        Check::needed("key-of-one-letter", "a name of one letter"),
        Check::needed("key-of-digits", "a name of digits"),
        Check::needed("key-many-directories", "a key of twenty segments"),
        Check::needed("key-like-another", "keys that begin alike are two"),
        odd("key-with-space", "spaces, also two in a row"),
        odd("key-with-plus", "plus signs, which are spaces to some"),
        odd("key-with-percent", "percent signs, which encode to some"),
        odd("key-with-encoded-slash", "%2F, which is a slash to some"),
        odd("key-with-query", "?, #, & and =, as in a URL"),
        odd("key-with-quotes", "quotes of three kinds"),
        odd("key-with-punctuation", "other signs of ASCII"),
        odd("key-with-xml", "<, > and &amp;, as in XML"),
        odd("key-with-accents", "letters with accents, composed (NFC)"),
        odd("key-with-combining", "the same letters decomposed (NFD)"),
        odd("key-with-japanese", "letters of three bytes"),
        odd("key-with-hebrew", "letters from right to left"),
        odd("key-with-emoji", "emoji, joined ones too"),
        odd("key-with-dots", "names that begin with a dot, or end in one"),
        Check::nice("key-with-backslash", "backslashes, which are slashes to some"),
        Check::nice("key-of-900-bytes", "a key of 900 bytes"),
        Check::nice("keys-by-case", "keys that differ in case are two"),
        Check::nice("keys-by-normal-form", "keys that differ in normal form are two"),
        Check::nice("key-below-a-key", "an object can be below another"),
    ],
    run: |bench| Box::pin(keys(bench)),
}];

/// The keys, by the name of their check. The first two are made of ones that studio makes.
const ODD: [(&str, &str); 18] = [
    ("key-of-one-letter", "x"),
    ("key-of-digits", "0123456789"),
    ("key-with-space", "sp ace/two  spaces.wav"),
    ("key-with-plus", "a+b/c++.wav"),
    ("key-with-percent", "100%/%41%zz.wav"),
    ("key-with-encoded-slash", "a%2Fb/%252F"),
    ("key-with-query", "hash#and?query=1&other=2"),
    ("key-with-quotes", "DJ's/\"Drums\" `take`"),
    ("key-with-punctuation", "star*tilde~excl!par(en)[sq]{br};:,@$^|"),
    ("key-with-xml", "<b>&amp;</b"),
    ("key-with-accents", "Bj\u{f6}rk \u{2013} J\u{f3}ga"),
    ("key-with-combining", "Bjo\u{308}rk Jo\u{301}ga"),
    ("key-with-japanese", "日本語/うた"),
    ("key-with-hebrew", "שלום/مرحبا"),
    ("key-with-emoji", "🎸/👩‍🎤🥁"),
    ("key-with-dots", ".hidden/..two/end."),
    ("key-with-backslash", "back\\slash/..\\up"),
    ("key-many-directories", "1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19/20"),
];

async fn keys(bench: &Bench<'_>) -> Option<()> {
    let object = ObjectKey::of_object(&Digest::from_bytes([0xA5; 32]));
    let manifest = ObjectKey::of_version_manifest(VersionId::from_uuid(Uuid::now_v7()));
    // 900 bytes below the bucket's own prefix, in segments that every file system takes.
    let room = 900_usize.saturating_sub(bench.prefix().len() + "/keys/key-of-900-bytes/".len());
    let long = "segment-of-twenty/".repeat(room / 18) + &"x".repeat(room % 18);
    let long = long.trim_end_matches('/');
    let own = [
        ("key-of-object", object.as_str()),
        ("key-of-manifest", manifest.as_str()),
        ("key-of-900-bytes", long),
    ];
    let all = own.into_iter().chain(ODD);
    join_all(all.map(|(name, key)| bench.check(name, comes_through(bench, name, key)))).await;
    bench.check("key-like-another", apart(bench, "like", ["take", "take-2", "tak"])).await;
    bench.check("keys-by-case", apart(bench, "case", ["take", "Take", "TAKE"])).await;
    let normal = ["\u{e9}clair", "e\u{301}clair", "eclair"];
    bench.check("keys-by-normal-form", apart(bench, "normal", normal)).await;
    bench.check("key-below-a-key", apart(bench, "below", ["a", "a/b", "a/b/c"])).await;
    Some(())
}

/// An object with this key, alone in a directory of its own, goes all ways there are.
async fn comes_through(bench: &Bench<'_>, name: &str, key: &str) -> Op<()> {
    let under = format!("keys/{name}/");
    let at = format!("{under}{key}");
    bench.create(&at, key.to_owned()).await?;
    same(&bench.read(&at).await?, key.as_bytes())?;
    equal("the size", bench.head(&at).await?.size, key.len() as u64)?;
    equal("the listing", bench.names(&under, None).await?, vec![at.clone()])?;
    equal("what is listed behind it", bench.names(&under, Some(&at)).await?, vec![])?;
    bench.delete(&at).await?;
    gone(bench.head(&at).await)
}

/// Objects with these keys are as many.
async fn apart(bench: &Bench<'_>, directory: &str, names: [&str; 3]) -> Op<()> {
    let at = |name: &str| format!("keys/{directory}/{name}");
    for name in names {
        bench.create(&at(name), name.to_owned()).await?;
    }
    for name in names {
        same(&bench.read(&at(name)).await?, name.as_bytes())?;
    }
    bench.delete(&at(names[0])).await?;
    gone(bench.head(&at(names[0])).await)?;
    let listed = bench.names(&at(""), None).await?;
    match names[1..].iter().all(|name| listed.contains(&at(name))) && listed.len() == 2 {
        true => Ok(()),
        false => wrong(format!("with one of three removed, {listed:?} are listed")),
    }
}
