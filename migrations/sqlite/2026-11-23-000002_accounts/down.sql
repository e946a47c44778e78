DROP TABLE audit;
DROP TABLE sign_ins;
DROP TABLE app_keys;
DROP TABLE api_tokens;
DROP TABLE sessions;
DROP TABLE identities;
DROP TABLE accounts;
