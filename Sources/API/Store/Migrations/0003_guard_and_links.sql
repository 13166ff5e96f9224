-- What FraudGuard counts is the calls themselves: a call that has a command was placed, one without was refused.
ALTER TABLE calls
    -- Where the dial came from; empty for one that no browser asked for.
    ADD COLUMN client           text NOT NULL DEFAULT '',
    -- The address and the network that it counts under.
    ADD COLUMN counted_address  text NOT NULL DEFAULT '',
    ADD COLUMN counted_network  text NOT NULL DEFAULT '',
    -- The trunk that it counts under: the first that may carry it.
    ADD COLUMN carrier          text,
    ADD COLUMN telephone        boolean NOT NULL DEFAULT false,
    ADD COLUMN link             text,
    ADD COLUMN hides_number     boolean NOT NULL DEFAULT false,
    -- Domain.GuardRefusal, as the outside reads it.
    ADD COLUMN refusal          jsonb,
    ADD CHECK (refusal IS NULL OR command IS NULL);
CREATE INDEX calls_placed_by_address ON calls (counted_address, telephone, queued_at) WHERE command IS NOT NULL;
CREATE INDEX calls_placed_by_network ON calls (counted_network, telephone, queued_at) WHERE command IS NOT NULL;
CREATE INDEX calls_placed_to_number ON calls (target, queued_at) WHERE command IS NOT NULL AND telephone;
CREATE INDEX calls_placed_by_carrier ON calls (carrier, queued_at) WHERE command IS NOT NULL AND telephone;
CREATE INDEX calls_placed ON calls (queued_at) WHERE command IS NOT NULL AND telephone;
CREATE INDEX calls_up ON calls (telephone) WHERE state <> 'ended';
CREATE INDEX calls_refused_by_address ON calls (counted_address, queued_at) WHERE command IS NULL;
CREATE INDEX calls_refused ON calls (queued_at) WHERE command IS NULL;
CREATE INDEX calls_by_link ON calls (link) WHERE link IS NOT NULL;
CREATE INDEX calls_by_age ON calls (queued_at, id);

CREATE TABLE guard_rules (
    id          text PRIMARY KEY,
    effect      text NOT NULL CHECK (effect IN ('allow', 'block', 'cap')),
    prefix      text CHECK (prefix ~ '^\+[1-9][0-9]{0,14}$'),
    country     text CHECK (country ~ '^[A-Z]{2}$'),
    type        text,
    cap         text,
    -- NULL takes the cap away.
    cap_limit   integer CHECK (cap_limit >= 0),
    note        text,
    created_at  timestamptz NOT NULL,
    CHECK ((effect = 'cap') = (cap IS NOT NULL)),
    CHECK (effect = 'cap' OR cap_limit IS NULL),
    CHECK ((effect = 'cap') = (prefix IS NULL AND country IS NULL AND type IS NULL))
);
CREATE INDEX guard_rules_by_age ON guard_rules (created_at, id);

-- Refused dials beyond those that get a row of their own: one row for an address, a rule and a minute, however many they were.
CREATE TABLE guard_refusals (
    address     text NOT NULL,
    rule        text NOT NULL,
    minute      timestamptz NOT NULL,
    count       bigint NOT NULL,
    refusal     jsonb,
    last_at     timestamptz NOT NULL,
    PRIMARY KEY (address, rule, minute)
);
CREATE INDEX guard_refusals_by_age ON guard_refusals (minute, address, rule);

-- Minted links, and those that were signed elsewhere from the moment they are first seen.
CREATE TABLE links (
    id            text PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('random', 'signed')),
    -- Minted here; otherwise only its id is known, for revocation and counts.
    minted        boolean NOT NULL,
    room          text NOT NULL,
    -- The address of a link that hides its number.
    slug          text UNIQUE,
    -- The canonical query; NULL for a link that hides its number.
    query         text,
    name          text,
    target        text,
    trunk         text,
    camera        boolean NOT NULL DEFAULT true,
    signing_key   text,
    not_before    timestamptz,
    expires_at    timestamptz,
    max_uses      integer CHECK (max_uses > 0),
    max_seconds   integer CHECK (max_seconds > 0),
    -- Beginnings of further numbers that may be dialled in its room.
    destinations  text[] NOT NULL DEFAULT '{}',
    note          text,
    opened        bigint NOT NULL DEFAULT 0,
    created_at    timestamptz NOT NULL,
    revoked_at    timestamptz,
    CHECK ((kind = 'signed') = (signing_key IS NOT NULL)),
    CHECK (slug IS NULL OR query IS NULL)
);
-- The random room is what a random link is known by.
CREATE UNIQUE INDEX links_by_room ON links (room) WHERE kind = 'random';
CREATE INDEX links_by_age ON links (created_at, id);

DROP VIEW call_snapshots;
-- A call as the program reads it.
CREATE VIEW call_snapshots AS
    SELECT id, room, target, trunk, label, state, early_media, outcome, reason_code, reason_text, origin, load, key,
           milliseconds(queued_at) AS queued_at, milliseconds(expires_at) AS expires_at,
           milliseconds(answered_at) AS answered_at, milliseconds(ended_at) AS ended_at,
           talk_seconds, bridge, epoch, command, refusal, link, hides_number
      FROM calls;

-- What FraudGuard decided: a line for each call, and one for each heap of refusals that got no call.
CREATE VIEW guard_decisions AS
    SELECT queued_at AS at, id, id AS call, room, target, counted_address AS address, link, command IS NOT NULL AS allowed,
           1::bigint AS count, refusal, outcome, reason_text
      FROM calls
    UNION ALL
    SELECT minute, 'heap:' || rule || ':' || address, NULL, NULL, NULL, address, NULL, false, count, refusal, NULL, NULL
      FROM guard_refusals;

-- A link as the program reads it, with what came of it.
CREATE VIEW link_documents AS
    SELECT id, kind, minted, room, query, name, target, trunk, signing_key, milliseconds(not_before) AS not_before,
           milliseconds(expires_at) AS expires_at, max_uses, max_seconds, destinations, note, created_at AS created,
           milliseconds(created_at) AS created_at, milliseconds(revoked_at) AS revoked_at, opened,
           (SELECT count(*) FROM calls WHERE calls.link = links.id AND command IS NOT NULL) AS dialled,
           (SELECT count(*) FROM calls WHERE calls.link = links.id AND answered_at IS NOT NULL) AS answered
      FROM links;
