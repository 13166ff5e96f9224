"""A program that has never seen this server, only openapi.yaml: its client is generated, and it goes the whole way of a CRM."""

import importlib
import subprocess
import sys

import pytest

from Installation.baresip import Phone
from Installation.receiver import Receiver
from Installation.ringlink import ROOT
from Installation.site import fresh_number


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The client, as openapi-python-client makes it from the document as it stands; nothing of the document may be left out."""
    folder = tmp_path_factory.mktemp("client")
    made = subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning", "--path", str(ROOT / "openapi.yaml"),
         "--output-path", str(folder / "ringlink_client"), "--config", str(ROOT / "Tests/Installation/openapi-python-client.yaml")],
        capture_output=True, text=True, timeout=120)
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module("ringlink_client")
    sys.path.remove(str(folder))


class Program:
    """The generated client, with a key."""

    def __init__(self, generated, installation):
        self._client = generated.AuthenticatedClient(base_url=installation.origin, token=installation.key)

    def ask(self, operation, *arguments, status=200, **named):
        module = importlib.import_module(f"ringlink_client.api.{operation}")
        answer = module.sync_detailed(*arguments, client=self._client, **named)
        assert answer.status_code == status, answer.content
        return answer.parsed


def test_a_generated_client_mints_a_link_that_rings_a_phone_and_learns_of_the_call(generated, site, visitors):
    models = importlib.import_module("ringlink_client.models")
    program = Program(generated, site.installation)
    number = fresh_number()
    with Receiver() as receiver, Phone("generated", 1650) as phone, site.trunk({number: phone.uri}) as trunk:
        endpoint = program.ask("webhooks.create_webhook", body=models.NewWebhook(url=receiver.url), status=201)
        receiver.secret = endpoint.secret
        link = program.ask("links.mint_links", body=models.NewLink(dial=number, trunk=trunk.id, name="Stefan", camera=False), status=201)
        assert isinstance(link, models.Link)

        tab = visitors.tab(link.url)
        call = tab.wait_for_call("answered")
        tab.wait_for_tone(1650)
        tab.press("hangup")
        site.ended(call, outcome="completed")

        receiver.wait(lambda _: any(event["type"] == "call.ended" for event in receiver.of_call(call)), pause=tab.pause)
        assert receiver.of_call(call)[-1]["data"]["call"]["link"] == link.id
        record = program.ask("calls.read_call", call)
        assert (record.number, record.link, record.outcome, record.trunk) == (number, link.id, "completed", trunk.id)
        seen = program.ask("links.read_link", link.id)
        assert (seen.opened, seen.dialled, seen.answered) == (1, 1, 1)
        program.ask("links.revoke_link", link.id, status=204)
        program.ask("webhooks.delete_webhook", endpoint.id, status=204)
