-- Those who may come in. password is a PHC string (Argon2id), and NULL for who comes in another
-- way; artists holds the names of the artists whose work is theirs, as a JSON list.
CREATE TABLE accounts (
    id          BLOB   NOT NULL PRIMARY KEY,
    name        TEXT   NOT NULL,
    name_key    TEXT   NOT NULL UNIQUE,
    email       TEXT,
    email_key   TEXT,
    role        TEXT   NOT NULL CHECK (role IN ('manager', 'artist', 'listener')),
    artists     TEXT   NOT NULL,
    password    TEXT,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    disabled_at BIGINT
);

CREATE UNIQUE INDEX accounts_by_email ON accounts (email_key) WHERE email_key IS NOT NULL;

CREATE INDEX accounts_by_role ON accounts (role) WHERE disabled_at IS NULL;

-- Who an account is for a provider of OpenID Connect.
CREATE TABLE identities (
    issuer     TEXT   NOT NULL,
    subject    TEXT   NOT NULL,
    account_id BLOB   NOT NULL REFERENCES accounts (id),
    email      TEXT,
    linked_at  BIGINT NOT NULL,
    PRIMARY KEY (issuer, subject)
) WITHOUT ROWID;

CREATE INDEX identities_of_account ON identities (account_id);

-- Browsers that are signed in. secret is the SHA-256 of what the cookie holds now, former that of
-- what it held before: whoever comes with it after former_until has stolen it, or was stolen from.
CREATE TABLE sessions (
    id           BLOB   NOT NULL PRIMARY KEY,
    account_id   BLOB   NOT NULL REFERENCES accounts (id),
    secret       BLOB   NOT NULL UNIQUE CHECK (length(secret) = 32),
    former       BLOB   UNIQUE CHECK (length(former) = 32),
    former_until BIGINT,
    created_at   BIGINT NOT NULL,
    renewed_at   BIGINT NOT NULL,
    seen_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    address      TEXT   NOT NULL,
    agent        TEXT   NOT NULL
);

CREATE INDEX sessions_of_account ON sessions (account_id, created_at);

CREATE INDEX sessions_by_end ON sessions (expires_at);

-- What programs come in with: a secret of which only the SHA-256 is here.
CREATE TABLE api_tokens (
    id         BLOB   NOT NULL PRIMARY KEY,
    account_id BLOB   NOT NULL REFERENCES accounts (id),
    name       TEXT   NOT NULL,
    name_key   TEXT   NOT NULL,
    secret     BLOB   NOT NULL UNIQUE CHECK (length(secret) = 32),
    scopes     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    seen_at    BIGINT,
    UNIQUE (account_id, name_key)
);

-- What players come in with. The key itself is made of its id and the studio's own secret, since
-- some players send only a hash of it.
CREATE TABLE app_keys (
    id         BLOB   NOT NULL PRIMARY KEY,
    account_id BLOB   NOT NULL REFERENCES accounts (id),
    name       TEXT   NOT NULL,
    name_key   TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT,
    UNIQUE (account_id, name_key)
);

-- Browsers that were sent to a provider of OpenID Connect and are not back yet.
CREATE TABLE sign_ins (
    state      BLOB   NOT NULL PRIMARY KEY CHECK (length(state) = 32),
    browser    BLOB   NOT NULL CHECK (length(browser) = 32),
    provider   TEXT   NOT NULL,
    nonce      TEXT   NOT NULL,
    verifier   TEXT   NOT NULL,
    return_to  TEXT   NOT NULL,
    account_id BLOB   REFERENCES accounts (id),
    expires_at BIGINT NOT NULL
) WITHOUT ROWID;

CREATE INDEX sign_ins_by_end ON sign_ins (expires_at);

-- Who changed what, when and from where. Rows are only added.
CREATE TABLE audit (
    id         BLOB   NOT NULL PRIMARY KEY,
    at         BIGINT NOT NULL,
    account_id BLOB,
    actor      TEXT   NOT NULL,
    way        TEXT   NOT NULL,
    address    TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    subject    TEXT   NOT NULL
);

CREATE INDEX audit_by_time ON audit (at, id);

CREATE INDEX audit_of_account ON audit (account_id, at, id);
