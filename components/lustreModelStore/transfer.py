"""Transfers files from the Hub to the volume: resumes, checks the content, and gives a file its name only then."""

import http.client
import os
import threading
import urllib.parse

from content import (
    CHUNK,
    Digest,
    Fact,
    Refused,
    Unavailable,
    digest_name,
    expected_digest,
    hash_file,
    make_folders,
    make_way,
    new_digest,
    on_disk,
    open_file,
    size_of,
)
from hub import NETWORK_ERRORS, Options, Patience, get, say, stopping

GIB = 1024**3


class Download:
    """Fetches one file into NAME.part, checks its content, and only then renames it to NAME."""

    def __init__(self, name: str, fact: Fact, commit: str, options: Options, progress: "Progress") -> None:
        self.name, self.fact, self.size, self.options, self.progress = name, fact, fact["size"], options, progress
        self.path = os.path.join(options.target, name)
        self.part = self.path + ".part"
        self.address = "%s/%s/resolve/%s/%s" % (options.endpoint, options.model, commit, urllib.parse.quote(name))
        self.digest: Digest = new_digest(fact)
        self.hashed = 0

    def run(self) -> None:
        on_disk(make_folders, self.options.target, self.name)
        on_disk(make_way, self.path)
        on_disk(make_way, self.part)
        patience, mismatches = Patience(self.name, self.options), 0
        while True:
            before = size_of(self.part)
            try:
                self.fetch(before if 0 < before <= self.size else 0)
            except NETWORK_ERRORS as error:
                if size_of(self.part) > max(0, before):
                    patience.failures = 0
                patience.after(error)
                continue
            found, expected = self.digest.hexdigest(), expected_digest(self.fact)
            if found == expected:
                os.replace(self.part, self.path)
                sync(os.path.dirname(self.path))
                return
            os.remove(self.part)
            self.progress.add(-self.size)
            mismatches += 1
            if mismatches == 3:
                raise Refused(
                    "%s: %s is %s and should be %s, three times in a row: %s serves a different file."
                    % (self.name, digest_name(self.fact), found, expected, self.options.endpoint)
                )
            say("%s: %s is wrong; downloading it again" % (self.name, digest_name(self.fact)))

    def fetch(self, start: int) -> None:
        if start == self.size > 0:
            self.hash_part(start)
            return
        with get(self.address, self.options, start) as response:
            if start and (response.status != 206 or not (response.headers.get("Content-Range") or "").startswith("bytes %d-" % start)):
                self.progress.add(-start)
                start = 0  # the server sends the whole file
            self.hash_part(start)
            flags = os.O_WRONLY | os.O_CREAT | (0 if start else os.O_TRUNC)
            with os.fdopen(on_disk(open_file, self.part, flags), "wb") as part:
                part.seek(start)
                while start < self.size:
                    chunk = response.read(min(CHUNK, self.size - start))
                    if not chunk:
                        raise http.client.IncompleteRead(b"", self.size - start)
                    if stopping.is_set():
                        raise Unavailable("stopped")
                    on_disk(part.write, chunk)
                    self.digest.update(chunk)
                    start = self.hashed = start + len(chunk)
                    self.progress.add(len(chunk))
                on_disk(part.flush)
                on_disk(os.fsync, part.fileno())

    def hash_part(self, length: int) -> None:
        """Counts the bytes of an earlier attempt only after it has read them again."""
        if self.hashed == length:
            return
        self.digest, self.hashed = new_digest(self.fact), length
        if length:
            on_disk(hash_file, self.part, self.digest, length, stopping.is_set)


class Progress:
    """Prints every half minute how many bytes of the model are on disk."""

    def __init__(self, here: int, total: int) -> None:
        self.here, self.total, self.lock = here, total, threading.Lock()
        threading.Thread(target=self.report, daemon=True).start()

    def add(self, count: int) -> None:
        with self.lock:
            self.here += count

    def report(self) -> None:
        while not stopping.wait(30):
            say("%.1f of %.1f GiB" % (self.here / GIB, self.total / GIB))


def sync(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
