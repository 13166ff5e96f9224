-- Carriers, in the order in which calls may be given to them.
CREATE TABLE trunks (
    id          text PRIMARY KEY,
    -- Grows with each change of the row: what an ETag shows.
    version     bigint NOT NULL DEFAULT 1,
    name        text NOT NULL,
    enabled     boolean NOT NULL,
    host        text NOT NULL,
    port        integer NOT NULL CHECK (port BETWEEN 1 AND 65535),
    transport   text NOT NULL CHECK (transport IN ('udp')),
    username    text,
    -- Sealed by the installation's key, as is everything of type bytea here.
    password    bytea,
    from_user   text,
    caller_id   text CHECK (caller_id ~ '^\+[1-9][0-9]{6,14}$'),
    priority    integer NOT NULL CHECK (priority >= 0),
    max_calls   integer CHECK (max_calls > 0),
    -- What the numbers that it can carry begin with; none means all.
    prefixes    text[] NOT NULL,
    codecs      text[] NOT NULL CHECK (cardinality(codecs) > 0),
    latch_rtp   boolean NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CHECK ((username IS NULL) = (password IS NULL))
);
CREATE INDEX trunks_by_age ON trunks (created_at, id);
-- Whose turn it is among trunks of one priority. A sequence: two dials at once do not wait for one another.
CREATE SEQUENCE trunk_turns MINVALUE 0 START 0 CYCLE;

-- SIP users that register with the bridge.
CREATE TABLE extensions (
    id            text PRIMARY KEY,
    version       bigint NOT NULL DEFAULT 1,
    number        text NOT NULL UNIQUE CHECK (number ~ '^[0-9]{2,6}$'),
    display_name  text NOT NULL,
    realm         text NOT NULL,
    -- The hashes that digest authentication needs (RFC 8760): they are as good as the password in this realm.
    md5_ha1       bytea NOT NULL,
    sha256_ha1    bytea NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);
CREATE INDEX extensions_by_age ON extensions (created_at, id);

-- Digits belong to one: an extension or a virtual number.
CREATE FUNCTION refuse_taken_digits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.number, 2));
    IF (TG_TABLE_NAME = 'extensions' AND EXISTS (SELECT FROM numbers WHERE number = NEW.number))
        OR (TG_TABLE_NAME = 'numbers' AND EXISTS (SELECT FROM extensions WHERE number = NEW.number)) THEN
        RAISE EXCEPTION 'the digits are taken' USING ERRCODE = 'unique_violation', CONSTRAINT = 'short_number_once';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER short_number_once BEFORE INSERT OR UPDATE OF number ON extensions
    FOR EACH ROW EXECUTE FUNCTION refuse_taken_digits();
CREATE TRIGGER short_number_once BEFORE INSERT OR UPDATE OF number ON numbers
    FOR EACH ROW EXECUTE FUNCTION refuse_taken_digits();

-- Keys for links that are signed offline.
CREATE TABLE signing_keys (
    id          text PRIMARY KEY,
    name        text NOT NULL,
    secret      bytea NOT NULL,
    created_at  timestamptz NOT NULL,
    revoked_at  timestamptz
);
CREATE INDEX signing_keys_by_age ON signing_keys (created_at, id);

CREATE INDEX api_keys_by_age ON api_keys (created_at, id);

-- What the bridge is told has this version. Every change of it bumps it, in the same transaction, and waits for the one before:
-- versions become visible in their order.
CREATE TABLE bridge_setup (
    single   boolean PRIMARY KEY DEFAULT true CHECK (single),
    version  bigint NOT NULL
);
INSERT INTO bridge_setup (version) VALUES (1);
CREATE FUNCTION bump_setup_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bridge_setup SET version = version + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER setup_changed AFTER INSERT OR UPDATE OR DELETE ON trunks
    FOR EACH STATEMENT EXECUTE FUNCTION bump_setup_version();
CREATE TRIGGER setup_changed AFTER INSERT OR UPDATE OR DELETE ON extensions
    FOR EACH STATEMENT EXECUTE FUNCTION bump_setup_version();

-- Requests that carried an Idempotency-Key, kept for a day with their answers.
CREATE TABLE idempotent_requests (
    api_key      text NOT NULL REFERENCES api_keys ON DELETE CASCADE,
    key          text NOT NULL,
    -- SHA-256 over method, path and body: the same key for something else is a mistake of the caller's.
    fingerprint  bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    begun_at     timestamptz NOT NULL,
    -- NULL while the request is under way. Sealed: an answer may show a secret, once.
    answer       bytea,
    PRIMARY KEY (api_key, key)
);
CREATE INDEX idempotent_requests_by_age ON idempotent_requests (begun_at);
