-- A trunk carries calls from several numbers; the first is shown unless the link brings its own.
ALTER TABLE trunks
    ADD COLUMN caller_ids         text[] NOT NULL DEFAULT '{}',
    ADD COLUMN max_calls_out      integer CHECK (max_calls_out > 0),
    ADD COLUMN calls_per_second   integer CHECK (calls_per_second > 0),
    -- How it wants numbers to be dialled: rules of match, strip and prepend, of which the first that fits counts.
    ADD COLUMN rewrite            jsonb NOT NULL DEFAULT '{"rules": []}',
    -- Seconds between two OPTIONS; NULL: it is not asked.
    ADD COLUMN options_interval   integer DEFAULT 30 CHECK (options_interval > 0);
UPDATE trunks SET caller_ids = ARRAY[caller_id] WHERE caller_id IS NOT NULL;
ALTER TABLE trunks DROP COLUMN caller_id;

-- Whether each bridge can reach each trunk: what it has told last.
CREATE TABLE trunk_health (
    trunk     text NOT NULL REFERENCES trunks ON DELETE CASCADE,
    bridge    text NOT NULL,
    state     text NOT NULL CHECK (state IN ('up', 'down', 'unknown')),
    since     timestamptz NOT NULL,
    -- What the OPTIONS came to that has shown it; NULL while nothing is known.
    "check"   jsonb,
    -- Events that were told of it.
    sequence  integer NOT NULL CHECK (sequence >= 0),
    PRIMARY KEY (trunk, bridge)
);
