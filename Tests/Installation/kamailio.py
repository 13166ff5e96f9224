"""A trunk: Kamailio with digest authentication, Record-Route and a registrar, which knows where each number leads."""

import re
import socket
import time
from dataclasses import dataclass

from .ports import own_port
from .program import Program

#: A number under which nothing at all is answered, as if every packet to it were lost.
SILENT = "silent"
REALM = "trunk.test"

REASONS = {
    301: "Moved Permanently", 302: "Moved Temporarily", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
    408: "Request Timeout", 410: "Gone", 416: "Unsupported URI Scheme", 480: "Temporarily Unavailable", 484: "Address Incomplete",
    486: "Busy Here", 488: "Not Acceptable Here", 500: "Server Internal Error", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Server Time-out", 600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere", 606: "Not Acceptable", 607: "Unwanted",
}  # fmt: skip

CONFIGURATION = """#!KAMAILIO
debug=0
log_stderror=yes
children=2
tcp_children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:@PORT@
alias="@REALM@"
@MODULES@
modparam("htable", "htable", "password=>size=6;")
modparam("htable", "htable", "number=>size=8;")
modparam("usrloc", "db_mode", 0)
modparam("auth", "algorithm", "@ALGORITHM@")
modparam("rr", "enable_full_lr", 1)
modparam("rr", "append_fromtag", 1)

event_route[htable:mod-init] {
@TABLES@
    xlog("L_ALERT", "READY\\n");
}

request_route {
    xlog("L_ALERT", "SEEN|$rm|$rU|$fU|$ci|$cs|$si:$sp|$tt|$(hdr(Proxy-Authorization){s.len})|$(hdr(Authorization){s.len})|$(hdr(User-Agent){s.len})|$ai|\\n");
    if ($rm == "OPTIONS" && !has_totag()) { sl_send_reply("@OPTIONS@", "As Configured"); exit; }
    if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
    if (!sanity_check()) { exit; }
    if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
    if (is_method("ACK") && !has_totag()) { t_check_trans(); exit; }
    if (!is_method("ACK")) { if (t_precheck_trans()) { t_check_trans(); exit; } t_check_trans(); }
    if (has_totag()) {
        if (loose_route()) { t_relay(); exit; }
        if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
        sl_send_reply("481", "Call/Transaction Does Not Exist");
        exit;
    }
    if (is_method("REGISTER")) {
        if (!pv_www_authenticate("@REALM@", "$sht(password=>$tU)", "0")) { www_challenge("@REALM@", "1"); exit; }
        save("location");
        exit;
    }
    if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
    record_route();
    $var(to) = $sht(number=>$rU);
@AUTHENTICATION@
    if ($var(to) == "@SILENT@") { exit; }
    if ($var(to) == $null || $var(to) == "") { sl_send_reply("404", "Not Found"); exit; }
@REFUSALS@
    if ($var(to) =~ "^sip:") {
        $ru = $var(to);
    } else {
        $rU = $var(to);
        if (!lookup("location")) { t_newtran(); t_reply("480", "Temporarily Unavailable"); exit; }
    }
    t_relay();
}
"""
AUTHENTICATION = """    if (!@METHOD@_authenticate("@REALM@", "$sht(password=>$fU)", "0"@MORE@)) {
        if ($hdr(@HEADER@) != $null && "@REFUSAL@" == "403") { sl_send_reply("403", "Forbidden"); exit; }
        @CHALLENGE@("@REALM@", "1");
        exit;
    }
    consume_credentials();
"""
MODULES = "kex corex tm tmx sl rr pv maxfwd usrloc registrar textops siputils xlog sanity auth htable".split()


@dataclass(frozen=True)
class SeenRequest:
    """One request as it came from the wire; a retransmission is another one."""

    method: str
    number: str
    caller: str
    call_id: str
    sequence: int
    source: str
    in_dialog: bool
    authorised: bool
    #: P-Asserted-Identity, empty without one.
    identity: str


class Kamailio(Program):
    """
    `numbers` says where a number leads: a SIP URI (a phone's address), the name of a user that has registered here,
    a status with which it is refused, or `SILENT`. `users` with their passwords must authenticate for calls too;
    without any the trunk takes calls as one does that knows its customer by the address.
    """

    def __init__(self, name="trunk", users=None, numbers=None, phones=None, challenge=407, refusal=None, algorithm="MD5", options=200):
        super().__init__(name)
        self.port = own_port()
        self.users = users or {}
        self.phones = phones or {}
        self.numbers = numbers or {}
        self.challenge = challenge
        self.refusal = refusal or challenge
        self.algorithm = algorithm
        self.options = options

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        file = self.folder / "kamailio.cfg"
        file.write_text(self._configuration())
        earlier = self.printed.count("READY")
        # One memory pool each is plenty, and a test has several of these.
        self.run(["kamailio", "-DD", "-E", "-m", "16", "-M", "4", "-f", file, "-P", self.folder / "pid", "-Y", self.folder])
        self.wait_for(lambda: self.printed.count("READY") > earlier, "is ready")
        self.wait_for(self._answers, "answers OPTIONS")
        self._forgotten = len(self._lines())
        return self

    def _answers(self):
        """The port is bound before its workers listen: only an answer says that it is there."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(0.2)
            client.connect(("127.0.0.1", self.port))
            here = client.getsockname()[1]
            client.send(
                f"OPTIONS sip:{self.address} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{here};branch=z9hG4bKready{time.monotonic_ns()}\r\n"
                f"From: <sip:ready@127.0.0.1>;tag=1\r\nTo: <sip:{self.address}>\r\nCall-ID: ready-{here}\r\nCSeq: 1 OPTIONS\r\n"
                "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n".encode()
            )
            try:
                return client.recv(2048).startswith(f"SIP/2.0 {self.options}".encode())
            except OSError:
                return False

    def _configuration(self):
        tables = [f'    $sht(password=>{user}) = "{password}";' for user, password in (self.users | self.phones).items()]
        tables += [f'    $sht(number=>{number}) = "{to}";' for number, to in self.numbers.items()]
        folder = "/usr/lib/x86_64-linux-gnu/kamailio/modules/"
        # t_reply takes its status from a constant only.
        refused = {to for to in self.numbers.values() if isinstance(to, int)}
        refusals = [f'    if ($var(to) == "{to}") {{ t_newtran(); t_reply("{to}", "{REASONS[to]}"); exit; }}' for to in sorted(refused)]
        authentication = ""
        if self.users:
            proxy = self.challenge == 407
            values = {
                "METHOD": "pv_proxy" if proxy else "pv_www",
                "MORE": "" if proxy else ', "INVITE"',
                "HEADER": "Proxy-Authorization" if proxy else "Authorization",
                "CHALLENGE": "proxy_challenge" if proxy else "www_challenge",
                "REFUSAL": str(self.refusal),
                "REALM": REALM,
            }
            authentication = _fill(AUTHENTICATION, values)
        return _fill(
            CONFIGURATION,
            {
                "PORT": str(self.port),
                "REALM": REALM,
                "MODULES": f'mpath="{folder}"\n' + "\n".join(f'loadmodule "{module}.so"' for module in MODULES),
                "ALGORITHM": self.algorithm,
                "OPTIONS": str(self.options),
                "TABLES": "\n".join(tables),
                "AUTHENTICATION": authentication,
                "REFUSALS": "\n".join(refusals),
                "SILENT": SILENT,
            },
        )

    # What it has seen

    def _lines(self):
        return re.findall(r"SEEN\|([^\n]*)", self.printed)

    @property
    def requests(self):
        """Every request since the start or the last `forget`, in order, but for OPTIONS, which every trunk is asked now and then."""
        return [request for line in self._lines()[self._forgotten :] if (request := _parse(line)).method != "OPTIONS"]

    @property
    def methods(self):
        return [request.method for request in self.requests]

    def forget(self):
        self._forgotten = len(self._lines())

    def wait_for_request(self, method, seconds=10):
        """The first one with this method."""
        return self.wait_for(lambda: next((one for one in self.requests if one.method == method), None), f"{method} comes", seconds)

    def registered(self, user):
        """Whether a phone has registered here: its REGISTER was answered after the challenge."""
        return any(one.method == "REGISTER" and one.authorised and one.caller == user for one in self.requests)


def _parse(line):
    method, number, caller, call_id, sequence, source, tag, proxy, www, _, identity, *_ = line.split("|")
    return SeenRequest(
        method, number, caller, call_id, int(sequence), source, tag not in ("", "<null>"), proxy not in ("", "0") or www not in ("", "0"),
        "" if identity == "<null>" else identity,
    )


def _fill(text, values):
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text
