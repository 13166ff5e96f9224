-- Which signatures an endpoint gets, and its Ed25519 keys: the private halves sealed, as the secrets are.
ALTER TABLE webhook_endpoints
    ADD COLUMN signature             text NOT NULL DEFAULT 'hmac' CHECK (signature IN ('hmac', 'ed25519', 'both')),
    ADD COLUMN signing_key           bytea,
    ADD COLUMN public_key            text,
    ADD COLUMN previous_signing_key  bytea,
    ADD COLUMN previous_public_key   text,
    ADD COLUMN disabled_at           timestamptz,
    ADD CHECK (signature = 'hmac' OR signing_key IS NOT NULL),
    ADD CHECK ((signing_key IS NULL) = (public_key IS NULL)),
    ADD CHECK ((previous_signing_key IS NULL) = (previous_public_key IS NULL));
UPDATE webhook_endpoints SET disabled_at = updated_at WHERE NOT enabled;
ALTER TABLE webhook_endpoints ADD CHECK (enabled = (disabled_at IS NULL));

-- How far the events of each subject are numbered. (A call counts in its own row.)
CREATE TABLE webhook_subjects (
    subject   text PRIMARY KEY,
    sequence  integer NOT NULL CHECK (sequence > 0),
    told_at   timestamptz NOT NULL
);
CREATE INDEX webhook_subjects_by_age ON webhook_subjects (told_at);

-- Also what is due at the same moment, such as a range that is sent again, is read in its order and no further than needed.
DROP INDEX webhook_deliveries_due;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint, due_at, position) WHERE state = 'pending';

-- What is under way is counted with every claim, however much waits.
CREATE INDEX webhook_deliveries_under_way ON webhook_deliveries (endpoint) WHERE state = 'pending' AND leased_until IS NOT NULL;

-- Rooms with somebody in them, and who that is, as it was told: by what the bridges report, in its order.
CREATE TABLE live_rooms (
    room        text PRIMARY KEY,
    started_at  timestamptz NOT NULL
);
CREATE TABLE room_presence (
    room         text NOT NULL REFERENCES live_rooms ON DELETE CASCADE,
    participant  text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('browser', 'phone')),
    name         text NOT NULL,
    joined_at    timestamptz NOT NULL,
    bridge       text NOT NULL,
    epoch        bigint NOT NULL,
    PRIMARY KEY (room, participant)
);
CREATE INDEX room_presence_at_bridge ON room_presence (bridge);
