-- What FraudGuard counts by and sums up stands in the call's row as well: nothing has to be given back after a crash.
ALTER TABLE calls
    -- ISO 3166, and the kind of line, as the numbering plan had them when it was dialled.
    ADD COLUMN guard_country     text,
    ADD COLUMN guard_type        text,
    -- Millionths of the currency's unit for a minute; NULL where nobody has said.
    ADD COLUMN minute_price      bigint CHECK (minute_price >= 0),
    -- Of its time, while it is up; afterwards only what it lasted counts.
    ADD COLUMN reserved_seconds  integer NOT NULL DEFAULT 0 CHECK (reserved_seconds >= 0),
    -- Domain.GuardRefusal, of the slice that it did not get: it is to be hung up.
    ADD COLUMN guard_cut         jsonb;
CREATE INDEX calls_placed_by_link ON calls (link, queued_at) WHERE command IS NOT NULL AND telephone AND link IS NOT NULL;

-- The seconds that a placed call takes of a day's: those that are reserved, or that it has lasted, if these are more.
CREATE FUNCTION taken_seconds(state text, reserved integer, talked integer, answered timestamptz, ended timestamptz, now timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$ SELECT CASE
        WHEN state = 'ended' AND answered IS NULL THEN 0
        WHEN state = 'ended' THEN greatest(talked, ceil(extract(epoch FROM ended - answered)))::bigint
        ELSE greatest(reserved, ceil(extract(epoch FROM now - answered)))::bigint END $$;

ALTER TABLE guard_rules
    ADD COLUMN version       bigint NOT NULL DEFAULT 1,
    ADD COLUMN link          text,
    ADD COLUMN trunk         text,
    -- Percent of the limit.
    ADD COLUMN warn_at       integer CHECK (warn_at BETWEEN 1 AND 99),
    -- Of a burst.
    ADD COLUMN seconds       integer CHECK (seconds > 0),
    ADD COLUMN lock_seconds  integer CHECK (lock_seconds > 0),
    -- Opening hours: minutes after midnight, and the days (mon, tue, …) on which they begin.
    ADD COLUMN opens         integer CHECK (opens BETWEEN 0 AND 1439),
    ADD COLUMN closes        integer CHECK (closes BETWEEN 1 AND 1440),
    ADD COLUMN weekdays      text[],
    -- Millionths of the currency's unit for a minute.
    ADD COLUMN price         bigint CHECK (price >= 0),
    -- Amounts of money are limits, too.
    ALTER COLUMN cap_limit TYPE bigint,
    DROP CONSTRAINT guard_rules_effect_check,
    DROP CONSTRAINT guard_rules_check,
    DROP CONSTRAINT guard_rules_check1,
    DROP CONSTRAINT guard_rules_check2,
    ADD CONSTRAINT guard_rules_effect_check CHECK (effect IN ('allow', 'block', 'cap', 'hours', 'cost')),
    ADD CONSTRAINT guard_rules_cap CHECK ((effect = 'cap') = (cap IS NOT NULL)),
    ADD CONSTRAINT guard_rules_cap_only
        CHECK (effect = 'cap' OR (cap_limit IS NULL AND warn_at IS NULL AND seconds IS NULL AND lock_seconds IS NULL)),
    ADD CONSTRAINT guard_rules_match
        CHECK (effect NOT IN ('allow', 'block') OR (link IS NULL AND trunk IS NULL AND num_nonnulls(prefix, country, type) > 0)),
    ADD CONSTRAINT guard_rules_hours
        CHECK (CASE WHEN effect = 'hours' THEN num_nulls(opens, closes, weekdays) = 0 ELSE num_nonnulls(opens, closes, weekdays) = 0 END),
    ADD CONSTRAINT guard_rules_cost
        CHECK (CASE WHEN effect = 'cost' THEN num_nulls(prefix, price) = 0 AND num_nonnulls(country, type, link) = 0 ELSE price IS NULL END);
-- A dial looks for the rules of its fifteen beginnings, and for those without one.
CREATE INDEX guard_rules_by_prefix ON guard_rules (prefix);

-- Links and trunks that a burst has locked.
CREATE TABLE guard_locks (
    id         text PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('link', 'trunk')),
    subject    text NOT NULL,
    -- So many dials within so many seconds, and one more.
    dials      integer NOT NULL,
    seconds    integer NOT NULL,
    locked_at  timestamptz NOT NULL,
    until      timestamptz NOT NULL,
    -- When an operator took it away.
    lifted_at  timestamptz
);
CREATE INDEX guard_locks_of_subject ON guard_locks (kind, subject, until);
CREATE INDEX guard_locks_by_age ON guard_locks (locked_at, id);

-- What was warned of: once for a cap, for whom or what it counts, and for the window that it counts in.
CREATE TABLE guard_warnings (
    cap      text NOT NULL,
    subject  text NOT NULL,
    since    timestamptz NOT NULL,
    told_at  timestamptz NOT NULL,
    PRIMARY KEY (cap, subject, since)
);
CREATE INDEX guard_warnings_by_age ON guard_warnings (told_at);

-- A rule as the program reads it.
CREATE VIEW guard_rule_documents AS
    SELECT id, version, effect, prefix, country, type, link, trunk, cap, cap_limit, warn_at, seconds, lock_seconds, opens, closes, weekdays, price,
           note, created_at AS created, milliseconds(created_at) AS created_at
      FROM guard_rules;
