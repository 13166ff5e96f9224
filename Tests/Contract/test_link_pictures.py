"""QR codes of links: what a scanner reads in them is the link's address."""

import re
import struct
import subprocess

import pytest

from Installation.rest import is_problem

NUMBER = "+35621223531"


@pytest.fixture(scope="module")
def link(rest):
    return rest.made("/v1/links", {"dial": NUMBER, "name": "Zoë Ḥ. & Söhne"})


def scanned(picture, folder):
    """What a scanner that we have not written reads in a picture."""
    file = folder / "code.png"
    file.write_bytes(picture)
    done = subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file], capture_output=True, timeout=30, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode().rstrip("\n")


def rows_of_svg(text):
    """The modules of our SVG, quiet zone included, read from its path alone."""
    width = int(re.search(r'viewBox="0 0 (\d+) \1"', text)[1])
    rows = [[0] * width for _ in range(width)]
    path = re.search(r' d="([^"]*)"', text)[1]
    runs = re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path)
    assert "".join(f"M{x} {y}h{run}v1h-{back}z" for x, y, run, back in runs) == path
    for x, y, run, back in (map(int, parts) for parts in runs):
        assert run == back
        for column in range(x, x + run):
            rows[y][column] = 1
    return rows


def png_of(rows, scale):
    """Grey PNG without a filter, by the standard library alone."""
    import zlib

    width = len(rows) * scale
    lines = b"".join(b"\0" + bytes(0 if dark else 255 for dark in row for _ in range(scale)) for row in rows for _ in range(scale))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, width, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("query, size", [("", 512), ("?size=200", 200), ("?size=1000&margin=8&level=H", 1000), ("?level=L&margin=4&size=177", 177)])
def test_a_png_is_read_as_the_address(rest, link, tmp_path, query, size):
    answer = rest.get(f"/v1/links/{link['id']}/qr.png{query}")
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (200, "image/png", "no-store")
    assert struct.unpack(">II", answer.content[16:24]) == (size, size)
    assert scanned(answer.content, tmp_path) == link["url"]


@pytest.mark.parametrize("query, margin", [("", 4), ("?margin=6&level=Q", 6), ("?margin=0", 0)])
def test_an_svg_has_its_quiet_zone_and_is_read_as_the_address(rest, link, tmp_path, query, margin):
    answer = rest.get(f"/v1/links/{link['id']}/qr.svg{query}")
    assert (answer.status_code, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (200, "image/svg+xml", "no-store")
    rows = rows_of_svg(answer.text)
    width = len(rows)
    dark = [(x, y) for y, row in enumerate(rows) for x, on in enumerate(row) if on]
    assert min(x for x, _ in dark) == min(y for _, y in dark) == margin
    assert max(x for x, _ in dark) == max(y for _, y in dark) == width - 1 - margin
    # Black on white, whatever lies under it.
    assert f'<rect width="{width}" height="{width}" fill="#fff"/>' in answer.text and 'fill="#000"' in answer.text
    quiet = [[0] * (width + 8) for _ in range(4)]
    framed = quiet + [[0] * 4 + row + [0] * 4 for row in rows] + quiet
    assert scanned(png_of(framed, 4), tmp_path) == link["url"]


def test_a_hidden_link_is_drawn_by_its_address(rest, tmp_path):
    link = rest.made("/v1/links", {"dial": NUMBER, "hide_number": True})
    assert scanned(rest.get(f"/v1/links/{link['id']}/qr.png").content, tmp_path) == link["url"]


@pytest.mark.parametrize("extension", ["svg", "png"])
def test_what_cannot_be_drawn_is_refused(rest, link, extension):
    address = f"/v1/links/{link['id']}/qr.{extension}"
    for query in ("size=63", "size=2049", "size=1e3", "size=-1", "size=+99", "margin=17", "margin=x", "level=m", "level=", "colour=red", "size=99&size=99"):
        is_problem(rest.get(f"{address}?{query}"), 400, "invalid_parameter")
    is_problem(rest.get(f"/v1/links/ln_none/qr.{extension}"), 404, "unknown_link")
    assert rest.ask("POST", address, {}).status_code == 405


def test_a_link_too_long_for_a_code_and_a_picture_too_small_for_it_say_so(rest):
    long = rest.made("/v1/links", {"dial": NUMBER, "name": "\U0001f469‍\U0001f469‍\U0001f467‍\U0001f466" * 40})
    is_problem(rest.get(f"/v1/links/{long['id']}/qr.png"), 409, "link_too_long")
    middle = rest.made("/v1/links", {"dial": NUMBER, "name": "Ω" * 60})
    is_problem(rest.get(f"/v1/links/{middle['id']}/qr.png?size=64"), 400, "invalid_parameter")
    assert rest.get(f"/v1/links/{middle['id']}/qr.svg?size=64").status_code == 200
