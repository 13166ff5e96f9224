-- The schema of version 2 with rows in it, as pg_dump wrote it down. Never changed.
CREATE FUNCTION public.bump_setup_version() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE bridge_setup SET version = version + 1;
    RETURN NULL;
END
$$;

CREATE FUNCTION public.instant(milliseconds bigint) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT 'epoch'::timestamptz + milliseconds * interval '1 millisecond' $$;

CREATE FUNCTION public.milliseconds(instant timestamp with time zone) RETURNS bigint
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT round(extract(epoch FROM instant) * 1000)::bigint $$;

CREATE FUNCTION public.refuse_taken_digits() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(NEW.number, 2));
    IF (TG_TABLE_NAME = 'extensions' AND EXISTS (SELECT FROM numbers WHERE number = NEW.number))
        OR (TG_TABLE_NAME = 'numbers' AND EXISTS (SELECT FROM extensions WHERE number = NEW.number)) THEN
        RAISE EXCEPTION 'the digits are taken' USING ERRCODE = 'unique_violation', CONSTRAINT = 'short_number_once';
    END IF;
    RETURN NEW;
END
$$;

CREATE TABLE public.api_keys (
    id text NOT NULL,
    name text NOT NULL,
    hash bytea NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    CONSTRAINT api_keys_hash_check CHECK ((octet_length(hash) = 32))
);

CREATE TABLE public.attached_dials (
    load text NOT NULL,
    key text NOT NULL,
    call text NOT NULL,
    origin text NOT NULL,
    attached_at timestamp with time zone NOT NULL,
    CONSTRAINT attached_dials_origin_check CHECK ((origin = ANY (ARRAY['url'::text, 'user'::text])))
);

CREATE TABLE public.bridge_events_applied (
    bridge text NOT NULL,
    epoch bigint NOT NULL,
    stream text NOT NULL,
    sequence bigint NOT NULL,
    "position" bigint NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

CREATE TABLE public.bridge_events_parked (
    bridge text NOT NULL,
    epoch bigint NOT NULL,
    stream text NOT NULL,
    sequence bigint NOT NULL,
    event text NOT NULL,
    reason text NOT NULL,
    parked_at timestamp with time zone NOT NULL
);

CREATE TABLE public.bridge_setup (
    single boolean DEFAULT true NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT bridge_setup_single_check CHECK (single)
);

CREATE TABLE public.bridges (
    id text NOT NULL,
    epoch bigint NOT NULL,
    acknowledged bigint DEFAULT 0 NOT NULL,
    last_contact timestamp with time zone NOT NULL,
    CONSTRAINT bridges_acknowledged_check CHECK ((acknowledged >= 0))
);

CREATE TABLE public.call_events (
    id bigint NOT NULL,
    call text NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL,
    late boolean NOT NULL,
    bridge text,
    epoch bigint,
    sequence bigint,
    CONSTRAINT call_events_check CHECK ((((bridge IS NULL) = (epoch IS NULL)) AND ((bridge IS NULL) = (sequence IS NULL))))
);

ALTER TABLE public.call_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.call_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.calls (
    id text NOT NULL,
    room text NOT NULL,
    target text NOT NULL,
    trunk text,
    label text NOT NULL,
    state text NOT NULL,
    early_media boolean DEFAULT false NOT NULL,
    outcome text,
    reason_code text,
    reason_text text,
    ended_by text,
    sip_status integer,
    q850_cause integer,
    origin text NOT NULL,
    load text NOT NULL,
    key text NOT NULL,
    peer text NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    dialling_at timestamp with time zone,
    ringing_at timestamp with time zone,
    answered_at timestamp with time zone,
    ended_at timestamp with time zone,
    talk_seconds integer DEFAULT 0 NOT NULL,
    command jsonb,
    bridge text,
    epoch bigint,
    CONSTRAINT calls_check CHECK (((state = 'ended'::text) = (outcome IS NOT NULL))),
    CONSTRAINT calls_check1 CHECK (((state = 'ended'::text) = (ended_at IS NOT NULL))),
    CONSTRAINT calls_check2 CHECK (((state = 'ended'::text) = (ended_by IS NOT NULL))),
    CONSTRAINT calls_check3 CHECK (((reason_code IS NULL) = (reason_text IS NULL))),
    CONSTRAINT calls_check4 CHECK (((bridge IS NULL) = (epoch IS NULL))),
    CONSTRAINT calls_check5 CHECK (((command IS NOT NULL) OR (state = 'ended'::text))),
    CONSTRAINT calls_ended_by_check CHECK ((ended_by = ANY (ARRAY['user'::text, 'phone'::text, 'room_empty'::text, 'limit'::text, 'operator'::text, 'system'::text]))),
    CONSTRAINT calls_origin_check CHECK ((origin = ANY (ARRAY['url'::text, 'user'::text]))),
    CONSTRAINT calls_outcome_check CHECK ((outcome = ANY (ARRAY['completed'::text, 'busy'::text, 'no_answer'::text, 'declined'::text, 'unreachable'::text, 'invalid_number'::text, 'cancelled'::text, 'blocked'::text, 'trunk_unavailable'::text, 'failed'::text, 'internal_error'::text]))),
    CONSTRAINT calls_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'dialling'::text, 'ringing'::text, 'answered'::text, 'ended'::text]))),
    CONSTRAINT calls_talk_seconds_check CHECK ((talk_seconds >= 0))
);

CREATE VIEW public.call_snapshots AS
 SELECT calls.id,
    calls.room,
    calls.target,
    calls.trunk,
    calls.label,
    calls.state,
    calls.early_media,
    calls.outcome,
    calls.reason_code,
    calls.reason_text,
    calls.origin,
    calls.load,
    calls.key,
    public.milliseconds(calls.queued_at) AS queued_at,
    public.milliseconds(calls.expires_at) AS expires_at,
    public.milliseconds(calls.answered_at) AS answered_at,
    public.milliseconds(calls.ended_at) AS ended_at,
    calls.talk_seconds,
    calls.bridge,
    calls.epoch,
    calls.command
   FROM public.calls;

CREATE TABLE public.extensions (
    id text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    number text NOT NULL,
    display_name text NOT NULL,
    realm text NOT NULL,
    md5_ha1 bytea NOT NULL,
    sha256_ha1 bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT extensions_number_check CHECK ((number ~ '^[0-9]{2,6}$'::text))
);

CREATE TABLE public.idempotent_requests (
    api_key text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    answer bytea,
    CONSTRAINT idempotent_requests_fingerprint_check CHECK ((octet_length(fingerprint) = 32))
);

CREATE TABLE public.numbers (
    number text NOT NULL,
    label text NOT NULL,
    mode text NOT NULL,
    text text,
    language text,
    lead_silence_ms integer,
    loop boolean,
    max_seconds integer,
    public boolean NOT NULL,
    CONSTRAINT numbers_check CHECK (((mode = 'announce'::text) = (text IS NOT NULL))),
    CONSTRAINT numbers_check1 CHECK (((mode = 'announce'::text) = (language IS NOT NULL))),
    CONSTRAINT numbers_check2 CHECK (((mode = 'announce'::text) = (lead_silence_ms IS NOT NULL))),
    CONSTRAINT numbers_check3 CHECK (((mode = 'announce'::text) = (loop IS NOT NULL))),
    CONSTRAINT numbers_check4 CHECK (((mode = 'announce'::text) = (max_seconds IS NOT NULL))),
    CONSTRAINT numbers_lead_silence_ms_check CHECK ((lead_silence_ms >= 0)),
    CONSTRAINT numbers_max_seconds_check CHECK ((max_seconds > 0)),
    CONSTRAINT numbers_mode_check CHECK ((mode = ANY (ARRAY['echo'::text, 'announce'::text]))),
    CONSTRAINT numbers_number_check CHECK ((number ~ '^[0-9]{2,6}$'::text))
);

CREATE TABLE public.participants (
    peer text NOT NULL,
    room text NOT NULL,
    load text,
    joined_at timestamp with time zone NOT NULL,
    left_at timestamp with time zone,
    bridge text,
    epoch bigint,
    CONSTRAINT participants_check CHECK (((bridge IS NULL) = (epoch IS NULL)))
);

CREATE TABLE public.rooms (
    slug text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_used_at timestamp with time zone NOT NULL
);

CREATE TABLE public.schema_migrations (
    version integer NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone NOT NULL
);

CREATE TABLE public.signing_keys (
    id text NOT NULL,
    name text NOT NULL,
    secret bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone
);

CREATE SEQUENCE public.trunk_turns
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1
    CYCLE;

CREATE TABLE public.trunks (
    id text NOT NULL,
    version bigint DEFAULT 1 NOT NULL,
    name text NOT NULL,
    enabled boolean NOT NULL,
    host text NOT NULL,
    port integer NOT NULL,
    transport text NOT NULL,
    username text,
    password bytea,
    from_user text,
    caller_id text,
    priority integer NOT NULL,
    max_calls integer,
    prefixes text[] NOT NULL,
    codecs text[] NOT NULL,
    latch_rtp boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT trunks_caller_id_check CHECK ((caller_id ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT trunks_check CHECK (((username IS NULL) = (password IS NULL))),
    CONSTRAINT trunks_codecs_check CHECK ((cardinality(codecs) > 0)),
    CONSTRAINT trunks_max_calls_check CHECK ((max_calls > 0)),
    CONSTRAINT trunks_port_check CHECK (((port >= 1) AND (port <= 65535))),
    CONSTRAINT trunks_priority_check CHECK ((priority >= 0)),
    CONSTRAINT trunks_transport_check CHECK ((transport = 'udp'::text))
);

INSERT INTO public.api_keys VALUES ('ky_000000000001', 'first', '\xb7751b237d5fd1e81782747b42910e8738de6ddab27e1c77cb6cca672743d568', '{*}', '2026-01-01 00:00:00+00', NULL, NULL);

INSERT INTO public.attached_dials VALUES ('00000000000000000000000000000002', 'k9', 'ca_000000000000000000000001', 'user', '2026-01-01 10:00:30+00');

INSERT INTO public.bridge_events_applied VALUES ('bridge-1', 1, 'call:ca_000000000000000000000001', 1, 1, '2026-01-01 10:00:00+00');

INSERT INTO public.bridge_setup VALUES (true, 3);

INSERT INTO public.bridges VALUES ('bridge-1', 1, 7, '2026-01-01 11:00:00+00');

INSERT INTO public.call_events OVERRIDING SYSTEM VALUE VALUES (1, 'ca_000000000000000000000001', '2026-01-01 10:00:00+00', 'queued', '{}', false, NULL, NULL, NULL);
INSERT INTO public.call_events OVERRIDING SYSTEM VALUE VALUES (2, 'ca_000000000000000000000001', '2026-01-01 10:01:00+00', 'ended', '{}', false, NULL, NULL, NULL);

INSERT INTO public.calls VALUES ('ca_000000000000000000000001', 'released-1', '600', NULL, 'Echo test', 'ended', false, 'completed', NULL, NULL, 'user', NULL, NULL, 'url', '00000000000000000000000000000001', 'key-00001', 'pe_000000000000000000000001', '2026-01-01 10:00:00+00', '2026-01-01 10:00:15+00', NULL, NULL, '2026-01-01 10:00:01+00', '2026-01-01 10:01:00+00', 59, '{}', 'bridge-1', 1);
INSERT INTO public.calls VALUES ('ca_000000000000000000000002', 'released-1', '+493090182000', NULL, '+4930…000', 'ended', false, 'blocked', 'blocked', 'Not allowed.', 'system', NULL, NULL, 'user', '00000000000000000000000000000001', 'key-00002', 'pe_000000000000000000000001', '2026-01-01 10:02:00+00', '2026-01-01 10:02:15+00', NULL, NULL, NULL, '2026-01-01 10:02:00+00', 0, NULL, NULL, NULL);

INSERT INTO public.extensions VALUES ('ex_000000000002', 1, '612', 'Second', 'ringlink', '\x00', '\x00', '2026-02-01 00:00:00+00', '2026-02-01 00:00:00+00');

INSERT INTO public.idempotent_requests VALUES ('ky_000000000001', 'old', '\x2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881', '2026-02-01 00:00:00+00', '\x00');

INSERT INTO public.numbers VALUES ('600', 'Echo test', 'echo', NULL, NULL, NULL, NULL, NULL, true);
INSERT INTO public.numbers VALUES ('601', 'Announcement', 'announce', 'Hello, and welcome to Ringlink. You can hear this, so your sound works. To test your microphone as well, call six zero zero, and you will hear your own voice. Thank you for calling, and goodbye.', 'en', 500, false, 60, true);

INSERT INTO public.participants VALUES ('pe_000000000000000000000001', 'released-1', '00000000000000000000000000000001', '2026-01-01 10:00:00+00', '2026-01-01 11:00:00+00', 'bridge-1', 1);

INSERT INTO public.rooms VALUES ('released-1', '2026-01-01 00:00:00+00', '2026-01-02 00:00:00+00');

INSERT INTO public.schema_migrations VALUES (1, 'rooms_and_calls', 'e158666f147ed96f3df982e7b6de40e53875bb80ed46fa5408ad00b07d6b2bcb', '2026-11-23 20:58:18.345029+00');
INSERT INTO public.schema_migrations VALUES (2, 'trunks_extensions_keys', 'e239a39aa1c9de557965d3885250661cceb6249dfc20e69e8cbcaf3c74216e64', '2026-11-23 20:58:18.645042+00');

INSERT INTO public.signing_keys VALUES ('sk_000000000002', 'second', '\x00', '2026-02-01 00:00:00+00', NULL);

INSERT INTO public.trunks VALUES ('tr_000000000002', 1, 'Of the second', false, '192.0.2.1', 5060, 'udp', NULL, NULL, NULL, NULL, 10, NULL, '{+49}', '{PCMA,PCMU}', true, '2026-02-01 00:00:00+00', '2026-02-01 00:00:00+00');

SELECT pg_catalog.setval('public.call_events_id_seq', 2, true);

SELECT pg_catalog.setval('public.trunk_turns', 0, false);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_hash_key UNIQUE (hash);

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.attached_dials
    ADD CONSTRAINT attached_dials_pkey PRIMARY KEY (load, key);

ALTER TABLE ONLY public.bridge_events_applied
    ADD CONSTRAINT bridge_events_applied_pkey PRIMARY KEY (bridge, epoch, stream, sequence);

ALTER TABLE ONLY public.bridge_events_parked
    ADD CONSTRAINT bridge_events_parked_pkey PRIMARY KEY (bridge, epoch, stream, sequence);

ALTER TABLE ONLY public.bridge_setup
    ADD CONSTRAINT bridge_setup_pkey PRIMARY KEY (single);

ALTER TABLE ONLY public.bridges
    ADD CONSTRAINT bridges_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.call_events
    ADD CONSTRAINT call_events_call_bridge_epoch_sequence_key UNIQUE (call, bridge, epoch, sequence);

ALTER TABLE ONLY public.call_events
    ADD CONSTRAINT call_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_load_key_key UNIQUE (load, key);

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.extensions
    ADD CONSTRAINT extensions_number_key UNIQUE (number);

ALTER TABLE ONLY public.extensions
    ADD CONSTRAINT extensions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.idempotent_requests
    ADD CONSTRAINT idempotent_requests_pkey PRIMARY KEY (api_key, key);

ALTER TABLE ONLY public.numbers
    ADD CONSTRAINT numbers_pkey PRIMARY KEY (number);

ALTER TABLE ONLY public.participants
    ADD CONSTRAINT participants_pkey PRIMARY KEY (peer);

ALTER TABLE ONLY public.rooms
    ADD CONSTRAINT rooms_pkey PRIMARY KEY (slug);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.trunks
    ADD CONSTRAINT trunks_pkey PRIMARY KEY (id);

CREATE INDEX api_keys_by_age ON public.api_keys USING btree (created_at, id);

CREATE INDEX bridge_events_by_position ON public.bridge_events_applied USING btree (bridge, epoch, "position");

CREATE INDEX calls_fired ON public.calls USING btree (room, target, load) WHERE (origin = 'url'::text);

CREATE UNIQUE INDEX calls_link_once_per_load ON public.calls USING btree (load) WHERE (origin = 'url'::text);

CREATE INDEX calls_live ON public.calls USING btree (room) WHERE (state <> 'ended'::text);

CREATE INDEX calls_open_at_bridge ON public.calls USING btree (bridge) WHERE (state <> 'ended'::text);

CREATE INDEX calls_outcome ON public.calls USING btree (outcome) WHERE (outcome IS NOT NULL);

CREATE INDEX extensions_by_age ON public.extensions USING btree (created_at, id);

CREATE INDEX idempotent_requests_by_age ON public.idempotent_requests USING btree (begun_at);

CREATE INDEX participants_present ON public.participants USING btree (room) WHERE (left_at IS NULL);

CREATE INDEX signing_keys_by_age ON public.signing_keys USING btree (created_at, id);

CREATE INDEX trunks_by_age ON public.trunks USING btree (created_at, id);

CREATE TRIGGER setup_changed AFTER INSERT OR DELETE OR UPDATE ON public.extensions FOR EACH STATEMENT EXECUTE FUNCTION public.bump_setup_version();

CREATE TRIGGER setup_changed AFTER INSERT OR DELETE OR UPDATE ON public.trunks FOR EACH STATEMENT EXECUTE FUNCTION public.bump_setup_version();

CREATE TRIGGER short_number_once BEFORE INSERT OR UPDATE OF number ON public.extensions FOR EACH ROW EXECUTE FUNCTION public.refuse_taken_digits();

CREATE TRIGGER short_number_once BEFORE INSERT OR UPDATE OF number ON public.numbers FOR EACH ROW EXECUTE FUNCTION public.refuse_taken_digits();

ALTER TABLE ONLY public.attached_dials
    ADD CONSTRAINT attached_dials_call_fkey FOREIGN KEY (call) REFERENCES public.calls(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.call_events
    ADD CONSTRAINT call_events_call_fkey FOREIGN KEY (call) REFERENCES public.calls(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.calls
    ADD CONSTRAINT calls_room_fkey FOREIGN KEY (room) REFERENCES public.rooms(slug);

ALTER TABLE ONLY public.idempotent_requests
    ADD CONSTRAINT idempotent_requests_api_key_fkey FOREIGN KEY (api_key) REFERENCES public.api_keys(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.participants
    ADD CONSTRAINT participants_room_fkey FOREIGN KEY (room) REFERENCES public.rooms(slug);
