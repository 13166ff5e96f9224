"""What Schemathesis cannot know of this server."""

import base64
import os
from datetime import datetime

import schemathesis
from hypothesis import strategies as st

#: The key that the requests carry. Who revokes it has ended the run.
OWN_KEY = os.environ["RINGLINK_OWN_KEY"]


def _cursor(at):
    return base64.urlsafe_b64encode(f"{at} x".encode()).decode().rstrip("=")


schemathesis.openapi.format("cursor", st.integers(0, 4_000_000_000_000).map(_cursor))

#: Short numbers of which none calls for help anywhere.
schemathesis.openapi.format("dial", st.from_regex(r"\A([+][1-9][0-9]{6,14}|6[0-9]{4})\Z"))

#: Of the years that the document names.
schemathesis.openapi.format(
    "date-time", st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31)).map(lambda time: time.isoformat(timespec="seconds") + "Z")
)

schemathesis.openapi.format("etag", st.integers(1, 9).map(lambda version: f'"v{version}"') | st.just("*"))


@schemathesis.hook
def filter_path_parameters(context, path_parameters):
    return OWN_KEY not in (path_parameters or {}).values()


@schemathesis.hook
def filter_query(context, query):
    """A picture may be too small for what is to stand in it: test_link_pictures.py has that, and no schema can foresee it."""
    size = (query or {}).get("size")
    return not (isinstance(size, int) and 64 <= size < 256)
