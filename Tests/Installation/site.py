"""An installation whose operator has set up what a test needs: trunks with what lies behind them, extensions, allowed numbers."""

import contextlib
import itertools

from .api import API
from .baresip import Phone
from .kamailio import Kamailio

USER, PASSWORD = "acme", "s3cret of the trunk"
#: Tests dial far more often than people do; each cap has a test of its own in which it is in force.
CAPS = (
    *("per_ip_hour", "per_network_hour", "per_number_day", "per_trunk_day", "per_day", "concurrent"),
    *("internal_per_ip_hour", "internal_concurrent", "link_burst", "trunk_burst"),
)

# Berlin has numbers enough; each test calls numbers of its own.
_numbers = itertools.count(2_000_000)


def fresh_number():
    """A number that no other test calls, and that could exist."""
    return f"+4930{next(_numbers)}"


class Line:
    """A trunk at both ends: the Kamailio, and what the REST API says of it."""

    def __init__(self, kamailio, document):
        self.kamailio = kamailio
        self.document = document
        self.id = document["id"]

    @property
    def methods(self):
        return self.kamailio.methods


class Site:
    def __init__(self, installation):
        self.installation = installation
        self.api = API(installation)

    def lift_caps(self):
        for cap in CAPS:
            self.api.create("guard/rules", kind="cap", cap=cap, limit=None)
        self.api.create("guard/rules", kind="cap", cap="refusals_per_minute", limit=1000)
        return self

    def link(self, **parameters):
        return self.installation.link(**parameters)

    def number(self):
        """A fresh number that may be dialled."""
        number = fresh_number()
        self.api.allow(number)
        return number

    @contextlib.contextmanager
    def trunk(self, numbers, name="trunk", password=PASSWORD, users=None, prefixes=None, kamailio=None, **fields):
        """
        A trunk that leads `numbers` somewhere, see `Kamailio`, and carries no others. `users` `{}`: it knows us by our address.
        `password` is what we tell it. `kamailio` are further wishes for it.
        """
        users = {USER: PASSWORD} if users is None else users
        if users:
            fields = {"username": USER, "password": password} | fields
        prefixes = list(numbers) if prefixes is None else prefixes
        with Kamailio(name, users=users, numbers=numbers, **(kamailio or {})) as program:
            with self.trunk_at(program.address, name=name, prefixes=prefixes, **fields) as document:
                yield Line(program, document)

    @contextlib.contextmanager
    def trunk_at(self, address, name="Trunk", **fields):
        """Only the REST side: a trunk at an address where there may be anything."""
        document = self.api.trunk(address, name=name, **fields)
        try:
            yield document
        finally:
            # A test may have removed it itself.
            assert self.api.request("DELETE", f"trunks/{document['id']}").status_code in (204, 404)

    @contextlib.contextmanager
    def extension(self, number, hertz=1000, name="Reception", password="pass-of-a-phone", **options):
        """A telephone that is registered as this extension."""
        document = self.api.create("extensions", number=number, display_name=name, password=password)
        try:
            host = f"127.0.0.1:{self.installation.sip_port}"
            with Phone(f"extension-{number}", hertz, user=number, registrar=host, password=password, **options) as phone:
                phone.wait_until("registered")
                yield phone
        finally:
            self.api.delete(f"extensions/{document['id']}")

    # What became of a call

    @staticmethod
    def tried(document):
        """The trunks of a call's attempts, in their order."""
        return [attempt.get("trunk") for attempt in document["attempts"]]

    def ended(self, call, timeout=20, **expected):
        """The call's document once it has ended; it ended exactly once, and as expected."""
        document = self.installation.wait_for_end(call, timeout)
        found = {name: document.get(name) for name in expected}
        assert found == expected, document
        terminal = [entry for entry in document["timeline"] if entry["event"] in ("ended", "blocked") and not entry["late"]]
        assert len(terminal) == 1, document["timeline"]
        return document
