"""Downloads that end: a network that answers too slowly or not at all costs seconds, whatever it does."""

from __future__ import annotations

import platform
import ssl
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from mnist_lab.data.files import md5_of
from mnist_lab.errors import DataUnavailableError
from mnist_lab.language import say, under

# With torchvision's import before it, the whole search for data that cannot be had stays under 10 s.
PATIENCE_S = 8.0
# A file of the MNIST family has 10 MB at most (KMNIST: 18 MB): 100 kB/s is slow, but a working network.
LONGEST_FILE_S = 180.0
# What to reckon with where a server does not state a length.
_ASSUMED_BYTES = 20_000_000
_POLL_S = 0.05
# The socket's own timeout only ends threads that have been given up: it comes after the supervisor's verdict.
_SOCKET_MARGIN_S = 5.0
_CHUNK_BYTES = 1 << 16


@dataclass(frozen=True)
class RemoteFile:
    """A file to fetch.

    Attributes:
        name: File name, for progress bars and messages.
        md5: Published MD5, hexadecimal.
        urls: Where it can be had, tried in this order.
    """

    name: str
    md5: str
    urls: tuple[str, ...]


@dataclass
class Patience:
    """How long a series of downloads may come to nothing, in seconds.

    The mirrors of one file share what is left, so all failures together stay within ``left_s``. Time in which data
    comes in at a useful rate costs nothing. A host that failed once is tried last for the files that follow.
    """

    left_s: float = PATIENCE_S
    failed_hosts: set[str] = field(default_factory=set)

    def spend(self, waited_s: float) -> None:
        """Take what a failed attempt cost."""
        self.left_s = max(0.0, self.left_s - waited_s)

    def in_order(self, urls: tuple[str, ...]) -> list[str]:
        """Return the addresses with those of failed hosts last."""
        return sorted(urls, key=lambda url: urlsplit(url).netloc in self.failed_hosts)


def fetch(file: RemoteFile, patience: Patience) -> bytes:
    """Fetch one file from the first of its mirrors that gives the published bytes.

    Raises:
        DataUnavailableError: If no mirror does; it says what each one did.
    """
    failures = []
    for tried, url in enumerate(patience.in_order(file.urls)):
        host = urlsplit(url).netloc
        try:
            content = _attempt(url, file.name, patience.left_s / (len(file.urls) - tried), patience)
        except _AttemptFailedError as failure:
            failures.append(under(host, failure))
        else:
            found = md5_of(content)
            if found == file.md5:
                return content
            failures.append(
                say(
                    "{host}: wrong bytes (MD5 {found}, published {published})",
                    "{host}：内容が一致しません（MD5 {found}、公開値 {published}）",
                    host=host,
                    found=found,
                    published=file.md5,
                )
            )
        patience.failed_hosts.add(host)
    raise DataUnavailableError(
        say(
            "{name} cannot be downloaded ({why})",
            "{name} をダウンロードできません（{why}）",
            name=file.name,
            why="; ".join(failures) or say("no mirrors given", "ミラーの指定がありません"),
        )
    )


class _AttemptFailedError(Exception):
    """One mirror did not deliver; the message says how."""


@dataclass
class _Transfer:
    """What the fetching thread tells the supervising one."""

    content: bytearray = field(default_factory=bytearray)
    total_bytes: int | None = None
    error: str | None = None
    abandoned: bool = False
    finished: threading.Event = field(default_factory=threading.Event)

    def run(self, url: str, timeout_s: float) -> None:
        """Read ``url``; in a thread of its own, because looking up a host name knows no timeout."""
        try:
            with urllib.request.urlopen(url, timeout=timeout_s) as response:
                length = response.headers.get("Content-Length")
                self.total_bytes = int(length) if length else None
                while not self.abandoned and (chunk := response.read1(_CHUNK_BYTES)):
                    self.content += chunk
            if self.total_bytes is not None and len(self.content) < self.total_bytes:
                self.error = say(
                    "ended after {count:,} of {total:,} bytes",
                    "{total:,} バイトのうち {count:,} バイトで途切れました",
                    count=len(self.content),
                    total=self.total_bytes,
                )
        except urllib.error.HTTPError as error:
            self.error = f"HTTP {error.code}"
            error.close()
        except urllib.error.URLError as error:
            unknown = isinstance(error.reason, ssl.SSLCertVerificationError)
            self.error = _certificates_missing() if unknown else str(error.reason)
        except Exception as error:  # whatever a broken server provokes is this mirror's failure, not the program's
            self.error = f"{type(error).__name__}: {error}"
        finally:
            self.finished.set()


def _certificates_missing() -> str:
    """Say what to do where a server's certificate cannot be checked: python.org's Python for macOS brings no list."""
    if sys.platform == "darwin":
        version = ".".join(platform.python_version_tuple()[:2])
        return say(
            'its certificate cannot be checked; run once: open "/Applications/Python {version}/Install '
            'Certificates.command"',
            "証明書を確認できません。次のコマンドを一度実行してください："
            'open "/Applications/Python {version}/Install Certificates.command"',
            version=version,
        )
    return say(
        "its certificate cannot be checked; update the system's certificates, or name a file with them in "
        "SSL_CERT_FILE (a proxy that looks into connections has its own)",
        "証明書を確認できません。システムの証明書を更新するか、証明書のファイルを環境変数 SSL_CERT_FILE に指定して"
        "ください（通信を検査するプロキシには独自の証明書があります）",
    )


def _attempt(url: str, name: str, grace_s: float, patience: Patience) -> bytes:
    """Fetch ``url`` under supervision: ``grace_s`` without promise, at the start or later, and it is given up."""
    transfer = _Transfer()
    thread = threading.Thread(
        target=copy_context().run,  # it speaks the language of this thread
        args=(transfer.run, url, grace_s + _SOCKET_MARGIN_S),
        name=f"fetch {name}",
        daemon=True,
    )
    start = time.monotonic()
    thread.start()
    with _progress() as bars:
        task = bars.add_task(name, total=None)

        def show() -> None:
            """Draw what has come in so far."""
            bars.update(task, completed=len(transfer.content), total=transfer.total_bytes)

        reason = _supervise(transfer, start, grace_s, show)
    if reason is None and transfer.error is None:
        return bytes(transfer.content)
    transfer.abandoned = True
    patience.spend(min(time.monotonic() - start, grace_s))
    raise _AttemptFailedError(reason or transfer.error)


def _supervise(transfer: _Transfer, start: float, grace_s: float, show: Callable[[], None]) -> str | None:
    """Watch a transfer until it has finished (None) or shall be given up (the reason).

    After the grace it must have received something within the last ``grace_s``, and at the rate of that time be
    through within ``LONGEST_FILE_S`` of its start.
    """
    marks = deque([(start, 0)])
    while not transfer.finished.wait(_POLL_S):
        show()
        now = time.monotonic()
        received = len(transfer.content)
        marks.append((now, received))
        while len(marks) > 2 and now - marks[1][0] > grace_s:
            marks.popleft()
        if now - start < grace_s:
            continue
        since, before = marks[0]
        rate = (received - before) / max(now - since, _POLL_S)
        if not received:
            return say("no answer within {grace:.1f} s", "{grace:.1f} s 以内に応答がありません", grace=grace_s)
        if not rate:
            return say("stalled after {count:,} bytes", "{count:,} バイトで止まりました", count=received)
        remaining_s = max(0, (transfer.total_bytes or _ASSUMED_BYTES) - received) / rate
        if now - start + remaining_s > LONGEST_FILE_S:
            return say("too slow ({rate:.1f} kB/s)", "遅すぎます（{rate:.1f} kB/s）", rate=rate / 1000)
    show()
    return None


def _progress() -> Progress:
    """Return a bar on the terminal's error stream; nothing where there is no terminal."""
    console = Console(file=sys.stderr)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    return Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
