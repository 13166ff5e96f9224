"""Virtual numbers by REST."""

import itertools

import pytest

from Installation.rest import faults, is_problem

_numbers = itertools.count(8000)


def digits():
    return str(next(_numbers))


@pytest.fixture
def number(rest):
    document = rest.made("/v1/numbers", {"number": digits(), "mode": "announce", "text": "We are closed.", "label": "Closed", "public": True})
    yield document
    rest.delete(f"/v1/numbers/{document['id']}")


def test_an_announcement_is_made_read_and_listed(installation, rest, number):
    assert number["id"].startswith("vn_")
    assert {name: number[name] for name in ("mode", "text", "language", "lead_silence_ms", "loop", "max_seconds", "public", "label")} == {
        "mode": "announce", "text": "We are closed.", "language": "en", "lead_silence_ms": 500, "loop": False, "max_seconds": 60, "public": True,
        "label": "Closed",
    }  # fmt: skip
    answer = rest.get(f"/v1/numbers/{number['id']}")
    assert answer.json() == number and answer.headers["ETag"] == '"v1"'
    assert number in rest.get("/v1/numbers").json()["data"]
    public = installation.get("/signal?publicnumbers=1").json()["numbers"]
    assert {"number": number["number"], "label": "Closed", "mode": "announce"} in public


def test_a_number_changes_and_its_digits_stay(installation, rest, number):
    path = f"/v1/numbers/{number['id']}"
    changed = rest.patch(path, {"text": "Wir haben zu.", "language": "de", "public": False}, headers={"If-Match": '"v1"'})
    assert changed.status_code == 200 and changed.headers["ETag"] == '"v2"'
    assert (changed.json()["text"], changed.json()["language"], changed.json()["label"]) == ("Wir haben zu.", "de", "Closed")
    assert number["number"] not in [one["number"] for one in installation.get("/signal?publicnumbers=1").json()["numbers"]]
    is_problem(rest.patch(path, {"label": "X"}, headers={"If-Match": '"v1"'}), 412, "outdated")
    is_problem(rest.delete(path, headers={"If-Match": '"v1"'}), 412, "outdated")
    assert set(faults(rest.patch(path, {"number": "8999"}))) == {"#/number"}
    echo = rest.patch(path, {"mode": "echo"}).json()
    assert echo["mode"] == "echo" and "text" not in echo and "loop" not in echo
    assert set(faults(rest.patch(path, {"mode": "announce"}))) == {"#/text"}
    assert set(faults(rest.patch(path, {"text": "An echo says nothing of its own."}))) == {"#/text"}
    assert rest.delete(path).status_code == 204
    is_problem(rest.get(path), 404, "unknown_number")


def test_a_number_leads_to_an_extension_that_is_there(rest):
    own, other = digits(), digits()
    assert set(faults(rest.post("/v1/numbers", {"number": own, "mode": "extension", "extension": other}))) == {"#/extension"}
    extension = rest.made("/v1/extensions", {"number": other})
    number = rest.made("/v1/numbers", {"number": own, "mode": "extension", "extension": other})
    assert number["extension"] == other and number["label"] == own
    rest.delete(f"/v1/extensions/{extension['id']}")
    # One that leads nowhere any more may still be renamed.
    assert rest.patch(f"/v1/numbers/{number['id']}", {"label": "Away"}).json()["label"] == "Away"
    rest.delete(f"/v1/numbers/{number['id']}")


def test_digits_belong_to_one(rest, number):
    is_problem(rest.post("/v1/numbers", {"number": number["number"], "mode": "echo"}), 409, "number_taken")
    is_problem(rest.post("/v1/extensions", {"number": number["number"]}), 409, "number_taken")
    extension = rest.made("/v1/extensions", {"number": digits()})
    is_problem(rest.post("/v1/numbers", {"number": extension["number"], "mode": "echo"}), 409, "number_taken")
    rest.delete(f"/v1/extensions/{extension['id']}")


@pytest.mark.parametrize("given", ["", "1", "1234567", "112", "911", "61O", 8123, None])
def test_what_cannot_be_a_number_is_refused(rest, given):
    assert set(faults(rest.post("/v1/numbers", {"number": given, "mode": "echo"}))) == {"#/number"}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/mode"),
        ({"mode": "fax"}, "#/mode"),
        ({"mode": "announce"}, "#/text"),
        ({"mode": "announce", "text": "  "}, "#/text"),
        ({"mode": "announce", "text": "x" * 2001}, "#/text"),
        ({"mode": "announce", "text": "x", "language": "-en"}, "#/language"),
        ({"mode": "announce", "text": "x", "lead_silence_ms": 10001}, "#/lead_silence_ms"),
        ({"mode": "announce", "text": "x", "max_seconds": 0}, "#/max_seconds"),
        ({"mode": "announce", "text": "x", "loop": "yes"}, "#/loop"),
        ({"mode": "announce", "text": "x", "extension": "610"}, "#/extension"),
        ({"mode": "echo", "loop": True}, "#/loop"),
        ({"mode": "extension"}, "#/extension"),
        ({"mode": "echo", "label": ""}, "#/label"),
        ({"mode": "echo", "colour": "red"}, "#/colour"),
    ],
)
def test_what_cannot_be_used_is_named(rest, body, pointer):
    assert set(faults(rest.post("/v1/numbers", {"number": digits(), **body}))) == {pointer}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"mode": "room"}, "#/mode"),
        ({"mode": "echo", "pin": "1234"}, "#/pin"),
        ({"mode": "echo", "answer": "ring"}, "#/answer"),
        ({"number": "+49301234567", "mode": "echo"}, "#/number"),
    ],
)
def test_what_is_yet_to_come_is_called_so(rest, body, pointer):
    told = is_problem(rest.post("/v1/numbers", {"number": digits(), **body}), 422, "not_supported")
    assert [fault["pointer"] for fault in told["errors"]] == [pointer]


def test_the_built_in_numbers_are_numbers_as_any_other(rest):
    known = {one["number"]: one for one in rest.get("/v1/numbers?limit=100").json()["data"]}
    assert known["600"]["mode"] == "echo" and known["601"]["mode"] == "announce"
    path = f"/v1/numbers/{known['600']['id']}"
    assert rest.patch(path, {"label": "Echo"}).json()["label"] == "Echo"
    assert rest.patch(path, {"label": known["600"]["label"]}).json()["label"] == known["600"]["label"]
