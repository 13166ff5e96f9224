"""The installation that is measured, from the outside: its addresses, its processes, its database."""

import json
import os
import subprocess
import tempfile
import urllib.request
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


class Installation:
    def __init__(self, origin, key, database, api):
        self.origin = origin
        self.key = key
        #: Where the socket of its private cluster lies.
        self.database = database
        #: The API's process id.
        self.api = api
        # The cluster asks the kernel who connects, and lets in its owner alone.
        owner = os.stat(database)
        self._owner = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.origin + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.loads(answer.read() or "null")

    def wrk(self, seconds, connections, method, path, body=None, cursors=None, accepted=0):
        """What `wrk` counted of requests of this form over that many connections. `accepted` is a status beyond those of success that is as it should be."""
        environment = os.environ | {"RINGLINK_BENCH_KEY": self.key, "ACCEPTED": str(accepted)} | ({"CURSORS": cursors} if cursors else {})
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(FOLDER / "wrk.lua"), self.origin, "--"]
        run = subprocess.run(
            [*command, method, path, *([json.dumps(body)] if body is not None else [])], env=environment, capture_output=True, text=True, check=True)
        counted = json.loads(run.stdout.strip().splitlines()[-1])
        counted["rate"] = counted["requests"] / counted["seconds"]
        if counted["refused"] or counted["errors"]:
            raise RuntimeError(f"{counted['refused']} of {counted['requests']} requests were refused, {counted['errors']} failed")
        return counted

    def sql(self, text):
        """Rows of one statement, each a list of texts."""
        command = ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", self.database, "-d", "postgres"]
        return [line.split("\t") for line in self._printed(command, text).splitlines()]

    def pgbench(self, seconds, connections, script):
        """Transactions a second of this statement, on the same cluster."""
        program = next(Path("/usr/lib/postgresql").glob("*/bin/pgbench"))
        command = [str(program), "-n", "-M", "prepared", "-c", str(connections), "-j", "1", "-T", str(seconds), "-h", self.database]
        # The owner of the cluster reads it.
        with tempfile.NamedTemporaryFile("w", suffix=".sql", dir="/tmp") as file:
            file.write(script)
            file.flush()
            os.chmod(file.name, 0o644)
            printed = self._printed([*command, "-f", file.name, "postgres"], "")
        return float(next(line for line in printed.splitlines() if line.startswith("tps")).split()[2])

    def _printed(self, command, text):
        run = subprocess.run(command, input=text, text=True, capture_output=True, cwd="/", **self._owner)
        if run.returncode != 0:
            raise RuntimeError(f"{command[0]}: {run.stderr.strip()[-500:]}")
        return run.stdout

    @property
    def resident_kilobytes(self):
        status = Path(f"/proc/{self.api}/status").read_text()
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
