"""openapi.yaml names what there is, and nothing else. What is answered is held to it by every test that asks through `REST`."""

import re

import pytest
from jsonschema import Draft202012Validator

from Installation import contract

METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = [
    (method.upper(), path) for path, item in contract.document()["paths"].items() for method in METHODS if method in item
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_what_the_document_names_is_served(rest, method, path):
    answer = rest.ask(method, re.sub(r"\{[^}]+\}", "x", path))
    assert answer.status_code != 405
    if answer.status_code == 404:
        assert answer.json()["code"] != "not_found"


@pytest.mark.parametrize(("method", "path"), [operation for operation in OPERATIONS if operation[1].startswith("/v1/")])
def test_every_operation_takes_a_key_and_names_its_scope(installation, method, path):
    said = contract.operation(method, path)
    assert said["security"] == [{"apiKey": []}]
    assert re.search(r"scope `[a-z-]+:(read|write)`|Scope `[a-z-]+:(read|write)`", said["description"])
    assert {"401", "403", "429"} <= set(said["responses"])
    assert {str(status) for status in said["responses"]} >= ({"404"} if "{" in path else set())


def test_the_schemas_are_schemas():
    for schema in contract.document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
