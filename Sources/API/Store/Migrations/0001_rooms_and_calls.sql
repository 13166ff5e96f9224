-- Times are timestamptz in the tables and milliseconds since 1970 UTC in the program; these two are the only passage.
-- Integer microseconds both ways: a time that was stored comes back as it was.
CREATE FUNCTION instant(milliseconds bigint) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT 'epoch'::timestamptz + milliseconds * interval '1 millisecond' $$;

CREATE FUNCTION milliseconds(instant timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT round(extract(epoch FROM instant) * 1000)::bigint $$;

-- The row is also the lock under which everything that concerns one room is decided.
CREATE TABLE rooms (
    slug          text PRIMARY KEY,
    created_at    timestamptz NOT NULL,
    last_used_at  timestamptz NOT NULL
);

-- Browsers. A phone in a room is its call.
CREATE TABLE participants (
    peer       text PRIMARY KEY,
    room       text NOT NULL REFERENCES rooms,
    load       text,
    joined_at  timestamptz NOT NULL,
    left_at    timestamptz,
    -- Which start of which bridge has confirmed the browser; NULL until one has.
    bridge     text,
    epoch      bigint,
    CHECK ((bridge IS NULL) = (epoch IS NULL))
);
CREATE INDEX participants_present ON participants (room) WHERE left_at IS NULL;

CREATE TABLE numbers (
    number           text PRIMARY KEY CHECK (number ~ '^[0-9]{2,6}$'),
    label            text NOT NULL,
    mode             text NOT NULL CHECK (mode IN ('echo', 'announce')),
    text             text,
    language         text,
    lead_silence_ms  integer CHECK (lead_silence_ms >= 0),
    loop             boolean,
    max_seconds      integer CHECK (max_seconds > 0),
    public           boolean NOT NULL,
    CHECK ((mode = 'announce') = (text IS NOT NULL)),
    CHECK ((mode = 'announce') = (language IS NOT NULL)),
    CHECK ((mode = 'announce') = (lead_silence_ms IS NOT NULL)),
    CHECK ((mode = 'announce') = (loop IS NOT NULL)),
    CHECK ((mode = 'announce') = (max_seconds IS NOT NULL))
);

INSERT INTO numbers (number, label, mode, text, language, lead_silence_ms, loop, max_seconds, public) VALUES
    ('600', 'Echo test', 'echo', NULL, NULL, NULL, NULL, NULL, true),
    ('601', 'Announcement', 'announce',
     'Hello, and welcome to Ringlink. You can hear this, so your sound works. To test your microphone as well, call six zero zero, '
     'and you will hear your own voice. Thank you for calling, and goodbye.',
     'en', 500, false, 60, true);

CREATE TABLE calls (
    id            text PRIMARY KEY,
    room          text NOT NULL REFERENCES rooms,
    target        text NOT NULL,
    trunk         text,
    label         text NOT NULL,
    state         text NOT NULL CHECK (state IN ('queued', 'dialling', 'ringing', 'answered', 'ended')),
    early_media   boolean NOT NULL DEFAULT false,
    outcome       text CHECK (outcome IN (
                      'completed', 'busy', 'no_answer', 'declined', 'unreachable', 'invalid_number', 'cancelled', 'blocked',
                      'trunk_unavailable', 'failed', 'internal_error')),
    reason_code   text,
    reason_text   text,
    ended_by      text CHECK (ended_by IN ('user', 'phone', 'room_empty', 'limit', 'operator', 'system')),
    sip_status    integer,
    q850_cause    integer,
    origin        text NOT NULL CHECK (origin IN ('url', 'user')),
    load          text NOT NULL,
    key           text NOT NULL,
    peer          text NOT NULL,
    queued_at     timestamptz NOT NULL,
    -- After this a queued call is not sent to a bridge any more.
    expires_at    timestamptz NOT NULL,
    dialling_at   timestamptz,
    ringing_at    timestamptz,
    answered_at   timestamptz,
    ended_at      timestamptz,
    talk_seconds  integer NOT NULL DEFAULT 0 CHECK (talk_seconds >= 0),
    -- What the bridge is told, as it was decided; NULL for a call that was refused.
    command       jsonb,
    -- Which start of which bridge it was given to.
    bridge        text,
    epoch         bigint,
    UNIQUE (load, key),
    CHECK ((state = 'ended') = (outcome IS NOT NULL)),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK ((state = 'ended') = (ended_by IS NOT NULL)),
    CHECK ((reason_code IS NULL) = (reason_text IS NULL)),
    CHECK ((bridge IS NULL) = (epoch IS NULL)),
    CHECK (command IS NOT NULL OR state = 'ended')
);
-- A link dials once per load of the page, whatever else is wrong.
CREATE UNIQUE INDEX calls_link_once_per_load ON calls (load) WHERE origin = 'url';
CREATE INDEX calls_live ON calls (room) WHERE state <> 'ended';
CREATE INDEX calls_open_at_bridge ON calls (bridge) WHERE state <> 'ended';
CREATE INDEX calls_fired ON calls (room, target, load) WHERE origin = 'url';
CREATE INDEX calls_outcome ON calls (outcome) WHERE outcome IS NOT NULL;

-- A wish that was answered with somebody else's live call: it must not dial when it is repeated after that call's end.
CREATE TABLE attached_dials (
    load         text NOT NULL,
    key          text NOT NULL,
    call         text NOT NULL REFERENCES calls ON DELETE CASCADE,
    origin       text NOT NULL CHECK (origin IN ('url', 'user')),
    attached_at  timestamptz NOT NULL,
    PRIMARY KEY (load, key)
);

-- The timeline of a call: what the bridge reported and what was decided here, late reports too.
CREATE TABLE call_events (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    call      text NOT NULL REFERENCES calls ON DELETE CASCADE,
    at        timestamptz NOT NULL,
    kind      text NOT NULL,
    detail    jsonb NOT NULL DEFAULT '{}',
    -- It came after the outcome, and changed nothing.
    late      boolean NOT NULL,
    -- Set for what a bridge reported.
    bridge    text,
    epoch     bigint,
    sequence  bigint,
    CHECK ((bridge IS NULL) = (epoch IS NULL) AND (bridge IS NULL) = (sequence IS NULL)),
    UNIQUE (call, bridge, epoch, sequence)
);

-- Every bridge that was ever met, in its present epoch. An epoch is an unsigned number, kept by its bits.
CREATE TABLE bridges (
    id            text PRIMARY KEY,
    epoch         bigint NOT NULL,
    -- Every event of the epoch up to this position is applied.
    acknowledged  bigint NOT NULL DEFAULT 0 CHECK (acknowledged >= 0),
    last_contact  timestamptz NOT NULL
);

-- What was applied, by the name of the event; kept for as long as the bridge could send it again.
CREATE TABLE bridge_events_applied (
    bridge      text NOT NULL,
    epoch       bigint NOT NULL,
    stream      text NOT NULL,
    sequence    bigint NOT NULL,
    position    bigint NOT NULL,
    applied_at  timestamptz NOT NULL,
    PRIMARY KEY (bridge, epoch, stream, sequence)
);
CREATE INDEX bridge_events_by_position ON bridge_events_applied (bridge, epoch, position);

-- Events that could not be applied: set aside for the operator, so that those behind them are not held up.
CREATE TABLE bridge_events_parked (
    bridge     text NOT NULL,
    epoch      bigint NOT NULL,
    stream     text NOT NULL,
    sequence   bigint NOT NULL,
    event      text NOT NULL,
    reason     text NOT NULL,
    parked_at  timestamptz NOT NULL,
    PRIMARY KEY (bridge, epoch, stream, sequence)
);

CREATE TABLE api_keys (
    id          text PRIMARY KEY,
    name        text NOT NULL,
    -- SHA-256 of the secret: 128 random bits need no slow hash.
    hash        bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    scopes      text[] NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    revoked_at  timestamptz
);

-- A call as the program reads it.
CREATE VIEW call_snapshots AS
    SELECT id, room, target, trunk, label, state, early_media, outcome, reason_code, reason_text, origin, load, key,
           milliseconds(queued_at) AS queued_at, milliseconds(expires_at) AS expires_at,
           milliseconds(answered_at) AS answered_at, milliseconds(ended_at) AS ended_at,
           talk_seconds, bridge, epoch, command
      FROM calls;
