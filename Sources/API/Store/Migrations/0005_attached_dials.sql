-- How many wishes a live call has answered is counted before another one is written down.
CREATE INDEX attached_dials_call ON attached_dials (call, load);
