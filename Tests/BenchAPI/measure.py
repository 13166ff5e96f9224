#!/usr/bin/env python3
"""Measures the REST API and the webhooks of a running installation. `scripts/bench api` starts one, calls this, and stops it."""

import argparse
import base64
import os
import statistics
import time

from figures import Report
from installation import Installation
from receiver import Receiver

STORED_CALLS = 1_000_000
#: Connections at once, as the aim for minting has it.
CONNECTIONS = 16

# What a mint is to the database: the same row, one statement, a transaction by itself.
MINT = """\\set a random(0, 9223372036854775806)
INSERT INTO links (id, kind, minted, room, query, target, camera, destinations, created_at)
VALUES ('ln_' || left(md5(:a::bigint::text), 12), 'random', true, 'r-' || md5((:a::bigint + 1)::text), 'room=r-' || md5((:a::bigint + 1)::text) || '&dial=%2B4930', '+4930', false, '{}', now())
ON CONFLICT DO NOTHING;
"""

STORE_CALLS = """
INSERT INTO rooms (slug, created_at, last_used_at)
SELECT 'bench-' || n, now(), now() FROM generate_series(0, 9999) n ON CONFLICT DO NOTHING;
INSERT INTO calls (id, room, target, label, state, outcome, reason_code, reason_text, ended_by, origin, load, key, peer, queued_at, expires_at,
                   ended_at, talk_seconds, telephone, command, published_state)
SELECT 'ca_' || lpad(to_hex(n), 24, '0'), 'bench-' || n % 10000, '+4930' || 2000000 + n % 900000, '+49 30 … ' || n % 100, 'ended',
       (ARRAY['completed', 'busy', 'no_answer', 'failed'])[1 + n % 4], NULL, NULL, 'phone', 'user', md5('load' || n), 'key-' || lpad(n::text, 8, '0'), 'pe_' || lpad(to_hex(n), 24, '0'),
       now() - interval '300 days' + n * interval '25 seconds', now(), now() - interval '300 days' + n * interval '25 seconds' + interval '1 minute',
       n % 600, true, '{}', 'ended'
  FROM generate_series(1, {stored}) n;
ANALYZE calls;
"""


class Measurement:
    def __init__(self, installation, report, quick):
        self.site = installation
        self.report = report
        self.seconds = 3 if quick else 10
        self.rounds = 1 if quick else 3
        self.quick = quick

    def mint(self):
        rates, floors, delays = [], [], []
        for _ in range(self.rounds):
            counted = self.site.wrk(self.seconds, CONNECTIONS, "POST", "/v1/links", {"dial": "+4930{n}"})
            rates.append(counted["rate"])
            delays.append(counted["p99_ms"])
            floors.append(self.site.pgbench(self.seconds, CONNECTIONS, MINT))
        how = f"{CONNECTIONS} connections, {self.rounds} rounds of {self.seconds} s in turn, median"
        rate, floor = statistics.median(rates), statistics.median(floors)
        self.report.add("mint_per_s", rate, "1/s", how)
        self.report.add("mint_p99_ms", statistics.median(delays), "ms", how)
        self.report.add("mint_pgbench_per_s", floor, "1/s", how + "; the same rows by pgbench over the unix socket, one prepared INSERT each")
        self.report.add("mint_vs_pgbench_ratio", rate / floor, "", how, at_least=0.6)

    def page(self):
        stored = STORED_CALLS // (10 if self.quick else 1)
        self.site.sql(STORE_CALLS.replace("{stored}", str(stored)))
        # Pages from all over the list: the cursor is the place of an entry.
        places = self.site.sql(
            "SELECT (extract(epoch FROM queued_at) * 1000)::bigint, id FROM calls TABLESAMPLE SYSTEM (1) WHERE room LIKE 'bench-%' LIMIT 5000;")
        cursors = f"/tmp/ringlink-bench-cursors-{os.getpid()}"
        with open(cursors, "w") as file:
            for at, call in places:
                file.write(base64.urlsafe_b64encode(f"{at} {call}".encode()).decode().rstrip("=") + "\n")
        try:
            counted = self.site.wrk(self.seconds, 8, "GET", "/v1/calls?limit=50&after={cursor}", cursors=cursors)
        finally:
            os.remove(cursors)
        how = f"8 connections, {counted['requests']} pages of 50 at random places among {stored} calls"
        self.report.add("calls_page_p99_ms", counted["p99_ms"], "ms", how, at_most=20)
        self.report.add("calls_page_p50_ms", counted["p50_ms"], "ms", how)
        self.report.add("calls_pages_per_s", counted["rate"], "1/s", how)

    def check(self):
        counted = self.site.wrk(self.seconds, 8, "POST", "/v1/guard/check", {"number": "+4930{n}"})
        how = f"8 connections, {counted['requests']} checks"
        self.report.add("guard_check_p99_ms", counted["p99_ms"], "ms", how, at_most=20)
        self.report.add("guard_check_per_s", counted["rate"], "1/s", how)

    def decision(self):
        self.site.ask("POST", "/v1/guard/rules", {"kind": "cap", "cap": "refusals_per_minute", "limit": 1000})
        self.site.ask("POST", "/v1/guard/rules", {"kind": "block", "prefix": "+4930"})
        counted = self.site.wrk(self.seconds, 8, "POST", "/v1/calls", {"room": "bench-{n}", "number": "+4930{n}"}, accepted=403)
        how = f"8 connections, {counted['requests']} dials in rooms of their own, decided by the blocklist"
        self.report.add("dial_decision_p99_ms", counted["p99_ms"], "ms", how)
        self.report.add("dial_decisions_per_s", counted["rate"], "1/s", how)

    def webhooks(self):
        wanted = 5_000 if self.quick else 30_000
        with Receiver() as receiver:
            endpoint = self.site.ask("POST", "/v1/webhooks", {"url": receiver.url})["id"]
            # As the outbox holds them: each call's events are one subject, sent in their order.
            self.site.sql(f"""
                BEGIN;
                INSERT INTO webhook_events (id, type, subject, sequence, body, created_at)
                SELECT 'ev_' || lpad(to_hex(n), 24, '0'), 'call.ended', 'call:bench-' || n / 5, n % 5 + 1,
                       '{{"type":"call.ended","data":{{"filling":"' || repeat('x', 900) || '"}}}}', now() FROM generate_series(1, {wanted}) n;
                INSERT INTO webhook_deliveries (endpoint, event, subject, due_at, created_at)
                SELECT '{endpoint}', 'ev_' || lpad(to_hex(n), 24, '0'), 'call:bench-' || n / 5, now(), now() FROM generate_series(1, {wanted}) n;
                COMMIT;""")
            began = time.monotonic()
            while receiver.count < wanted and time.monotonic() - began < 120:
                time.sleep(0.05)
            count, seconds = receiver.count, (receiver.last or time.monotonic()) - began
            self.site.ask("DELETE", f"/v1/webhooks/{endpoint}")
        if count < wanted:
            raise RuntimeError(f"only {count} of {wanted} deliveries came within 120 s")
        self.report.add("webhook_deliveries_per_s", count / seconds, "1/s", f"{count} events of 1 kB, five to a call, to one receiver on loopback", at_least=1000)

    def memory(self):
        wanted = 20_000 if self.quick else 200_000
        done = self._ask_around(wanted // 10)
        before = self.site.resident_kilobytes
        done = 0
        while done < wanted:
            done += self._ask_around(wanted - done)
        grown = (self.site.resident_kilobytes - before) / 1024
        self.report.add("api_rss_growth_mb", grown, "MB", f"over {done} requests (mint, check, list), after {wanted // 10} to warm up", at_most=10)

    def _ask_around(self, least):
        """At least so many requests of each kind in turn; how many they were."""
        done = 0
        kinds = [("POST", "/v1/links", {"dial": "+4930{n}"}), ("POST", "/v1/guard/check", {"number": "+4930{n}"}), ("GET", "/v1/links?limit=10", None)]
        for method, path, body in kinds:
            done += self.site.wrk(2, CONNECTIONS, method, path, body)["requests"]
        return done


PARTS = ["mint", "check", "memory", "webhooks", "page", "decision"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--origin", required=True)
    parser.add_argument("--database-folder", required=True)
    parser.add_argument("--api-pid", type=int, required=True)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", action="append", choices=PARTS)
    options = parser.parse_args()
    site = Installation(options.origin, os.environ["RINGLINK_BENCH_KEY"], options.database_folder, options.api_pid)
    report = Report(options.json)
    measurement = Measurement(site, report, options.quick)
    for part in options.only or PARTS:
        report.take(part, getattr(measurement, part))


if __name__ == "__main__":
    main()
