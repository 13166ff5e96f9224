"""A page whose calls are played to it: join and media are the server's, what becomes of a dial is the test's."""

import json
import secrets


class Stage:
    """Stands between a tab and `/signal`. Dials and hang-ups stop here, in `asked`; `say` answers them."""

    def __init__(self):
        self.asked = []
        self.hung_up = []
        #: Every frame of the page, in order.
        self.sent = []
        #: Whether the server's own word about calls is held back.
        self.is_alone = False
        self._page = None

    def enter(self, person):
        """Before the tab is opened."""
        person.route_web_socket("**/signal", self._connect)
        return person

    def _connect(self, page):
        self._page = page
        server = page.connect_to_server()
        page.on_message(lambda text: self._from_page(text, server))
        server.on_message(lambda text: page.send(text) if not (self.is_alone and json.loads(text)["type"] == "dial-status") else None)

    def _from_page(self, text, server):
        frame = json.loads(text)
        self.sent.append(frame)
        if frame["type"] == "dial":
            if not any(one["key"] == frame["key"] for one in self.asked):
                self.asked.append(frame)
        elif frame["type"] == "hangup":
            self.hung_up.append(frame)
        else:
            server.send(text)

    def wait_for_dial(self, tab, count=1, seconds=20):
        for _ in range(int(seconds * 20)):
            if len(self.asked) >= count:
                return self.asked[-1]
            tab.pause(0.05)
        raise AssertionError(f"the page has not dialled within {seconds} s: {tab.state}")

    def last(self, kind):
        """The latest frame of this type, or `None`."""
        return next((frame for frame in reversed(self.sent) if frame["type"] == kind), None)

    def wait_for_frame(self, tab, seconds=20, **members):
        """Waits until the latest frame of a type has these members, of which one that is absent is false; answers it."""
        for _ in range(int(seconds * 20)):
            frame = self.last(members["type"])
            if frame and all(frame.get(name, False) == value for name, value in members.items()):
                return frame
            tab.pause(0.05)
        raise AssertionError(f"not within {seconds} s: {members}, but {self.last(members['type'])}")

    def say(self, state, call="ca_" + "0" * 23 + "1", **members):
        """A `dial-status` about the latest dial, or about somebody else's call if `key` is `None`."""
        frame = {"type": "dial-status", "call": call, "state": state, "early_media": False, "starter": True}
        if self.asked:
            frame |= {"key": self.asked[-1]["key"], "number": self.asked[-1]["number"], "label": self.asked[-1]["number"]}
        frame |= members
        self._page.send(json.dumps({name: value for name, value in frame.items() if value is not None}))

    def send(self, **frame):
        self._page.send(json.dumps(frame))


def fresh_call():
    return "ca_" + secrets.token_hex(12)
