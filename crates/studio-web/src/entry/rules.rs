//! What each route asks of those who ask for it, declared with the route itself.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use axum::routing::MethodRouter;
use studio_domain::{Role, Scope};
use utoipa::openapi::HttpMethod;
use utoipa::openapi::path::PathItem;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use super::{Viewer, Way};
use crate::State;
use crate::failure::Failure;

/// Who may ask for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Anybody; what they get may depend on who they are.
    Anyone,
    /// Anybody who has what the route itself asks for: the key of a player, a share's link.
    Bearer,
    /// Whoever is signed in.
    Account,
    /// Managers, and artists as far as it is theirs.
    Maker,
    /// Managers.
    Manager,
    /// This machine itself, and managers.
    Machine,
}

impl Who {
    /// In the table of all routes.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Bearer => "whoever has its key or link",
            Self::Account => "whoever is signed in",
            Self::Maker => "managers, artists for what is theirs",
            Self::Manager => "managers",
            Self::Machine => "managers, and this machine itself",
        }
    }
}

/// What a route asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(super) who: Who,
    /// A token needs one of these; where there is none, a token will not do.
    pub(super) scopes: &'static [Scope],
    /// Whether the audit log is told of changes here; others tell it themselves.
    pub(super) is_noted: bool,
}

impl Rule {
    /// For anybody, to read.
    pub(crate) const PUBLIC: Self = Self::new(Who::Anyone, &[Scope::Read]);
    /// For anybody, with whatever token.
    pub(crate) const OPEN: Self =
        Self::new(Who::Anyone, &[Scope::Read, Scope::Write, Scope::Ingest, Scope::Manage]);
    /// For those who bring what the route asks for itself.
    pub(crate) const BEARER: Self = Self { is_noted: false, ..Self::new(Who::Bearer, &[]) };
    /// For anybody without a token: to sign in.
    pub(crate) const ENTRANCE: Self = Self { is_noted: false, ..Self::new(Who::Anyone, &[]) };
    /// For whoever is signed in, within a session: what lets them in.
    pub(crate) const OWN_KEYS: Self =
        Self { is_noted: false, ..Self::new(Who::Account, &[Scope::Manage]) };
    /// For whoever is signed in, within a session alone.
    pub(crate) const SESSION: Self = Self { is_noted: false, ..Self::new(Who::Account, &[]) };
    /// What belongs to one account, to read.
    pub(crate) const READ_OWN: Self = Self::new(Who::Account, &[Scope::Read]);
    /// What belongs to one account, to change.
    pub(crate) const WRITE_OWN: Self = Self::new(Who::Account, &[Scope::Write]);
    /// What is worked on, to read.
    pub(crate) const WORK: Self = Self::new(Who::Maker, &[Scope::Read]);
    /// All of what is worked on, to read.
    pub(crate) const ALL_WORK: Self = Self::new(Who::Manager, &[Scope::Read]);
    /// What only the studio changes.
    pub(crate) const CHANGE: Self = Self::new(Who::Manager, &[Scope::Write]);
    /// What others put into buckets, to read.
    pub(crate) const ASSETS: Self = Self::new(Who::Manager, &[Scope::Read, Scope::Ingest]);
    /// What others put into buckets, to register and to delete.
    pub(crate) const INGEST: Self = Self::new(Who::Manager, &[Scope::Ingest]);
    /// Who comes in, and what they did.
    pub(crate) const PEOPLE: Self = Self::new(Who::Manager, &[Scope::Manage]);
    /// How the service is.
    pub(crate) const WATCH: Self = Self::new(Who::Machine, &[Scope::Read]);

    const fn new(who: Who, scopes: &'static [Scope]) -> Self {
        Self { who, scopes, is_noted: true }
    }

    /// Whether the route asks for its own proof: that is sent by players of any site, and never
    /// without their will.
    pub(super) fn asks_itself(&self) -> bool {
        self.who == Who::Bearer
    }

    /// Whether somebody may have it.
    pub(super) fn check(&self, viewer: &Viewer) -> Result<(), Failure> {
        if matches!(viewer.way, Way::Open | Way::Local) || self.who == Who::Bearer {
            return Ok(());
        }
        if let Way::Token(token) = &viewer.way
            && !self.scopes.iter().any(|scope| token.scopes.have(*scope))
        {
            let scopes: Vec<&str> = self.scopes.iter().map(|scope| scope.as_str()).collect();
            let detail = match scopes.as_slice() {
                [] => "this is not for tokens".to_owned(),
                scopes => format!("the token lacks the scope {}", scopes.join(" or ")),
            };
            return Err(Failure::new(StatusCode::FORBIDDEN, "insufficient-scope", detail));
        }
        let role = viewer.account.as_ref().map(|account| account.role);
        let may = match self.who {
            Who::Anyone | Who::Bearer => true,
            Who::Account => role.is_some(),
            Who::Maker => matches!(role, Some(Role::Manager | Role::Artist)),
            Who::Manager => role == Some(Role::Manager),
            Who::Machine => role == Some(Role::Manager) || viewer.is_here,
        };
        match (may, role) {
            (true, _) => Ok(()),
            (false, None) => Err(Failure::new(
                StatusCode::UNAUTHORIZED,
                "sign-in",
                "this is for those who have signed in, or have a token",
            )),
            (false, Some(_)) => {
                let detail = format!("this is for {}", self.who.told());
                Err(Failure::new(StatusCode::FORBIDDEN, "not-yours", detail))
            }
        }
    }
}

/// The rules of all routes.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rules(BTreeMap<String, BTreeMap<&'static str, Rule>>);

impl Rules {
    /// The rule of a route; that of GET for HEAD, too.
    pub(super) fn of(&self, route: &str, method: &Method) -> Option<&Rule> {
        let method = if method == Method::HEAD { "GET" } else { method.as_str() };
        self.0.get(route)?.get(method)
    }

    /// The methods of a route as `Allow` lists them.
    pub(super) fn methods(&self, route: &str) -> String {
        let known = self.0.get(route);
        let named = known.into_iter().flatten().map(|(method, _)| match *method {
            "GET" => "GET,HEAD",
            method => method,
        });
        named.collect::<Vec<_>>().join(",")
    }

    /// All of them by route and method.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &'static str, &Rule)> {
        self.0.iter().flat_map(|(route, methods)| {
            methods.iter().map(move |(method, rule)| (route.as_str(), *method, rule))
        })
    }

    pub(crate) fn put(&mut self, route: &str, method: &'static str, rule: Rule) {
        self.0.entry(route.to_owned()).or_default().insert(method, rule);
    }
}

/// Routes, each with its rule.
#[derive(Default)]
pub(crate) struct Guarded {
    pub(crate) router: OpenApiRouter<State>,
    pub(crate) rules: Rules,
}

impl Guarded {
    pub(crate) fn new(router: OpenApiRouter<State>) -> Self {
        Self { router, rules: Rules::default() }
    }

    /// With described routes that have one rule.
    pub(crate) fn routes(mut self, rule: Rule, routes: UtoipaMethodRouter<State>) -> Self {
        for (path, item) in &routes.1.paths {
            for method in methods(item) {
                self.rules.put(path, method, rule);
            }
        }
        Self { router: self.router.routes(routes), ..self }
    }

    /// With a route that is not described, with a rule for each of its methods.
    pub(crate) fn route(
        mut self,
        path: &str,
        rules: &[(&'static str, Rule)],
        handlers: MethodRouter<State>,
    ) -> Self {
        for (method, rule) in rules {
            self.rules.put(path, method, *rule);
        }
        Self { router: self.router.route(path, handlers), ..self }
    }

    /// With all of others.
    pub(crate) fn merge(mut self, other: Self) -> Self {
        for (path, methods) in other.rules.0 {
            self.rules.0.entry(path).or_default().extend(methods);
        }
        Self { router: self.router.merge(other.router), ..self }
    }
}

fn methods(item: &PathItem) -> impl Iterator<Item = &'static str> {
    let has = [
        (item.get.is_some(), HttpMethod::Get),
        (item.post.is_some(), HttpMethod::Post),
        (item.put.is_some(), HttpMethod::Put),
        (item.patch.is_some(), HttpMethod::Patch),
        (item.delete.is_some(), HttpMethod::Delete),
    ];
    has.into_iter().filter(|(has, _)| *has).map(|(_, method)| match method {
        HttpMethod::Post => "POST",
        HttpMethod::Put => "PUT",
        HttpMethod::Patch => "PATCH",
        HttpMethod::Delete => "DELETE",
        _ => "GET",
    })
}
