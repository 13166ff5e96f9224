"""What Schemathesis cannot know of this server."""

import base64
import os

import schemathesis
from hypothesis import strategies as st

#: The key that the requests carry. Who revokes it has ended the run.
OWN_KEY = os.environ["RINGLINK_OWN_KEY"]


def _cursor(at):
    return base64.urlsafe_b64encode(f"{at} x".encode()).decode().rstrip("=")


schemathesis.openapi.format("cursor", st.integers(0, 4_000_000_000_000).map(_cursor))

schemathesis.openapi.format("dial", st.from_regex(r"\A([+][1-9][0-9]{6,14}|[0-9]{2,6})\Z"))

schemathesis.openapi.format("etag", st.integers(1, 9).map(lambda version: f'"v{version}"') | st.just("*"))


@schemathesis.hook
def filter_path_parameters(context, path_parameters):
    return OWN_KEY not in (path_parameters or {}).values()
