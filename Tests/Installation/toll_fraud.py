"""The known patterns of toll fraud, played against a running installation.

Whoever plays here is no browser: it speaks `/signal` as a program does that wants money, without a microphone and without patience. What FraudGuard
lets pass is counted in the books: a call that was placed would have rung, and cost.
"""

import itertools
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

from websockets.exceptions import ConnectionClosed

from .signal_socket import SignalSocket, fresh_load

#: Ranges that fraud likes: satellites, international networks, premium rates, and small countries with high termination fees.
COSTLY = ["+88216", "+8810", "+870773", "+97912", "+25261", "+53720", "+2236", "+37290", "+449098", "+49900", "+3712810", "+96077"]

#: One number as people and programs write it. The last four are another writing that is not guessed at.
SPELLINGS = [
    "+{0}", "+{0} ", "+{1} {2} {3}", "+{1}-{2}-{3}", "+{1}.{2}.{3}", "+{1}/{2}/{3}", "+{1}({2}){3}", " {0}",
    "00{0}", "+{1} (0){2} {3}", "+{0}#", "{0}",
]  # fmt: skip


def spelled(number):
    """The twelve spellings of `+4930…`."""
    digits = number.lstrip("+")
    return [spelling.format(digits, digits[:2], digits[2:4], digits[4:]) for spelling in SPELLINGS]


class Attack:
    """One attacker. `proxy` is an address whose `X-Forwarded-For` the installation believes."""

    def __init__(self, installation, proxy):
        self.installation = installation
        self.proxy = proxy
        self._rooms = itertools.count()
        self.answers = []

    def placed(self):
        return int(self.installation.rows("SELECT count(*) FROM calls WHERE command IS NOT NULL AND telephone")[0][0])

    def forget(self):
        """A new day for the books, as far as FraudGuard reads them."""
        self.installation.rows("DELETE FROM calls")
        self.installation.rows("DELETE FROM guard_refusals")
        self.installation.rows("DELETE FROM guard_locks")
        self.answers = []

    def dial(self, number, source=None, forwarded_for=None, room=None):
        """One visitor, one dial; keeps and answers the first frame about it, or `None` if the server hung up."""
        headers = {"X-Forwarded-For": forwarded_for} if forwarded_for else None
        answer = None
        try:
            with SignalSocket(self.installation, source=source or (self.proxy if forwarded_for else "127.9.9.9"), headers=headers) as visitor:
                visitor.join(room or f"fraud-{next(self._rooms)}-{secrets.token_hex(3)}")
                key = secrets.token_hex(8)
                visitor.send(type="dial", number=number, origin="user", key=key)
                answer = visitor.receive("dial-status", key=key)
                # A room has 64 places, and whoever only hangs up keeps his for a while.
                visitor.send(type="leave")
                visitor.wait_for_close()
        except (AssertionError, ConnectionClosed, OSError):
            pass
        self.answers.append(answer)
        return answer

    def dial_all(self, wishes, at_once=1):
        """`wishes` are the keywords of `dial`."""
        if at_once == 1:
            return [self.dial(**wish) for wish in wishes]
        with ThreadPoolExecutor(at_once) as pool:
            return list(pool.map(lambda wish: self.dial(**wish), wishes))

    # The patterns; each answers how many dials it made.

    def revenue_share_burst(self):
        """IRSF: five numbers of each costly range, as fast as they go."""
        numbers = [f"{prefix}{index:0{11 - len(prefix) + 1}}" for prefix in COSTLY for index in range(12345, 12350)]
        return len(self.dial_all([{"number": number} for number in numbers]))

    def one_address_many_numbers(self, numbers):
        return len(self.dial_all([{"number": number} for number in numbers]))

    def many_addresses_one_number(self, number, count):
        """A botnet, behind our own proxy: an address of another network each."""
        return len(self.dial_all([{"number": number, "forwarded_for": f"198.{18 + index % 2}.{index}.7"} for index in range(count)]))

    def one_network(self, number, count):
        return len(self.dial_all([{"number": number, "forwarded_for": f"203.0.113.{index + 1}"} for index in range(count)]))

    def one_ipv6_subscriber(self, number, count):
        return len(self.dial_all([{"number": number, "forwarded_for": f"2001:db8:7:1::{index + 1:x}"} for index in range(count)]))

    def forged_header(self, number, count):
        """From an address that is nobody's proxy, another visitor each time by its own word."""
        wishes = [{"number": number, "source": "127.9.9.8", "forwarded_for": f"198.51.100.{index + 1}"} for index in range(count)]
        return len(self.dial_all(wishes))

    def twelve_spellings(self, number, times):
        wishes = [
            {"number": spelling, "forwarded_for": f"198.{18 + turn}.{index}.9"} for turn in range(times) for index, spelling in enumerate(spelled(number))
        ]
        return len(self.dial_all(wishes))

    def wangiri(self, room, numbers):
        """Somebody is made to call back: the costly number stands in a plain link, and in the room of a link that grants another one."""
        wishes = [{"number": number, "room": where} for number in numbers for where in (None, room)]
        return len(self.dial_all(wishes))

    def leaked_link(self, room, numbers):
        """A link that grants a range has got about: everybody tries it, from everywhere."""
        return len(
            self.dial_all([{"number": number, "room": room, "forwarded_for": f"198.18.{index}.3"} for index, number in enumerate(numbers)])
        )

    def emergency(self, numbers, room=None):
        return len(self.dial_all([{"number": number, "room": room, "forwarded_for": f"198.19.{i % 250}.4"} for i, number in enumerate(numbers)]))

    def race(self, numbers, per_socket=5):
        """
        Many sockets of many addresses, all of whose dials leave at one moment. More than a machine can decide in time are answered by an error:
        nobody is rung then, either.
        """
        groups = [numbers[index : index + per_socket] for index in range(0, len(numbers), per_socket)]
        start = threading.Barrier(len(groups))

        def run(index, group):
            with SignalSocket(self.installation, source=self.proxy, headers={"X-Forwarded-For": f"198.18.{index}.5"}) as visitor:
                visitor.join(f"race-{index}-{secrets.token_hex(3)}", load=fresh_load())
                keys = [secrets.token_hex(8) for _ in group]
                start.wait(30)
                for key, number in zip(keys, group, strict=True):
                    visitor.send(type="dial", number=number, origin="user", key=key)
                for key in keys:
                    self.answers.append(visitor.receive(key=key, timeout=60))

        threads = [threading.Thread(target=run, args=one) for one in enumerate(groups)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(numbers)
