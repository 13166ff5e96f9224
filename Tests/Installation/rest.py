"""REST as a program uses it: one key, one origin. Every answer is held to openapi.yaml."""

import requests

from . import contract


class REST:
    def __init__(self, installation, key=None):
        self.origin = installation.origin
        self.session = requests.Session()
        self.session.trust_env = False
        self.headers = {"Authorization": f"Bearer {key or installation.key}"}

    def ask(self, method, path, body=None, headers=None, **options):
        if body is not None:
            options["json"] = body
        answer = self.session.request(method, self.origin + path, headers=self.headers | (headers or {}), timeout=10, **options)
        contract.check(answer.request, answer)
        return answer

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.ask("POST", path, body, **options)

    def patch(self, path, body=None, **options):
        return self.ask("PATCH", path, body, **options)

    def delete(self, path, **options):
        return self.ask("DELETE", path, **options)

    def made(self, path, body):
        """The document of a new thing."""
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()


def is_problem(answer, status, code):
    """Answers the problem document."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert (document["status"], document["code"]) == (status, code), document
    assert document["detail"].strip() and document["title"].strip()
    return document


def faults(answer):
    """The pointers of an `invalid_fields`, each with what it says."""
    return {fault["pointer"]: fault["detail"] for fault in is_problem(answer, 422, "invalid_fields")["errors"]}
