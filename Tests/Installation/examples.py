"""The examples of openapi.yaml: where they stand, and how far an answer may differ from the one that is written there."""

import re
from dataclasses import dataclass

from . import contract

METHODS = ("get", "post", "put", "patch", "delete")
ID = re.compile(r"\b([a-z]{2})_([0-9a-f]{12,24})\b")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
#: What is made anew each time and stands within an address: rooms and slugs of chance, hosts, signatures.
CHANCE = re.compile(r"https?://(?:localhost|127\.0\.0\.1)(?::\d+)?|\br-[A-Za-z0-9_-]{16,}|(?<=/l/)[A-Za-z0-9_-]{16,}|(?<=sig=)[A-Za-z0-9_-]{43}")
SECRETS = {"key", "secret", "password", "public_key", "previous_public_key"}
#: What counts, or measures.
COUNTERS = {"used", "opened", "dialled", "answered", "talk_seconds", "count", "queued", "round_trip_ms"}


@dataclass(frozen=True)
class Example:
    """One example of a request, or of an answer to a request without a body."""

    method: str
    path: str
    operation: str
    #: `None` for one that has no name, and for a request without a body.
    name: str | None
    body: object = None
    type: str | None = None
    #: Parameters by where they stand: query, header, path.
    parameters: tuple = ()

    def __str__(self):
        return f"{self.operation} {self.name or ''}".strip()


def _named(node):
    """The examples of a media type or a parameter: their names, and where each stands."""
    if "example" in node:
        yield None, node["example"], node
    for name, one in node.get("examples", {}).items():
        yield name, contract.resolved(one)["value"], contract.resolved(one)


def operations():
    for path, item in contract.document()["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item, item[method]


def answers(said):
    """All examples of an operation's answers: (status, type, schema, name, value, where)."""
    for status, answer in said["responses"].items():
        for type, content in contract.resolved(answer).get("content", {}).items():
            for name, value, where in _named(content):
                yield status, type, content["schema"], name, value, where


def values(item, said):
    """All examples of an operation: of its parameters, its body and its answers."""
    nodes = list(map(contract.resolved, item.get("parameters", []) + said.get("parameters", [])))
    nodes += said.get("requestBody", {}).get("content", {}).values()
    return [value for node in nodes for _, value, _ in _named(node)] + [value for *_, value, _ in answers(said)]


def requests():
    """Every request that the document gives an example of, and the places of the document that were read for them."""
    found, places = [], []
    for method, path, item, said in operations():
        given = []
        for parameter in map(contract.resolved, item.get("parameters", []) + said.get("parameters", [])):
            for _, value, where in _named(parameter):
                given.append((parameter["in"], parameter["name"], value))
                places.append(id(where))
        bodies = []
        for type, content in said.get("requestBody", {}).get("content", {}).items():
            for name, value, where in _named(content):
                bodies.append(Example(method, path, said["operationId"], name, value, type, tuple(given)))
                places.append(id(where))
        shown = list(answers(said))
        places += [id(where) for *_, where in shown]
        if "requestBody" not in said and (given or shown):
            names = sorted({name for *_, name, _, _ in shown}, key=str) or [None]
            bodies = [Example(method, path, said["operationId"], name, parameters=tuple(given)) for name in names]
        found += bodies
    return found, places


def everywhere(node=None, pointer="#"):
    """Every place of the document that has an example: its pointer, and the node."""
    node = contract.document() if node is None else node
    if isinstance(node, list):
        for index, one in enumerate(node):
            yield from everywhere(one, f"{pointer}/{index}")
    elif isinstance(node, dict):
        if "example" in node:
            yield pointer, node
        for name, one in node.items():
            if name == "examples":
                for title, example in one.items() if isinstance(one, dict) else enumerate(one):
                    yield f"{pointer}/examples/{title}", example
            elif name != "example":
                yield from everywhere(one, f"{pointer}/{name}")


def substituted(value, ids):
    """With the ids of what exists in the place of those that are written."""
    if isinstance(value, dict):
        return {name: substituted(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [substituted(one, ids) for one in value]
    return ids.get(value, value) if isinstance(value, str) else value


def differences(said, found, pointer="#"):
    """What an answer has otherwise than the example says: fields, and values but for ids, times, secrets and counters."""
    field = pointer.rsplit("/", 1)[1] if "/" in pointer else ""
    if isinstance(said, dict) and isinstance(found, dict):
        for name in sorted(said.keys() | found.keys()):
            if name not in found:
                yield f"{pointer}/{name} is not answered"
            elif name not in said:
                yield f"{pointer}/{name} is not in the example: {found[name]!r}"
            else:
                yield from differences(said[name], found[name], f"{pointer}/{name}")
    elif isinstance(said, list) and isinstance(found, list) and len(said) == len(found):
        for index, (one, other) in enumerate(zip(said, found, strict=True)):
            yield from differences(one, other, f"{pointer}/{index}")
    elif type(said) is not type(found):
        yield f"{pointer} is {found!r}, and {said!r} in the example"
    elif field in SECRETS or field in COUNTERS:
        return
    elif _without_chance(said) != _without_chance(found):
        yield f"{pointer} is {found!r}, and {said!r} in the example"


def _without_chance(value):
    if not isinstance(value, str):
        return value
    return CHANCE.sub("…", TIME.sub("…", ID.sub(r"\1_…", value)))
