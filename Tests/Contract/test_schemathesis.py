"""Schemathesis, which reads nothing but openapi.yaml: every check it has, over examples, edge cases, random requests and chains of operations."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from Installation import contract
from Installation.ringlink import OUTPUT, ROOT, Installation
from Installation.rest import REST

FOLDER = ROOT / "Tests/Installation/schemathesis"
#: The same requests in every run: a failure of CI is a failure at home.
SEED = "20261123"


@pytest.fixture(scope="module")
def hammered():
    """An installation of its own: what it is asked for leaves nothing as it was."""
    environment = {"RINGLINK_API_REQUESTS_PER_MINUTE": "100000"}
    with Installation("schemathesis", environment=environment).up() as installation:
        yield installation


def test_every_check_of_schemathesis_holds_for_every_operation(hammered, tmp_path):
    own = REST(hammered).get("/v1/keys").json()["data"][0]["id"]
    command = [
        str(Path(sys.executable).with_name("st")), "--config-file", str(FOLDER / "schemathesis.toml"), "run", str(contract.FILE),
        "--url", hammered.origin, "--header", f"Authorization: Bearer {hammered.key}", "--seed", SEED, "--no-color",
    ]
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(FOLDER / "hooks.py"), "RINGLINK_OWN_KEY": own}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=900)
    (OUTPUT / "schemathesis.txt").write_text(run.stdout + run.stderr)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr[-2_000:]
    tested = re.search(r"Tested: (\d+)", run.stdout)
    operations = sum(method in item for item in contract.document()["paths"].values() for method in ("get", "post", "put", "patch", "delete"))
    assert tested and int(tested[1]) == operations
    # Chains, too: what one operation made was given to another. (How many it finds out by itself differs from run to run.)
    chained = re.search(r"API Links:\s+(\d+) covered", run.stdout)
    assert chained and int(chained[1]) >= 1, run.stdout[-3_000:]
    assert hammered.is_running
