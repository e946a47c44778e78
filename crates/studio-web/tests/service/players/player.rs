//! A player with a key.

use md5::{Digest as _, Md5};
use serde_json::Value;
use studio_testkit::subsonic;

use crate::entrance::house::{House, answer, operator};
use crate::support::Answer;

pub(crate) struct Player<'h> {
    house: &'h House,
    pub(crate) user: String,
    pub(crate) key: String,
}

impl<'h> Player<'h> {
    pub(crate) async fn of(house: &'h House, user: &str) -> Self {
        let name = format!("player {}", house.tick()).parse().unwrap();
        let made = house.access.create_app_key(&user.parse().unwrap(), name, &operator()).await;
        let key = made.unwrap().1.as_str().to_owned();
        Self { house, user: user.to_owned(), key }
    }

    /// The parameters that every request has: a token and its salt.
    pub(crate) fn common(&self) -> String {
        let salt = "c19b2d";
        let mut md5 = Md5::new();
        md5.update(&self.key);
        md5.update(salt);
        let token: String = md5.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("u={}&t={token}&s={salt}&v=1.16.1&c=test", self.user)
    }

    pub(crate) fn path(&self, endpoint: &str, query: &str) -> String {
        format!("/rest/{endpoint}?{}&f=json&{query}", self.common())
    }

    /// What an endpoint says, which has the fields that it must have.
    pub(crate) async fn ok(&self, endpoint: &str, query: &str) -> Value {
        let answer = answer(self.house.request("GET", &self.path(endpoint, query))).await;
        let said = said(&answer);
        assert_eq!(said["status"], "ok", "{endpoint}?{query}: {answer:?}");
        let problems = subsonic::check(endpoint, &answer.json);
        assert!(problems.is_empty(), "{endpoint}?{query}: {problems:?} in {said}");
        said
    }

    /// The code with which an endpoint refuses something.
    pub(crate) async fn refused(&self, endpoint: &str, query: &str) -> i64 {
        let answer = answer(self.house.request("GET", &self.path(endpoint, query))).await;
        let said = said(&answer);
        assert_eq!(said["status"], "failed", "{endpoint}?{query}: {answer:?}");
        let problems = subsonic::check(endpoint, &answer.json);
        assert!(problems.is_empty(), "{endpoint}?{query}: {problems:?} in {said}");
        assert!(said["error"]["message"].as_str().is_some_and(|said| !said.is_empty()));
        said["error"]["code"].as_i64().unwrap()
    }
}

/// What stands in the envelope, which has all that every envelope has.
pub(crate) fn said(answer: &Answer) -> Value {
    let said = answer.json["subsonic-response"].clone();
    assert_eq!(said["openSubsonic"], true, "{answer:?}");
    assert_eq!((&said["version"], &said["type"]), (&"1.16.1".into(), &"studio".into()));
    assert_eq!(said["serverVersion"], env!("CARGO_PKG_VERSION"));
    assert_eq!(answer.header("content-type"), "application/json");
    said
}
