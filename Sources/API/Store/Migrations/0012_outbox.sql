-- What waits is found by two orders: what is due, and what comes before it in its subject. By the word «pending» PostgreSQL could take
-- either index for either search, and while it thinks the table small, it may take the wrong one and read everything that waits. So each has a
-- word of its own, which mean the same by the table's check.
DROP INDEX webhook_deliveries_due;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint, due_at, position) WHERE finished_at IS NULL;
