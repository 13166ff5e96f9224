"""Every example of openapi.yaml is sent and answered as written."""

import contextlib
import copy
import re
import time

import pytest

from Installation import contract, examples
from Installation.rest import REST
from Installation.ringlink import Installation
from Installation.signal_socket import SignalSocket
from Installation.site import Site

REQUESTS, _ = examples.requests()
PREFIXES = {"tr": "/v1/trunks", "ex": "/v1/extensions", "sk": "/v1/signing-keys", "ln": "/v1/links", "wh": "/v1/webhooks", "vn": "/v1/numbers"}
ROOM = "order-17"


@pytest.fixture(scope="module")
def stage():
    """An installation of its own: what the examples make is not to meet what other tests have made."""
    with Installation("examples", environment={"RINGLINK_API_REQUESTS_PER_MINUTE": "100000"}).up() as installation:
        yield installation


class World:
    """What must be there before an example can be sent."""

    def __init__(self, installation, open):
        self.installation = installation
        self.rest = REST(installation)
        self.open = open

    def clear(self):
        """Two examples may use the same digits, and none is to find what another has made."""
        for path in ("/v1/extensions", "/v1/trunks", "/v1/guard/rules", "/v1/webhooks"):
            for one in self.rest.get(path, params={"limit": 100}).json()["data"]:
                assert self.rest.delete(f"{path}/{one['id']}").status_code == 204
        for number in self.rest.get("/v1/numbers", params={"limit": 100}).json()["data"]:
            if number["number"] not in ("600", "601"):
                assert self.rest.delete(f"/v1/numbers/{number['id']}").status_code == 204

    def made(self, collection, name=None):
        """The thing that the collection's own example makes: that of this name, if there is one."""
        own = [one for one in REQUESTS if (one.method, one.path) == ("POST", collection)]
        assert own, f"no example makes anything of {collection}"
        example = next((one for one in own if one.name == name), own[0])
        return self.rest.made(collection, self.body(example))

    def body(self, example):
        """The example's body, with ids of things that exist."""
        needed = {found.group() for found in examples.ID.finditer(repr(example.body))}
        extension = example.body.get("extension") if isinstance(example.body, dict) else None
        if extension:
            self.rest.made("/v1/extensions", {"number": extension})
        return examples.substituted(example.body, {id: self.made(PREFIXES[id[:2]])["id"] for id in sorted(needed)})

    def address(self, example):
        """The path, with what it names."""
        values = {name: value for place, name, value in example.parameters if place == "path"}
        wanted = set(re.findall(r"\{(\w+)\}", example.path)) - values.keys()
        if wanted:
            values |= self.things(example)
        return example.path.format(**values)

    def things(self, example):
        if example.path.startswith("/v1/rooms/"):
            socket = self.open.enter_context(SignalSocket(self.installation))
            return {"slug": ROOM, "participant": socket.join(ROOM, name="Ada")["peer"]}
        if example.path.startswith("/v1/calls/"):
            return {"id": self.answered_call(takes_keys=example.operation == "keyIntoCall")}
        collection = example.path.split("/{")[0]
        return {"id": self.made(collection, example.name)["id"]}

    def answered_call(self, takes_keys):
        """Made by the example of a call; the built-in numbers take no keys, so that for them a telephone is called."""
        if takes_keys:
            self.open.enter_context(Site(self.installation).extension("610"))
            call = self.rest.made("/v1/calls", {"room": ROOM, "number": "610"})["id"]
        else:
            call = self.made("/v1/calls")["id"]
        deadline = time.monotonic() + 10
        while self.installation.call(call)["state"] != "answered":
            assert time.monotonic() < deadline, self.installation.call(call)
            time.sleep(0.05)
        return call

    def end(self):
        """The rooms, with the calls in them."""
        for state in ("queued", "dialling", "ringing", "answered"):
            for call in self.rest.get("/v1/calls", params={"state": state}).json()["data"]:
                self.rest.post(f"/v1/calls/{call['id']}/hangup")
                self.installation.wait_for_end(call["id"])
        assert self.rest.post(f"/v1/rooms/{ROOM}/end").status_code in (204, 404)


@pytest.fixture
def world(stage):
    with contextlib.ExitStack() as open:
        world = World(stage, open)
        world.clear()
        yield world
        world.end()


STATES = ("queued", "dialling", "ringing", "answered", "ended")


def wound_back(said, found):
    """A call goes on while it is answered about: as it was when it stood where the example says."""
    if not isinstance(said, dict) or "timeline" not in said or STATES.index(found["state"]) <= STATES.index(said["state"]):
        return found
    kept = {name: value for name, value in found.items() if name in said}
    return kept | {"state": said["state"]} | {name: found[name][: len(said[name])] for name in ("attempts", "timeline")}


def schema(example, said):
    return said["requestBody"]["content"][example.type]["schema"]


@pytest.mark.parametrize("example", REQUESTS, ids=str)
def test_an_example_is_sent_and_answered_as_written(world, example):
    said = contract.operation(example.method, example.path)
    if example.type:
        assert not (wrong := contract.faults(schema(example, said), example.body)), wrong
    address, body = world.address(example), world.body(example) if example.type else None
    if example.method == "GET" and any((one.method, one.path) == ("POST", example.path) for one in REQUESTS):
        world.made(example.path, example.name)
    places = {place: {name: value for at, name, value in example.parameters if at == place} for place in ("query", "header")}
    answer = world.rest.ask(example.method, address, body, params=places["query"], headers=places["header"])

    shown = [one for one in examples.answers(said) if one[3] == example.name]
    assert len(shown) <= 1, "two answers to one request"
    expected = shown[0][0] if shown else min(status for status in said["responses"] if status < "300" or status == "default")
    assert str(answer.status_code) == expected, answer.text
    # `REST` has held the answer to its schema.
    if shown:
        assert answer.headers["Content-Type"].split(";")[0] == shown[0][1]
        assert not (wrong := list(examples.differences(shown[0][4], wound_back(shown[0][4], answer.json())))), "\n".join(wrong)


ANSWERS = [
    pytest.param(said, answer, id=f"{said['operationId']} {answer[0]} {answer[3]}")
    for *_, said in examples.operations()
    for answer in examples.answers(said)
]


@pytest.mark.parametrize(("said", "answer"), ANSWERS)
def test_an_example_of_an_answer_fits_its_schema_and_belongs_to_a_request(said, answer):
    status, _, schema, name, value, _ = answer
    assert not (wrong := contract.faults(schema, value)), wrong
    assert name in [one.name for one in REQUESTS if one.operation == said["operationId"]], f"{status} {name} is the answer to no example"


def test_no_example_stands_where_nobody_sends_it():
    _, places = examples.requests()
    assert not [pointer for pointer, node in examples.everywhere() if id(node) not in places]


def test_whoever_asks_with_a_body_finds_an_example_of_it_and_of_its_answer():
    for method, path, _, said in examples.operations():
        if "requestBody" not in said:
            continue
        assert [one for one in REQUESTS if one.operation == said["operationId"]], f"{method} {path} has no example of its body"
        assert any(status < "300" for status, *_ in examples.answers(said)), f"{method} {path} has no example of its answer"


# The test itself


def test_an_example_that_lies_is_found():
    """Each way in which an answer can be another than the example."""
    said = {"id": "tr_0123456789ab", "name": "x", "list": [1], "at": "2026-01-01T00:00:00Z", "secret": "a", "opened": 0}
    same = said | {"id": "tr_ba9876543210", "at": "2027-01-01T00:00:01.5Z", "secret": "b", "opened": 7}
    assert not list(examples.differences(said, same))
    for change in ({"id": "ex_0123456789ab"}, {"name": "y"}, {"list": [2]}, {"list": [1, 1]}, {"list": [1.0]}, {"at": "soon"}, {"opened": "0"}, {"more": 1}):
        assert len(list(examples.differences(said, same | change))) == 1, change
    assert len(list(examples.differences(said, {name: value for name, value in same.items() if name != "name"}))) == 1


def test_an_example_at_a_place_that_nobody_reads_is_found(monkeypatch):
    changed = copy.deepcopy(contract.document())
    changed["components"]["schemas"]["Trunk"]["example"] = {"name": "x"}
    monkeypatch.setattr(contract, "document", lambda: changed)
    _, places = examples.requests()
    assert [pointer for pointer, node in examples.everywhere() if id(node) not in places] == ["#/components/schemas/Trunk"]
