"""Extensions by REST."""

import itertools

import pytest

from Installation.rest import faults, is_problem

_numbers = itertools.count(7000)


@pytest.fixture
def extension(rest):
    document = rest.made("/v1/extensions", {"number": str(next(_numbers)), "display_name": "Reception"})
    yield document
    rest.delete(f"/v1/extensions/{document['id']}")


def test_a_made_password_is_shown_once(rest, extension):
    password = extension.pop("password")
    assert len(password) == 20 and extension["realm"] == "ringlink" and extension["display_name"] == "Reception"
    answer = rest.get(f"/v1/extensions/{extension['id']}")
    assert answer.json() == extension | {"contacts": []} and answer.headers["ETag"] == '"v1"'
    assert password not in rest.get("/v1/extensions").text


def test_a_given_password_is_never_shown_nor_kept(installation, rest):
    document = rest.made("/v1/extensions", {"number": str(next(_numbers)), "password": "correct-horse"})
    try:
        assert "password" not in document and document["display_name"] == document["number"]
        rows = installation.rows(f"SELECT encode(md5_ha1, 'hex'), encode(sha256_ha1, 'hex') FROM extensions WHERE id = '{document['id']}'")
        assert [len(bytes.fromhex(text)) for text in rows[0]] == [5 + 12 + 32 + 16, 5 + 12 + 64 + 16]
    finally:
        rest.delete(f"/v1/extensions/{document['id']}")


@pytest.mark.parametrize("number", ["", "1", "1234567", "112", "911", "110", "61O", " 610", "+610", 7123, None])
def test_a_number_that_cannot_be_an_extension_is_refused(rest, number):
    assert set(faults(rest.post("/v1/extensions", {"number": number}))) == {"#/number"}


def test_digits_belong_to_one(rest, extension):
    is_problem(rest.post("/v1/extensions", {"number": extension["number"]}), 409, "number_taken")
    is_problem(rest.post("/v1/extensions", {"number": "600"}), 409, "number_taken")


def test_a_name_and_a_password_change_and_the_number_stays(rest, extension):
    path = f"/v1/extensions/{extension['id']}"
    changed = rest.patch(path, {"display_name": "Front desk", "password": "battery-staple"}, headers={"If-Match": '"v1"'})
    assert changed.status_code == 200 and changed.json()["display_name"] == "Front desk" and "password" not in changed.json()
    is_problem(rest.patch(path, {"display_name": "X"}, headers={"If-Match": '"v1"'}), 412, "outdated")
    assert set(faults(rest.patch(path, {"number": "7999"}))) == {"#/number"}
    assert set(faults(rest.patch(path, {"password": "short"}))) == {"#/password"}
    assert set(faults(rest.patch(path, {"display_name": None}))) == {"#/display_name"}
    assert rest.delete(path).status_code == 204
    is_problem(rest.get(path), 404, "no_such_extension")
