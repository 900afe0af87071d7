"""Downloads one revision of a Hugging Face model into a directory that inference pods read."""

import argparse
import concurrent.futures
import errno
import fcntl
import hashlib
import http.client
import json
import os
import signal
import sys
import threading
import urllib.parse
from collections.abc import Callable
from typing import IO, TextIO, TypeVar

from hub import NETWORK_ERRORS, Fact, Options, Patience, Refused, Unavailable, get, list_files, say, stopping

MARKER, COMMIT, LOCK = ".complete.json", ".commit", ".lock"
CHUNK = 4 * 1024 * 1024
THREADS = 8
GIB = 1024**3
Result = TypeVar("Result")


def size_of(path: str) -> int:
    try:
        return os.path.getsize(path)
    except FileNotFoundError:
        return -1


class Download:
    """Fetches one file into NAME.part, checks it, and only then renames it to NAME."""

    def __init__(self, name: str, fact: Fact, commit: str, options: Options, progress: "Progress") -> None:
        self.name, self.size, self.sha256, self.options, self.progress = name, fact["size"], fact["sha256"], options, progress
        self.path = os.path.join(options.target, name)
        self.part = self.path + ".part"
        self.address = "%s/%s/resolve/%s/%s" % (options.endpoint, options.model, commit, urllib.parse.quote(name))
        self.digest, self.hashed = hashlib.sha256(), 0

    def run(self) -> None:
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
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
            found = self.digest.hexdigest()
            if self.sha256 in (None, found):
                os.replace(self.part, self.path)
                sync(os.path.dirname(self.path))
                return
            os.remove(self.part)
            self.progress.add(-self.size)
            mismatches += 1
            if mismatches == 3:
                raise Refused(
                    "%s: SHA-256 is %s and should be %s, three times in a row: %s serves a different file."
                    % (self.name, found, self.sha256, self.options.endpoint)
                )
            say("%s: SHA-256 is wrong; downloading it again" % self.name)

    def fetch(self, start: int) -> None:
        if start == self.size > 0:
            self.hash_part(start)
            return
        with get(self.address, self.options, start) as response:
            if start and (response.status != 206 or not (response.headers.get("Content-Range") or "").startswith("bytes %d-" % start)):
                self.progress.add(-start)
                start = 0  # the server sends the whole file
            self.hash_part(start)
            with on_disk(open_bytes, self.part, "r+b" if start else "wb") as part:
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
        self.digest, self.hashed = hashlib.sha256(), length
        if length == 0:
            return
        with on_disk(open_bytes, self.part, "rb") as part:
            while length and (chunk := on_disk(part.read, min(CHUNK, length))):
                self.digest.update(chunk)
                length -= len(chunk)


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


def open_bytes(path: str, mode: str) -> IO[bytes]:
    return open(path, mode)


def on_disk(action: Callable[..., Result], *arguments: object) -> Result:
    """Runs a file operation and reports its error as one of the file system, not of the network."""
    try:
        return action(*arguments)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refused("The file system is full: raise modelStore.storageCapacityGiB or delete old revisions.") from error
        raise Unavailable("file system: %s" % error) from error


def sync(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: str, text: str) -> None:
    with open(path + ".new", "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
    sync(os.path.dirname(path))


def read_text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().strip()
    except FileNotFoundError:
        return ""


def lock(path: str) -> TextIO:
    """The process holds the lock until it ends, however it ends."""
    file = open(path, "w")  # noqa: SIM115
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another pod is downloading this model; waiting for it.")
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError as error:
        raise Refused("The file system cannot lock files (%s): mount it with the option flock." % error) from error
    return file


def download(options: Options) -> None:
    def here(name: str) -> str:
        return os.path.join(options.target, name)

    marker = json.loads(read_text(here(MARKER)) or "{}")
    kept = marker.get("files", {})
    same = (marker.get("model"), marker.get("revision")) == (options.model, options.revision)
    if same and kept and all(size_of(here(name)) == fact["size"] for name, fact in kept.items()):
        say("%s at %s is complete: commit %s." % (options.model, options.revision, marker["commit"]))
        return
    # A branch moves: every later attempt uses the commit that the first one resolved.
    recorded = read_text(here(COMMIT))
    commit, files = list_files(recorded or options.revision, options)
    if not recorded:
        write_whole(here(COMMIT), commit)
    missing = {name: fact for name, fact in files.items() if size_of(here(name)) != fact["size"]}
    total = sum(fact["size"] for fact in files.values())
    left = sum(max(0, fact["size"] - max(0, size_of(here(name + ".part")))) for name, fact in missing.items())
    disk = os.statvfs(options.target)
    if left > disk.f_bavail * disk.f_frsize:
        raise Refused(
            "%s needs %.1f GiB more and the file system has %.1f GiB free: raise modelStore.storageCapacityGiB or delete old revisions."
            % (options.model, left / GIB, disk.f_bavail * disk.f_frsize / GIB)
        )
    sizes = "%d files, %.1f GiB, %.1f GiB to download" % (len(files), total / GIB, left / GIB)
    say("%s at %s is commit %s: %s." % (options.model, options.revision, commit, sizes))
    progress = Progress(total - left, total)
    largest_first = sorted(missing, key=lambda name: -missing[name]["size"])
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        transfers = [pool.submit(Download(name, missing[name], commit, options, progress).run) for name in largest_first]
        try:
            for transfer in concurrent.futures.as_completed(transfers):
                transfer.result()
        except BaseException:
            stopping.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    facts = {"schemaVersion": 1, "model": options.model, "revision": options.revision, "commit": commit, "files": files}
    write_whole(here(MARKER), json.dumps(facts, indent=1, sort_keys=True))
    say("%s at %s is complete: commit %s." % (options.model, options.revision, commit))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--revision", required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--endpoint", default="https://huggingface.co")
    parser.add_argument("--backoff-seconds", type=float, default=1.0)
    options = parser.parse_args(namespace=Options())
    options.endpoint = options.endpoint.rstrip("/")
    options.token = os.environ.get("HF_TOKEN", "")
    signal.signal(signal.SIGTERM, lambda *_: os._exit(75))  # the first process of a container has no default action
    os.umask(0o022)  # pods that serve the model run as another user
    try:
        os.makedirs(options.target, exist_ok=True)
        held = lock(os.path.join(options.target, LOCK))
        download(options)
        held.close()
    except (Refused, PermissionError) as refused:
        say("error: %s" % refused)
        return 1
    except (Unavailable, OSError) as error:
        say("error: %s; the downloaded data stays, and the next attempt continues." % error)
        return 75
    return 0


if __name__ == "__main__":
    sys.exit(main())
