-- The events of a call are numbered without gaps; the state that was last told says whether there is something to tell.
ALTER TABLE calls
    ADD COLUMN event_sequence   integer NOT NULL DEFAULT 0 CHECK (event_sequence >= 0),
    ADD COLUMN published_state  text;
-- Nobody was told of what is past, and nobody will be.
UPDATE calls SET published_state = state;

-- Who is told of what happens.
CREATE TABLE webhook_endpoints (
    id               text PRIMARY KEY,
    version          bigint NOT NULL DEFAULT 1,
    url              text NOT NULL,
    description      text NOT NULL,
    -- The types that it wants; NULL for all, also those to come.
    events           text[] CHECK (cardinality(events) > 0),
    enabled          boolean NOT NULL,
    disabled_reason  text CHECK (disabled_reason IN ('operator', 'gone', 'failing')),
    -- Sealed by the installation's key, as is the one before it, which also signs until its time is over.
    secret           bytea NOT NULL,
    previous_secret  bytea,
    previous_until   timestamptz,
    -- Since when nothing has succeeded; NULL while all is well.
    failing_since    timestamptz,
    -- It said that it is overloaded: until then it gets nothing.
    paused_until     timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CHECK (enabled = (disabled_reason IS NULL)),
    CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
);
CREATE INDEX webhook_endpoints_by_age ON webhook_endpoints (created_at, id);

-- What happened, as it is sent: written in the transaction in which it happened, and only if somebody wants to know.
CREATE TABLE webhook_events (
    id          text PRIMARY KEY,
    type        text NOT NULL,
    -- Within one subject (a call), events are sent in their order.
    subject     text NOT NULL,
    sequence    integer NOT NULL,
    body        text NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX webhook_events_by_age ON webhook_events (created_at);

-- The outbox: one row for each event and endpoint.
CREATE TABLE webhook_deliveries (
    position      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint      text NOT NULL REFERENCES webhook_endpoints ON DELETE CASCADE,
    event         text NOT NULL REFERENCES webhook_events ON DELETE CASCADE,
    subject       text NOT NULL,
    state         text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
    -- Each claim counts, so the number also tells one claim from the next.
    tries         integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    due_at        timestamptz NOT NULL,
    -- Who has claimed it has until then; afterwards anybody may.
    leased_until  timestamptz,
    -- While it is pending it holds back the later ones of its subject, after its first failure only until then.
    holds_until   timestamptz NOT NULL DEFAULT 'infinity',
    created_at    timestamptz NOT NULL,
    finished_at   timestamptz,
    UNIQUE (endpoint, event),
    CHECK ((state = 'pending') = (finished_at IS NULL))
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint, due_at) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_in_order ON webhook_deliveries (endpoint, subject, position) WHERE state = 'pending';
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (event);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (endpoint, created_at, event);

-- The log of tries.
CREATE TABLE webhook_attempts (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    delivery      bigint NOT NULL REFERENCES webhook_deliveries ON DELETE CASCADE,
    at            timestamptz NOT NULL,
    milliseconds  integer NOT NULL,
    status        integer,
    failure       text,
    -- The beginning of what was answered, for who looks for a fault.
    answer        text NOT NULL,
    CHECK ((status IS NULL) <> (failure IS NULL))
);
CREATE INDEX webhook_attempts_of_delivery ON webhook_attempts (delivery, id);
