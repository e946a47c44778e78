//! Its tokens, and the keys that sign them.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};

use super::{CLIENT_ID, CLIENT_SECRET, Lie, Person};

/// A key that signs, and its name.
#[derive(Debug)]
pub(super) struct Keys {
    pair: EcdsaKeyPair,
    id: String,
}

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn pair() -> EcdsaKeyPair {
    let (algorithm, chance) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &chance).expect("a key");
    EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &chance).expect("the key")
}

impl Keys {
    pub(super) fn new() -> Self {
        let pair = pair();
        let id = encode(&pair.public_key().as_ref()[1..9]);
        Self { pair, id }
    }

    /// What is published of it (RFC 7517).
    pub(super) fn published(&self) -> Value {
        // An uncompressed point: 4, and two numbers of 32 bytes.
        let point = self.pair.public_key().as_ref();
        json!({ "keys": [{
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.id,
            "x": encode(&point[1..33]), "y": encode(&point[33..65]),
        }] })
    }

    /// A token about somebody (RFC 7519), with what is wrong with it.
    pub(super) fn token(
        &self,
        issuer: &str,
        person: &Person,
        nonce: &str,
        lie: Option<Lie>,
    ) -> String {
        let is = |wanted: Lie| lie == Some(wanted);
        let issuer = if is(Lie::Issuer) { "https://evil.example" } else { issuer };
        let nonce = if is(Lie::Nonce) { "another" } else { nonce };
        let ends = match lie {
            Some(Lie::Expired) => now() - 120,
            Some(Lie::JustOver) => now() - 5,
            _ => now() + 300,
        };
        let audience = match lie {
            Some(Lie::Audience) => json!("somebody-else"),
            Some(Lie::Audiences) => json!([CLIENT_ID, "somebody-else"]),
            _ => json!([CLIENT_ID]),
        };
        let mut claims = json!({
            "iss": issuer, "sub": person.subject, "aud": audience, "nonce": nonce,
            "iat": ends - 310, "exp": ends, "name": person.name,
        });
        if is(Lie::Party) {
            claims["azp"] = json!("somebody-else");
        }
        if let Some(email) = person.email.as_ref().filter(|_| person.is_in_token) {
            claims["email"] = json!(email);
            claims["email_verified"] = json!(person.verified);
        }
        let secret = match lie {
            Some(Lie::PublicAsSecret) => Some(self.pair.public_key().as_ref().to_vec()),
            Some(Lie::ClientSecret) => Some(CLIENT_SECRET.as_bytes().to_vec()),
            _ => None,
        };
        let algorithm = match lie {
            Some(Lie::Unsigned) => "none",
            _ if secret.is_some() => "HS256",
            _ => "ES256",
        };
        let header = json!({ "alg": algorithm, "kid": self.id, "typ": "JWT" });
        let signed = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
        let signature = match secret {
            _ if is(Lie::Unsigned) => Vec::new(),
            Some(secret) => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
                hmac::sign(&key, signed.as_bytes()).as_ref().to_vec()
            }
            None => {
                let other = is(Lie::OtherKey).then(pair);
                let pair = other.as_ref().unwrap_or(&self.pair);
                let signature = pair.sign(&SystemRandom::new(), signed.as_bytes());
                signature.expect("a signature").as_ref().to_vec()
            }
        };
        if is(Lie::Altered) {
            claims["sub"] = json!("somebody-else");
            let altered = encode(claims.to_string());
            return format!("{}.{altered}.{}", encode(header.to_string()), encode(signature));
        }
        format!("{signed}.{}", encode(signature))
    }
}
