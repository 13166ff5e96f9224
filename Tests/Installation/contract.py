"""openapi.yaml, held to what the server answers."""

import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from jsonschema import Draft202012Validator

FILE = Path(__file__).resolve().parents[2] / "openapi.yaml"


@cache
def document():
    return yaml.safe_load(FILE.read_text())


def resolved(node):
    """The node itself, or what it refers to."""
    while "$ref" in node:
        target = document()
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def faults(schema, value):
    whole = schema | {"components": document()["components"]}
    return [f"{'/'.join(map(str, fault.path))}: {fault.message}" for fault in Draft202012Validator(whole).iter_errors(value)]


def operation(method, path):
    """What the document says of a request; `None` for an address or a method that it does not name."""
    for template, item in document()["paths"].items():
        if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", template), path):
            return item.get("get" if method == "HEAD" else method.lower())
    return None


def check(request, answer):
    """Fails if the document does not foresee this answer to this request (both as `requests` has them)."""
    said = operation(request.method, urlsplit(request.url).path)
    if said is None:
        return
    where = f"{request.method} {urlsplit(request.url).path} {answer.status_code}"
    assert str(answer.status_code) in said["responses"], f"{where} is not in openapi.yaml: {answer.text}"
    content = resolved(said["responses"][str(answer.status_code)]).get("content", {})
    if answer.content:
        type = answer.headers["Content-Type"].split(";")[0]
        assert type in content, f"{where}: {type} is not in openapi.yaml"
        if type.endswith("json"):
            assert not (wrong := faults(content[type]["schema"], answer.json())), f"{where}: {wrong}"
    if answer.ok and request.body and "requestBody" in said:
        schema = next(iter(said["requestBody"]["content"].values()))["schema"]
        assert not (wrong := faults(schema, json.loads(request.body))), f"{where} was done, but openapi.yaml does not allow it: {wrong}"
