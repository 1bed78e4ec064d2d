"""Downloads from good and bad servers."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import urllib.error
from http.server import BaseHTTPRequestHandler

import pytest

from mnist_lab.data.download import PATIENCE_S, Patience, RemoteFile, fetch
from mnist_lab.data.files import md5_of
from mnist_lab.errors import DataUnavailableError
from tests.data.servers import black_hole, serving

CONTENT = bytes(range(256)) * 400
QUICK_S = 1.0


def remote(*mirrors: str) -> RemoteFile:
    return RemoteFile("x.gz", md5_of(CONTENT), tuple(f"{mirror}x.gz" for mirror in mirrors))


def drip(handler: BaseHTTPRequestHandler, content: bytes | None, piece: int, pause_s: float, length: bool) -> None:
    assert content is not None
    handler.send_response(200)
    if length:
        handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    for start in range(0, len(content), piece):
        handler.wfile.write(content[start : start + piece])
        handler.wfile.flush()
        time.sleep(pause_s)


def test_good_mirror_gives_the_bytes() -> None:
    with serving({"x.gz": CONTENT}) as (mirror, _):
        assert fetch(remote(mirror), Patience(QUICK_S)) == CONTENT


def test_wrong_bytes_then_good_mirror_gives_the_bytes() -> None:
    patience = Patience(QUICK_S)
    with serving({"x.gz": b"<html>login</html>"}) as (bad, _), serving({"x.gz": CONTENT}) as (good, _):
        assert fetch(remote(bad, good), patience) == CONTENT
        assert patience.in_order((bad, good)) == [good, bad]


def test_wrong_bytes_everywhere_names_both_md5() -> None:
    with (
        serving({"x.gz": b"wrong"}) as (mirror, _),
        pytest.raises(
            DataUnavailableError, match=rf"wrong bytes \(MD5 {md5_of(b'wrong')}, published {md5_of(CONTENT)}"
        ),
    ):
        fetch(remote(mirror), Patience(QUICK_S))


@pytest.mark.parametrize(
    ("system", "cure"),
    [("darwin", 'open "/Applications/Python 3.'), ("linux", "name a file with them in SSL_CERT_FILE")],
)
def test_certificate_that_cannot_be_checked_names_the_cure(
    system: str, cure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **named: object) -> None:
        raise urllib.error.URLError(ssl.SSLCertVerificationError(1, "certificate verify failed"))

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr("sys.platform", system)
    with pytest.raises(DataUnavailableError) as refusal:
        fetch(remote("https://example.org/"), Patience(QUICK_S))
    assert "(example.org: its certificate cannot be checked; " in str(refusal.value)
    assert cure in str(refusal.value)


def test_404_is_named() -> None:
    with serving({}) as (mirror, _), pytest.raises(DataUnavailableError, match=r"127\.0\.0\.1:\d+: HTTP 404"):
        fetch(remote(mirror), Patience(QUICK_S))


def test_refused_connection_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(DataUnavailableError, match=f"127.0.0.1:{port}: .*(refused|10061)"):
        fetch(remote(f"http://127.0.0.1:{port}/"), Patience(5.0))


def test_no_mirrors_is_said() -> None:
    with pytest.raises(DataUnavailableError, match="no mirrors given"):
        fetch(remote(), Patience(QUICK_S))


def test_truncated_file_is_named() -> None:
    def cut_off(handler: BaseHTTPRequestHandler, content: bytes | None) -> None:
        assert content is not None
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:1000])

    with (
        serving({"x.gz": CONTENT}, cut_off) as (mirror, _),
        pytest.raises(DataUnavailableError, match=r"1,000 of 102,400 bytes|IncompleteRead"),
    ):
        fetch(remote(mirror), Patience(QUICK_S))


@pytest.mark.parametrize("length", [True, False])
def test_trickling_mirror_is_given_up_as_too_slow(length: bool) -> None:
    start = time.monotonic()
    with (
        serving({"x.gz": CONTENT}, lambda handler, content: drip(handler, content, 10, 0.05, length)) as (mirror, _),
        pytest.raises(DataUnavailableError, match="too slow"),
    ):
        fetch(remote(mirror), Patience(QUICK_S))
    assert QUICK_S <= time.monotonic() - start < QUICK_S + 1


def test_slow_but_steady_network_is_waited_for_past_the_patience() -> None:
    patience = Patience(0.3)
    start = time.monotonic()
    with serving({"x.gz": CONTENT}, lambda handler, content: drip(handler, content, 10_000, 0.1, True)) as (mirror, _):
        assert fetch(remote(mirror), patience) == CONTENT
    assert time.monotonic() - start > 0.6
    assert patience.left_s == 0.3


def test_later_stall_is_given_up() -> None:
    release = threading.Event()

    def stall(handler: BaseHTTPRequestHandler, content: bytes | None) -> None:
        assert content is not None
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:50_000])
        handler.wfile.flush()
        release.wait(20)

    start = time.monotonic()
    with serving({"x.gz": CONTENT}, stall) as (mirror, _):
        with pytest.raises(DataUnavailableError, match="stalled after 50,000 bytes"):
            fetch(remote(mirror), Patience(0.5))
        release.set()
    assert time.monotonic() - start < 3


def test_black_hole_then_good_mirror_gives_the_bytes() -> None:
    patience = Patience(2.0)
    with black_hole() as hole, serving({"x.gz": CONTENT}) as (good, _):
        assert fetch(remote(hole, good), patience) == CONTENT
    assert patience.left_s == pytest.approx(1.0, abs=0.01)


@pytest.mark.slow
def test_two_black_holes_cost_less_than_ten_seconds_with_the_real_patience() -> None:
    assert PATIENCE_S < 10
    start = time.monotonic()
    with black_hole() as first, black_hole() as second, pytest.raises(DataUnavailableError, match="no answer within 4"):
        fetch(remote(first, second), Patience())
    assert PATIENCE_S - 0.5 < time.monotonic() - start < 10


def test_blocking_name_lookup_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()

    def block(*args: object, **kwargs: object) -> None:
        release.wait(20)
        raise OSError("too late")

    monkeypatch.setattr(socket, "getaddrinfo", block)
    start = time.monotonic()
    with pytest.raises(DataUnavailableError, match=r"data\.invalid: no answer within 0\.5 s"):
        fetch(remote("http://data.invalid/"), Patience(0.5))
    assert time.monotonic() - start < 2
    release.set()


def test_download_prints_nothing_without_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with serving({"x.gz": CONTENT}) as (mirror, _):
        fetch(remote(mirror), Patience(QUICK_S))
    assert capfd.readouterr() == ("", "")
