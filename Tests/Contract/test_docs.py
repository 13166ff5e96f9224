"""The contract is served as it is, and as a page."""

import html
import json
import re

import requests
import yaml

from Installation import contract, examples


def test_the_document_is_served_as_it_lies_in_the_repository(installation):
    answer = installation.get("/openapi.yaml")
    assert answer.headers["Content-Type"] == "application/yaml; charset=utf-8"
    assert answer.content == contract.FILE.read_bytes(), "openapi.yaml has changed since the build"
    assert yaml.safe_load(answer.content)["openapi"].startswith("3.1")
    assert installation.get("/openapi.yaml", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_the_page_names_every_operation_schema_and_field(installation):
    page = installation.get("/docs")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    document = contract.document()
    ids = re.findall(r' id="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    for path, item in document["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method not in item:
                continue
            said = item[method]
            article = page.text.split(f'id="{said["operationId"]}"')[1].split("</article>")[0]
            assert method.upper() in article and path in article
            text = re.sub(r"<[^>]+>", "", article)
            for status in said["responses"]:
                assert f">{status}<" in article, (path, method, status)
            for parameter in item.get("parameters", []) + said.get("parameters", []):
                assert contract.resolved(parameter)["name"] in text
            # A list has dots in place of its dashes.
            words = re.sub(r"^\s*- ", "", said.get("description", "").replace("`", ""), flags=re.M)
            assert re.sub(r"\s+", "", words) in re.sub(r"\s+", "", _plain(text)), (path, method)
    for name, schema in document["components"]["schemas"].items():
        article = page.text.split(f'id="schema-{name}"')[1].split("</article>")[0]
        for field in schema.get("properties", {}):
            assert f"<code>{field}</code>" in article, (name, field)
    for target in re.findall(r'href="#([^"]+)"', page.text):
        assert target in ids, target


def test_each_example_is_shown_as_the_json_that_is_sent(installation):
    """A text stays a text: whoever copies `"dial": "610"` from the page sends what the document says."""
    page = installation.get("/docs").text
    for _, _, item, said in examples.operations():
        article = page.split(f'id="{said["operationId"]}"')[1].split("</article>")[0]
        shown = [json.loads(html.unescape(text)) for text in re.findall(r"<pre>(.*?)</pre>", article, re.DOTALL)]
        assert sorted(map(json.dumps, shown)) == sorted(map(json.dumps, examples.values(item, said))), said["operationId"]
    assert '"dial": "610"' in html.unescape(page)


def _plain(text):
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&amp;", "&")):
        text = text.replace(entity, character)
    return text


def test_the_page_needs_nothing_from_elsewhere_and_no_script(installation):
    page = installation.get("/docs").text
    # What stands in an example is text, and loads nothing.
    assert not re.search(r"<script|\son\w+=|\sstyle=|https?://", re.sub(r"<pre>[^<]*</pre>", "", page).replace("http://localhost:8080", ""))
    for asset in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page):
        assert requests.get(installation.origin + asset, timeout=10).status_code == 200
