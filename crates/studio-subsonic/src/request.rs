//! What players ask.

use std::fmt;
use std::str::FromStr;

use url::form_urlencoded;

use crate::{Error, Format, Result};

/// The most parameters that are read: a queue can have thousands.
const MOST: usize = 50_000;

/// The major version of the protocol, and the minor one.
const SPOKEN: (u32, u32) = (1, 16);

/// The name of an endpoint in the last part of a path, with `.view` or without.
pub fn endpoint(last: &str) -> &str {
    last.strip_suffix(".view").unwrap_or(last)
}

/// The parameters of a request, in their order; one can be there several times.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, String)>);

/// The names alone: among the values are keys.
impl fmt::Debug for Parameters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Parameters {
    /// Those behind a path, and those of a form (`application/x-www-form-urlencoded`). What is
    /// no UTF-8 has U+FFFD in it.
    ///
    /// # Errors
    /// [`Error::Generic`] for more than 50,000.
    pub fn read(query: &str, form: &[u8]) -> Result<Self> {
        let both = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(form));
        let read: Vec<_> = both
            .take(MOST + 1)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        match read.len() {
            0..=MOST => Ok(Self(read)),
            _ => Err(Error::Generic(format!("there are more than {MOST} parameters"))),
        }
    }

    /// The first with a name.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Every one with a name, in their order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(other, _)| other == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The one with a name that has to be there.
    ///
    /// # Errors
    /// [`Error::Missing`].
    pub fn required(&self, name: &'static str) -> Result<&str> {
        self.text(name).filter(|text| !text.is_empty()).ok_or(Error::Missing(name))
    }

    /// A value that is read; one that is empty counts as not there.
    ///
    /// # Errors
    /// [`Error::Generic`] when it cannot be read.
    pub fn parsed<T: FromStr>(&self, name: &'static str) -> Result<Option<T>> {
        let text = self.text(name).map(str::trim).filter(|text| !text.is_empty());
        text.map(|text| text.parse().map_err(|_| Error::unreadable(name))).transpose()
    }

    /// Every value with a name, read.
    ///
    /// # Errors
    /// [`Error::Generic`] when one cannot be read.
    pub fn all_parsed<T: FromStr>(&self, name: &'static str) -> Result<Vec<T>> {
        self.all(name).map(|text| text.parse().map_err(|_| Error::unreadable(name))).collect()
    }

    /// A truth value.
    ///
    /// # Errors
    /// [`Error::Generic`] when it is none.
    pub fn flag(&self, name: &'static str) -> Result<Option<bool>> {
        match self.text(name).map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) if text.eq_ignore_ascii_case("true") || text == "1" => Ok(Some(true)),
            Some(text) if text.eq_ignore_ascii_case("false") || text == "0" => Ok(Some(false)),
            Some(_) => Err(Error::unreadable(name)),
        }
    }
}

/// What a player comes with.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// A key alone (`apiKey` of OpenSubsonic).
    Key(String),
    /// A name, and the MD5 of a password and a salt.
    Salted {
        /// The name.
        user: String,
        /// The MD5 in hexadecimal digits.
        token: String,
        /// The salt.
        salt: String,
    },
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password, in clear.
        password: String,
    },
}

/// Without what must stay secret.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(_) => f.write_str("Key(..)"),
            Self::Salted { user, .. } => {
                f.debug_struct("Salted").field("user", user).finish_non_exhaustive()
            }
            Self::Password { user, .. } => {
                f.debug_struct("Password").field("user", user).finish_non_exhaustive()
            }
        }
    }
}

impl Credentials {
    /// What a request comes with.
    ///
    /// # Errors
    /// [`Error::ConflictingWays`], [`Error::Missing`], [`Error::WrongPassword`] for a password in
    /// hexadecimal digits that is none.
    fn of(parameters: &Parameters) -> Result<Self> {
        let given = |name| parameters.text(name).filter(|text| !text.is_empty());
        let (user, password) = (given("u"), given("p"));
        let (token, salt) = (given("t"), given("s"));
        if let Some(key) = given("apiKey") {
            return match (user, password, token, salt) {
                (None, None, None, None) => Ok(Self::Key(key.to_owned())),
                _ => Err(Error::ConflictingWays),
            };
        }
        let user = user.ok_or(Error::Missing("u"))?.to_owned();
        match (password, token) {
            (Some(_), Some(_)) => Err(Error::ConflictingWays),
            (None, Some(token)) => {
                let salt = salt.ok_or(Error::Missing("s"))?.to_owned();
                Ok(Self::Salted { user, token: token.to_owned(), salt })
            }
            (Some(password), None) => {
                let password = match password.strip_prefix("enc:") {
                    None => password.to_owned(),
                    Some(digits) => hexadecimal(digits).ok_or(Error::WrongPassword)?,
                };
                Ok(Self::Password { user, password })
            }
            (None, None) => Err(Error::Missing("t")),
        }
    }
}

fn hexadecimal(digits: &str) -> Option<String> {
    let digits: Option<Vec<u8>> =
        digits.chars().map(|c| u8::try_from(c.to_digit(16)?).ok()).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    String::from_utf8(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()).ok()
}

/// A request, as far as all have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What the player calls itself.
    pub client: String,
    /// What it comes with.
    pub credentials: Credentials,
}

impl Request {
    /// How the answer is to be written; whatever else is wrong.
    pub fn format(parameters: &Parameters) -> Format {
        match parameters.text("f") {
            Some("json") => Format::Json,
            Some("jsonp") => {
                Format::Jsonp(parameters.text("callback").unwrap_or_default().to_owned())
            }
            _ => Format::Xml,
        }
    }

    /// What all requests have but `getOpenSubsonicExtensions`.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::ServerTooOld`]; those of what it comes with.
    pub fn read(parameters: &Parameters) -> Result<Self> {
        let credentials = Credentials::of(parameters)?;
        let version = parameters.required("v")?;
        let client = parameters.required("c")?.to_owned();
        if speaks_newer(version)? {
            return Err(Error::ServerTooOld);
        }
        Ok(Self { client, credentials })
    }
}

/// Whether a version is of a protocol that this one does not understand: another major one, as
/// the API says, or none at all.
fn speaks_newer(version: &str) -> Result<bool> {
    let mut parts = version.split('.').map(str::parse::<u32>);
    match (parts.next(), parts.next()) {
        (Some(Ok(major)), None | Some(Ok(_))) => Ok(major > SPOKEN.0),
        _ => Err(Error::unreadable("v")),
    }
}

/// Whether a text is the name of a function, and nothing more.
pub(crate) fn is_callback(text: &str) -> bool {
    let is_name = |name: &str| {
        let mut chars = name.chars();
        chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '$')
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
    };
    text.len() <= 100 && text.split('.').all(is_name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(query: &str) -> Result<Request> {
        Request::read(&Parameters::read(query, b"")?)
    }

    #[test]
    fn a_player_comes_in_one_of_three_ways() {
        let way = |query: &str| read(query).map(|request| request.credentials);
        let (user, salt) = ("ann".to_owned(), "xy".to_owned());
        let salted = Credentials::Salted { user: user.clone(), token: "26".to_owned(), salt };
        assert_eq!(way("u=ann&t=26&s=xy&v=1.13.0&c=app"), Ok(salted));
        assert_eq!(way("apiKey=k&v=1.16.1&c=app"), Ok(Credentials::Key("k".to_owned())));
        let password = Credentials::Password { user, password: "sesame".to_owned() };
        assert_eq!(way("u=ann&p=sesame&v=1.8&c=app"), Ok(password.clone()));
        assert_eq!(way("u=ann&p=enc:736573616D65&v=1&c=app"), Ok(password.clone()));
        assert!(!format!("{password:?}").contains("sesame"));
    }

    #[test]
    fn what_is_missing_or_too_much_has_its_code() {
        let code = |query: &str| read(query).map_err(|error| error.code()).map(|_| ());
        for (query, expected) in [
            ("", 10),
            ("u=ann&v=1&c=app", 10),
            ("u=ann&t=26&v=1&c=app", 10),
            ("t=26&s=xy&v=1&c=app", 10),
            ("u=ann&t=26&s=xy&c=app", 10),
            ("u=ann&t=26&s=xy&v=1", 10),
            ("u=ann&t=26&s=xy&v=1&c=", 10),
            ("u=ann&t=26&s=xy&v=2.0.0&c=app", 30),
            ("u=ann&t=26&s=xy&v=new&c=app", 0),
            ("u=ann&t=26&s=xy&p=x&v=1&c=app", 43),
            ("u=ann&apiKey=k&v=1&c=app", 43),
            ("apiKey=k&t=26&s=x&v=1&c=app", 43),
            ("u=ann&p=enc:7x&v=1&c=app", 40),
            ("u=ann&p=enc:736&v=1&c=app", 40),
        ] {
            assert_eq!(code(query), Err(expected), "{query}");
        }
        assert_eq!(code("u=ann&t=26&s=xy&v=1.99.0&c=app"), Ok(()));
    }

    #[test]
    fn parameters_come_from_both_places_and_several_times() {
        let read = Parameters::read("id=1&x=a%20b+c&n=7&bad=q&on=TRUE&none=", b"id=2&id=3");
        let read = read.expect("read");
        assert_eq!(read.all("id").collect::<Vec<_>>(), ["1", "2", "3"]);
        assert_eq!(read.text("x"), Some("a b c"));
        assert_eq!(read.parsed::<u32>("n"), Ok(Some(7)));
        assert_eq!(read.parsed::<u32>("none"), Ok(None));
        assert_eq!(read.parsed::<u32>("bad").map_err(|error| error.code()), Err(0));
        assert_eq!((read.flag("on"), read.flag("none")), (Ok(Some(true)), Ok(None)));
        assert!(read.flag("bad").is_err());
        assert_eq!(read.required("none"), Err(Error::Missing("none")));
        assert!(!format!("{read:?}").contains("a b c"));
        let many = "a&".repeat(MOST + 1);
        assert!(Parameters::read(&many, b"").is_err());
    }

    #[test]
    fn an_endpoint_may_have_a_suffix() {
        assert_eq!((endpoint("ping.view"), endpoint("ping")), ("ping", "ping"));
        assert_eq!(endpoint("ping.xml"), "ping.xml");
    }

    #[test]
    fn a_callback_is_a_name() {
        for good in ["a", "jQuery_12", "$.done", "app.x.y"] {
            assert!(is_callback(good), "{good}");
        }
        for bad in ["", ".", "a.", "1a", "a(b)", "a b", "ü", &"x".repeat(101)] {
            assert!(!is_callback(bad), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_request_is_too_odd_to_be_read(query in ".{0,200}", form in prop::collection::vec(any::<u8>(), 0..200)) {
            let parameters = Parameters::read(&query, &form).expect("few");
            let _ = Request::read(&parameters);
            let _ = Request::format(&parameters);
        }
    }
}
