"""The REST API as a CRM's program uses it."""

import secrets

import requests


class Refused(AssertionError):
    """A problem document (RFC 9457)."""

    def __init__(self, answer):
        self.status = answer.status_code
        try:
            self.problem = answer.json()
        except requests.JSONDecodeError:
            self.problem = {}
        super().__init__(f"{answer.request.method} {answer.request.path_url}: {answer.status_code} {answer.text[:1000]}")

    @property
    def code(self):
        return self.problem.get("code")


class API:
    """Speaks with the installation's own key, or with another one."""

    def __init__(self, installation, key=None):
        self.installation = installation
        self.key = key

    def request(self, method, path, body=None, **headers):
        """The raw answer, whatever it is."""
        address = f"{self.installation.origin}/v1/{path}"
        authorization = {"Authorization": f"Bearer {self.key or self.installation.key}"}
        return requests.request(method, address, json=body, headers=authorization | headers, timeout=10)

    def _document(self, method, path, body=None, **headers):
        answer = self.request(method, path, body, **headers)
        if not answer.ok:
            raise Refused(answer)
        return answer.json() if answer.content else None

    def create(self, resource, key=None, **fields):
        return self._document("POST", resource, fields, **{"Idempotency-Key": key or secrets.token_hex(16)})

    def read(self, path):
        return self._document("GET", path)

    def list(self, resource, **filters):
        """Every one, over all pages."""
        found, after = [], None
        while True:
            query = "&".join(f"{name}={value}" for name, value in (filters | ({"after": after} if after else {})).items())
            page = self._document("GET", f"{resource}?{query}" if query else resource)
            found += page["data"]
            if not (after := page["next"]):
                return found

    def change(self, path, **fields):
        return self._document("PATCH", path, fields)

    def delete(self, path):
        return self._document("DELETE", path)

    # What most tests need

    def trunk(self, address, name="Trunk", **fields):
        """
        A trunk at `host:port`. It is asked by OPTIONS only where a test says so: what stands there is often a script, and which trunk is
        tried first must not depend on what was found out meanwhile.
        """
        host, _, port = address.rpartition(":")
        return self.create("trunks", name=name, host=host, port=int(port), **({"options_interval": None} | fields))

    def allow(self, *prefixes):
        """These numbers, and all that begin as these do, may be dialled."""
        return [self.create("guard/rules", kind="allow", prefix=prefix) for prefix in prefixes]

    def block(self, *prefixes):
        return [self.create("guard/rules", kind="block", prefix=prefix) for prefix in prefixes]
