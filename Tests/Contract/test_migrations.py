"""From every version that ever was to the one of today, with rows in it, and while others work."""

import glob
import os
import subprocess
from pathlib import Path

import pytest

from Installation.database import foreign_postgres
from Installation.rest import REST
from Installation.ringlink import Installation

PROGRAMS = os.path.dirname(max(glob.glob("/usr/lib/postgresql/*/bin/psql")))
DUMPS = sorted((Path(__file__).parent / "schemas").glob("*.sql"))
#: What the dumps hold the hash of.
KEY = "ak_0123456789abcdef0123456789abcdef"


@pytest.fixture(scope="module")
def server():
    with foreign_postgres() as url:
        yield url.rsplit("/", 1)[0]


def psql(url, text):
    answer = subprocess.run(
        [f"{PROGRAMS}/psql", url, "-qAtX", "-v", "ON_ERROR_STOP=1", "-f", "-"], input=text, capture_output=True, text=True, timeout=60, cwd="/"
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.split()


def schema(url):
    """Every definition, in an order of its own: a column that came later stands last."""
    text = subprocess.run([f"{PROGRAMS}/pg_dump", url, "--schema-only", "--no-owner"], capture_output=True, text=True, check=True, cwd="/").stdout
    return sorted(line.strip().rstrip(",") for line in text.splitlines() if line.strip() and not line.startswith(("--", "\\", "SET")))


@pytest.fixture(scope="module")
def today(server):
    """The schema as a first start makes it."""
    psql(f"{server}/postgres", "CREATE DATABASE fresh")
    with Installation("migrate-fresh", {"DATABASE_URL": f"{server}/fresh"}).up():
        return schema(f"{server}/fresh")


def test_there_is_a_dump_of_every_released_version():
    assert [dump.stem for dump in DUMPS][:5] == ["0001", "0002", "0003", "0004", "0005"]


@pytest.mark.parametrize("dump", DUMPS, ids=[dump.stem for dump in DUMPS])
def test_a_database_of_that_version_becomes_one_of_today_and_keeps_its_rows(server, today, dump):
    name, version = f"from_{dump.stem}", int(dump.stem)
    psql(f"{server}/postgres", f"CREATE DATABASE {name}")
    url = f"{server}/{name}"
    psql(url, dump.read_text())
    installation = Installation(f"migrate-{dump.stem}", {"DATABASE_URL": url})
    installation.key = KEY
    with installation.up():
        assert schema(url) == today
        rest = REST(installation)
        assert rest.get("/v1/calls/ca_000000000000000000000001").json()["outcome"] == "completed"
        refused = rest.get("/v1/calls/ca_000000000000000000000002").json()
        assert (refused["state"], refused["outcome"]) == ("ended", "blocked")
        if version >= 2:
            assert rest.get("/v1/trunks/tr_000000000002").json()["prefixes"] == ["+49"]
            assert rest.get("/v1/extensions/ex_000000000002").json()["number"] == "612"
        if version >= 3:
            assert len(rest.get("/v1/guard/rules").json()["data"]) == 2
            assert rest.get("/v1/links/ln_000000000003").status_code == 200
        if version >= 4:
            assert rest.get("/v1/webhooks/wh_000000000004").json()["enabled"] is False
        # And a second start finds nothing to do.
        before = psql(url, "SELECT max(applied_at)::text FROM schema_migrations")
        assert installation.stop() < 5
        installation.start()
        assert psql(url, "SELECT max(applied_at)::text FROM schema_migrations") == before


def test_a_start_waits_for_who_works_in_the_database_and_then_migrates(server, today):
    """A transaction of the version before is under way: it is not broken, and nothing is half-done meanwhile."""
    psql(f"{server}/postgres", "CREATE DATABASE busy")
    url = f"{server}/busy"
    psql(url, DUMPS[0].read_text())
    worker = subprocess.Popen(
        [f"{PROGRAMS}/psql", url, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c",
         "BEGIN; UPDATE calls SET label = 'changed meanwhile'; SELECT pg_sleep(5); COMMIT"], cwd="/", stdout=subprocess.DEVNULL,
    )  # fmt: skip
    installation = Installation("migrate-busy", {"DATABASE_URL": url})
    installation.key = KEY
    with installation.up():
        assert worker.wait(10) == 0
        assert schema(url) == today
        assert psql(url, "SELECT count(*) FROM calls WHERE label = 'changed meanwhile'") == ["2"]


def test_a_database_of_tomorrow_is_left_alone(server, today):
    psql(f"{server}/postgres", "CREATE DATABASE tomorrow")
    url = f"{server}/tomorrow"
    psql(url, DUMPS[-1].read_text())
    psql(url, "INSERT INTO schema_migrations VALUES (9999, 'of tomorrow', 'x', now())")
    before = schema(url)
    installation = Installation("migrate-tomorrow", {"DATABASE_URL": url})
    try:
        with pytest.raises(AssertionError, match="start the newer Ringlink"):
            installation.start()
        assert schema(url) == before
    finally:
        installation.kill()
        installation.remove()
