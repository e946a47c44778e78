//! Passwords: what may be one, and how one is checked.

use std::sync::Arc;

use argon2::password_hash::phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use studio_domain::{Account, EmailAddress, PasswordHash, UserName};
use tokio::sync::OnceCell;

use super::desks::{Desks, Lane};
use super::{AccessError, PasswordProblem, Result};

/// The fewest characters of a password (NIST SP 800-63B asks for 8, and 15 where nothing else is
/// asked for).
pub const SHORTEST_PASSWORD: usize = 12;
/// The most bytes of a password: more would only be work for who checks it.
pub const LONGEST_PASSWORD: usize = 1024;

/// Argon2id as OWASP's Password Storage Cheat Sheet recommends it: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// What may be a password of who has this name and this address.
pub(super) fn check(
    password: &str,
    name: &UserName,
    email: Option<&EmailAddress>,
) -> Result<(), PasswordProblem> {
    if password.len() > LONGEST_PASSWORD {
        return Err(PasswordProblem::Long);
    }
    if password.chars().count() < SHORTEST_PASSWORD {
        return Err(PasswordProblem::Short);
    }
    let lower = password.to_lowercase();
    if lower == name.key() || email.is_some_and(|email| lower == email.key()) {
        return Err(PasswordProblem::Named);
    }
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    match different.len() {
        0..5 => Err(PasswordProblem::Plain),
        _ => Ok(()),
    }
}

/// Who checks passwords: one at a time of strangers and one of those whose browsers are known,
/// so that no crowd keeps out who was here before.
#[derive(Debug)]
pub(super) struct Passwords {
    strangers: Lane,
    known: Lane,
    /// The hash of a password that nobody has: for names that nobody has.
    nobody: OnceCell<PasswordHash>,
}

/// What came of checking a password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    /// Whether it is that of the account.
    pub(super) is_right: bool,
    /// The hash to keep from now on, where that of the account was made with less work.
    pub(super) renewed: Option<PasswordHash>,
}

impl Default for Passwords {
    fn default() -> Self {
        let desks = Arc::<Desks>::default();
        Self {
            strangers: Lane::new(desks.clone()),
            known: Lane::new(desks),
            nobody: OnceCell::new(),
        }
    }
}

impl Passwords {
    /// The hash of a new password.
    pub(super) async fn hash(&self, password: &str) -> Result<PasswordHash> {
        let password = password.to_owned();
        self.known.work(move || hashed(&password)).await?
    }

    /// Whether a password is that of an account; for no account it takes as long to say no.
    pub(super) async fn verify(
        &self,
        account: Option<&Account>,
        password: &str,
        is_known: bool,
    ) -> Result<Checked> {
        let lane = if is_known { &self.known } else { &self.strangers };
        // What is too long is no password, and hashing it would be work.
        let password = match password.len() {
            0..=LONGEST_PASSWORD => password.to_owned(),
            _ => String::new(),
        };
        let nobody = self.nobody.get_or_try_init(|| async {
            lane.work(|| hashed("the password of nobody at all")).await?
        });
        let nobody = nobody.await?.clone();
        let own = account.filter(|account| account.is_enabled()).and_then(|a| a.password.clone());
        let is_there = own.is_some();
        let against = own.unwrap_or(nobody);
        let checked = lane.work(move || compare(&against, &password)).await??;
        match is_there {
            true => Ok(checked),
            false => Ok(Checked { is_right: false, renewed: None }),
        }
    }
}

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(AccessError::internal)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hashed(password: &str) -> Result<PasswordHash> {
    let hash = argon2()?.hash_password(password.as_bytes()).map_err(AccessError::internal)?;
    Ok(PasswordHash::new(hash.to_string()))
}

fn compare(hash: &PasswordHash, password: &str) -> Result<Checked> {
    let argon2 = argon2()?;
    let parsed = phc::PasswordHash::new(hash.as_str()).map_err(AccessError::internal)?;
    let is_right = argon2.verify_password(password.as_bytes(), &parsed).is_ok();
    let is_current = Params::try_from(&parsed).is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
    });
    let renewed = (is_right && !is_current).then(|| hashed(password)).transpose()?;
    Ok(Checked { is_right, renewed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_easily_guessed_is_no_password() {
        let name: UserName = "ann.lee.studio".parse().expect("a name");
        let email: EmailAddress = "ann@music.example.org".parse().expect("an address");
        let said = |password: &str| check(password, &name, Some(&email)).err();
        assert_eq!(said("correct horse battery"), None);
        assert_eq!(said("ünïcödé-wörds"), None);
        assert_eq!(said("elevenchars"), Some(PasswordProblem::Short));
        assert_eq!(said(&"long".repeat(257)), Some(PasswordProblem::Long));
        assert_eq!(said("Ann.Lee.Studio"), Some(PasswordProblem::Named));
        assert_eq!(said("Ann@Music.example.org"), Some(PasswordProblem::Named));
        assert_eq!(said("abababababababab"), Some(PasswordProblem::Plain));
    }

    #[test]
    fn a_hash_is_argon2id_as_recommended() {
        let hash = hashed("correct horse battery").expect("hashed");
        assert!(hash.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_str());
        let other = hashed("correct horse battery").expect("hashed");
        assert_ne!(hash, other, "each has a salt of its own");
        let checked = compare(&hash, "correct horse battery").expect("compared");
        assert_eq!(checked, Checked { is_right: true, renewed: None });
        assert!(!compare(&hash, "correct horse batterz").expect("compared").is_right);
    }

    #[test]
    fn a_hash_made_with_less_work_is_made_anew() {
        let params = Params::new(8, 1, 1, None).expect("parameters");
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let weak = weak.hash_password(b"correct horse battery").expect("hashed").to_string();
        let checked = compare(&PasswordHash::new(weak), "correct horse battery").expect("compared");
        let renewed = checked.renewed.expect("made anew");
        assert!(checked.is_right && renewed.as_str().contains("m=19456,t=2,p=1"));
    }
}
