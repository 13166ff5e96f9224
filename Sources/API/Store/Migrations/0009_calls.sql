-- Calls that a program starts by REST: no browser asks for them.
ALTER TABLE calls
    DROP CONSTRAINT calls_origin_check,
    ADD CONSTRAINT calls_origin_check CHECK (origin IN ('url', 'user', 'api')),
    ALTER COLUMN peer DROP NOT NULL,
    -- Domain.CallQuality, of a call that was answered by a telephone.
    ADD COLUMN quality jsonb;
ALTER TABLE attached_dials
    DROP CONSTRAINT attached_dials_origin_check,
    ADD CONSTRAINT attached_dials_origin_check CHECK (origin IN ('url', 'user', 'api'));

-- Lists of calls, newest first, by each of what they may be asked for.
DROP INDEX calls_outcome;
DROP INDEX calls_by_link;
CREATE INDEX calls_by_outcome ON calls (outcome, queued_at, id) WHERE outcome IS NOT NULL;
CREATE INDEX calls_by_state ON calls (state, queued_at, id) WHERE state <> 'ended';
CREATE INDEX calls_by_number ON calls (target, queued_at, id);
CREATE INDEX calls_by_carrier ON calls (carrier, queued_at, id) WHERE carrier IS NOT NULL;
CREATE INDEX calls_by_link ON calls (link, queued_at, id) WHERE link IS NOT NULL;
CREATE INDEX calls_by_room ON calls (room, queued_at, id);

-- Virtual numbers are things of their own, and may lead to an extension.
ALTER TABLE numbers
    DROP CONSTRAINT numbers_mode_check,
    ADD CONSTRAINT numbers_mode_check CHECK (mode IN ('echo', 'announce', 'extension')),
    ADD COLUMN extension text CHECK (extension ~ '^[0-9]{2,6}$'),
    ADD CHECK ((mode = 'extension') = (extension IS NOT NULL)),
    ADD COLUMN id text UNIQUE,
    ADD COLUMN version bigint NOT NULL DEFAULT 1,
    ADD COLUMN created_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now();
-- Those that the first migration brought.
UPDATE numbers SET id = 'vn_' || lpad(number, 12, '0'), created_at = date_trunc('milliseconds', created_at),
                   updated_at = date_trunc('milliseconds', updated_at);
ALTER TABLE numbers ALTER COLUMN id SET NOT NULL, ALTER COLUMN created_at DROP DEFAULT, ALTER COLUMN updated_at DROP DEFAULT;
CREATE INDEX numbers_by_age ON numbers (created_at, id);

-- An API key that is rotated has two secrets for a while.
ALTER TABLE api_keys
    ADD COLUMN previous_hash   bytea UNIQUE CHECK (octet_length(previous_hash) = 32),
    ADD COLUMN previous_until  timestamptz,
    ADD COLUMN rotated_at      timestamptz,
    -- To the minute.
    ADD COLUMN last_used_at    timestamptz,
    ADD CHECK ((previous_hash IS NULL) = (previous_until IS NULL));
