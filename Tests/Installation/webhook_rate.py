"""How many webhooks an installation delivers in a second, to a receiver on this machine that answers 204 at once.

    cd Tests && python -m Installation.webhook_rate --events 20000 --receivers 1

The events are written into the outbox beforehand, four to a call; the time runs from the moment at which the endpoints are enabled until
the last result is in the database. Prints one JSON line. A figure, never a test.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import pathlib
import time

from .network import enter_own_network
from .processes import children
from .ringlink import Installation
from .site import Site

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Counting(asyncio.Protocol):
    """Answers each request as soon as it is whole, and counts it."""

    count = None
    connections = None

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""
        with Counting.connections.get_lock():
            Counting.connections.value += 1

    def data_received(self, data):
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].lower()
            at = head.find(b"content-length: ") + 16
            length = int(head[at : (head + b"\r").find(b"\r", at)])
            if len(self.buffer) < end + 4 + length:
                return
            self.buffer = self.buffer[end + 4 + length :]
            Counting.count.value += 1
            self.transport.write(ANSWER)


def serve(port, count, connections):
    Counting.count, Counting.connections = count, connections

    async def main():
        server = await asyncio.get_running_loop().create_server(Counting, "127.0.0.1", port, backlog=512)
        await server.serve_forever()

    asyncio.run(main())


def processor_seconds(pids):
    """What these processes have used of processors so far."""
    ticks = 0
    for pid in pids:
        try:
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def used(installation, servers):
    parts = installation.parts
    postgres = [parts["postgres"].pid] + [process.pid for process in children(parts["postgres"].pid)]
    return {
        "api": processor_seconds([parts["api"].pid]),
        "postgres": processor_seconds(postgres),
        "receivers": processor_seconds(server.pid for server in servers),
    }


def fill(installation, webhook, events):
    installation.rows(
        f"""
        WITH event AS (
            INSERT INTO webhook_events (id, type, subject, sequence, body, created_at)
            SELECT 'ev_' || substr(md5('{webhook}' || number), 1, 24), 'call.ended', 'ca_' || substr(md5('call' || number / 4), 1, 24), number % 4 + 1,
                   jsonb_build_object('id', number, 'filling', repeat('x', 900))::text, now()
              FROM generate_series(1, {events}) AS number RETURNING id, subject)
        INSERT INTO webhook_deliveries (endpoint, event, subject, due_at, created_at)
        SELECT '{webhook}', id, subject, now(), now() FROM event RETURNING 1
        """
    )


def measure(events, receivers):
    environment = {"RINGLINK_WEBHOOKS_ALLOW_TARGETS": "127.0.0.0/8", "RINGLINK_LOG": "warning"}
    installation = Installation("webhook-rate", environment)
    count, connections = multiprocessing.Value("q", 0), multiprocessing.Value("q", 0)
    servers = [multiprocessing.Process(target=serve, args=(31_000 + number, count, connections), daemon=True) for number in range(receivers)]
    try:
        for server in servers:
            server.start()
        installation.environment["RINGLINK_LOG"] = "info"
        installation.start()
        site = Site(installation)
        hooks = [site.api.create("webhooks", url=f"http://127.0.0.1:{31_000 + number}/", enabled=False)["id"] for number in range(receivers)]
        for webhook in hooks:
            fill(installation, webhook, events // receivers)
        installation.rows("ANALYZE webhook_deliveries, webhook_events; SELECT 1")
        before = used(installation, servers)
        began = time.monotonic()
        for webhook in hooks:
            site.api.change(f"webhooks/{webhook}", enabled=True)
        deadline = time.monotonic() + 600
        # Asked of the receivers first: the question itself costs the database something.
        while count.value < events // receivers * receivers:
            assert time.monotonic() < deadline, count.value
            time.sleep(0.02)
        while installation.rows("SELECT count(*) FROM webhook_deliveries WHERE state = 'delivered'") != [[str(events // receivers * receivers)]]:
            assert time.monotonic() < deadline, count.value
            time.sleep(0.05)
        seconds = time.monotonic() - began
        after = used(installation, servers)
        ((tries,),) = installation.rows("SELECT count(*) FROM webhook_attempts")
        return {
            "metric": "webhook_deliveries_per_s",
            "value": round(events / seconds),
            "events": events,
            "receivers": receivers,
            "seconds": round(seconds, 2),
            "requests": count.value,
            "attempts": int(tries),
            "connections": connections.value,
            # Milliseconds of one processor for each delivery: what the figure would be on another machine, or an idle one.
            "cpu_ms": {part: round((after[part] - before[part]) * 1_000 / events, 3) for part in after},
        }
    finally:
        installation.kill()
        installation.remove()
        for server in servers:
            server.kill()


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--events", type=int, default=20_000)
    options.add_argument("--receivers", type=int, default=1)
    given = options.parse_args()
    enter_own_network()
    print(json.dumps(measure(given.events, given.receivers)))
