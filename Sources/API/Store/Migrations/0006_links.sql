ALTER TABLE links
    -- Counts what is changed on purpose, not what comes of the link.
    ADD COLUMN version         bigint NOT NULL DEFAULT 1,
    ADD COLUMN role            text,
    -- E.164, shown to the phone that is called in the place of the trunk's.
    ADD COLUMN caller_id       text,
    ADD COLUMN last_opened_at  timestamptz,
    -- The number of a link that hides it stands nowhere else.
    ADD CHECK (slug IS NULL OR target IS NOT NULL);

ALTER TABLE signing_keys
    ADD COLUMN successor   text,
    -- The end of the overlap: from then on only the successor opens links.
    ADD COLUMN retires_at  timestamptz,
    ADD CHECK ((successor IS NULL) = (retires_at IS NULL));

DROP VIEW link_documents;
-- A link as the program reads it, with what came of it.
CREATE VIEW link_documents AS
    SELECT id, version, kind, minted, room, slug, query, name, target, trunk, camera, role, signing_key, caller_id,
           milliseconds(not_before) AS not_before, milliseconds(expires_at) AS expires_at, max_uses, max_seconds, destinations, note,
           created_at AS created, milliseconds(created_at) AS created_at, milliseconds(revoked_at) AS revoked_at, opened,
           milliseconds(last_opened_at) AS last_opened_at,
           (SELECT count(*) FROM calls WHERE calls.link = links.id AND command IS NOT NULL) AS dialled,
           (SELECT count(*) FROM calls WHERE calls.link = links.id AND answered_at IS NOT NULL) AS answered
      FROM links;
