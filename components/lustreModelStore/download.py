"""Downloads one revision of a Hugging Face model into a directory that inference pods read, and checks the content of every file."""

import argparse
import concurrent.futures
import fcntl
import json
import os
import signal
import sys
import traceback
from typing import Any, TextIO

from content import (
    THREADS,
    Fact,
    Refused,
    Unavailable,
    intact,
    is_fact,
    is_hex,
    is_inside,
    make_way,
    on_disk,
    open_file,
    size_of,
    strangers,
)
from hub import Options, check_token, reason, say, stopping
from listing import list_files
from transfer import GIB, Download, Progress, sync

MARKER, COMMIT, LOCK = ".complete.json", ".commit", ".lock"


def write_whole(path: str, text: str) -> None:
    make_way(path + ".new")
    with os.fdopen(open_file(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
    sync(os.path.dirname(path))


def read_text(path: str) -> str:
    """Empty if there is no regular file, or if it is not text."""
    if size_of(path) < 0:
        return ""
    with os.fdopen(open_file(path, os.O_RDONLY), encoding="utf-8", errors="replace") as file:
        return file.read().strip()


def lock(path: str) -> TextIO:
    """The process holds the lock until it ends, however it ends."""
    make_way(path)
    file = os.fdopen(open_file(path, os.O_WRONLY | os.O_CREAT), "w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another pod is downloading this model; waiting for it.")
        fcntl.flock(file, fcntl.LOCK_EX)
    except OSError as error:
        raise Refused("The file system cannot lock files (%s): mount it with the option flock." % reason(error)) from error
    return file


def read_marker(options: Options) -> dict[str, Any]:
    """What an earlier attempt wrote about this revision; empty if it is not whole. Its file list is checked, because it names paths."""
    try:
        marker = json.loads(read_text(os.path.join(options.target, MARKER)) or "{}")
    except (ValueError, RecursionError):
        marker = {}
    if not isinstance(marker, dict) or (marker.get("model"), marker.get("revision")) != (options.model, options.revision):
        return {}
    files = marker.get("files")
    whole = isinstance(files, dict) and all(is_inside(name) and is_fact(fact) for name, fact in files.items())
    return marker if whole and files and is_hex(marker.get("commit"), 40) else {}


def confirmed(files: dict[str, Fact], options: Options) -> dict[str, Fact]:
    """The listed files that are there with their content. Reads all of them: a size alone does not show a changed byte."""
    if files:
        say("Checking the content of %d files, %.1f GiB." % (len(files), sum(fact["size"] for fact in files.values()) / GIB))
    good = intact(options.target, files, stopping.is_set)
    return {name: fact for name, fact in files.items() if name in good}


def refuse_strangers(files: dict[str, Fact], marker: dict[str, Any], options: Options) -> None:
    """vLLM reads what lies in the directory. What an earlier download put there and this one does not want goes away."""
    for name in strangers(options.target, files):
        if name not in marker.get("files", {}):
            raise Refused("%s lies in %s and is not part of the revision: remove it." % (ascii(name), options.target))
        on_disk(os.unlink, os.path.join(options.target, name))
        say("%s is not wanted any more; removed" % name)


def recorded_commit(options: Options) -> str:
    """A branch moves: every later attempt uses the commit that the first one resolved. A commit in the settings needs no record."""
    recorded = read_text(os.path.join(options.target, COMMIT))
    return "" if is_hex(options.revision, 40) or not is_hex(recorded, 40) else recorded


def download(options: Options) -> None:
    marker = read_marker(options)
    good = confirmed(marker.get("files", {}), options)
    if good and good == marker["files"] and marker.get("allowPickle", False) == options.allow_pickle:
        refuse_strangers(marker["files"], marker, options)
        say("%s at %s is complete: commit %s." % (options.model, options.revision, marker["commit"]))
        return
    recorded = recorded_commit(options)
    asked = recorded or options.revision
    commit, files = list_files(asked, options)
    if is_hex(asked, 40) and commit != asked:
        raise Refused("%s answers with commit %s when asked for %s." % (options.endpoint, commit, asked))
    if not recorded:
        write_whole(os.path.join(options.target, COMMIT), commit)
    refuse_strangers(files, marker, options)
    fetch_all(commit, files, good, options)
    facts = {"schemaVersion": 2, "model": options.model, "revision": options.revision, "commit": commit, "files": files}
    if options.allow_pickle:
        facts["allowPickle"] = True
    write_whole(os.path.join(options.target, MARKER), json.dumps(facts, indent=1, sort_keys=True))
    say("%s at %s is complete: commit %s." % (options.model, options.revision, commit))


def fetch_all(commit: str, files: dict[str, Fact], good: dict[str, Fact], options: Options) -> None:
    """Fetches what is not there with the right content, the largest files first. `good`: what has been read already."""
    unread = {name: fact for name, fact in files.items() if good.get(name) != fact}
    read = intact(options.target, unread, stopping.is_set)
    missing = {name: fact for name, fact in unread.items() if name not in read}
    for name in missing:
        if size_of(os.path.join(options.target, name)) >= 0:
            say("%s is there with other content than the Hub reports; downloading it again" % name)
    total = sum(fact["size"] for fact in files.values())
    left = sum(max(0, fact["size"] - max(0, size_of(os.path.join(options.target, name + ".part")))) for name, fact in missing.items())
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


def parse_options() -> Options:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True)
    parser.add_argument("--revision", required=True)
    parser.add_argument("--target", required=True)
    parser.add_argument("--endpoint", default="https://huggingface.co")
    parser.add_argument("--backoff-seconds", type=float, default=1.0)
    parser.add_argument("--allow-pickle", action="store_true")
    options = parser.parse_args(namespace=Options())
    options.endpoint = options.endpoint.rstrip("/")
    options.token = os.environ.get("HF_TOKEN", "")
    return options


def main() -> int:
    options = parse_options()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(75))  # the first process of a container has no default action
    os.umask(0o022)  # pods that serve the model run as another user
    try:
        check_token(options.token)
        os.makedirs(options.target, exist_ok=True)
        if os.path.realpath(options.target) != os.path.abspath(options.target):
            raise Refused("%s is reached through a symbolic link: remove the link." % options.target)
        held = lock(os.path.join(options.target, LOCK))
        download(options)
        held.close()
    except Refused as refused:
        say("error: %s" % refused)
        return 1
    except PermissionError as error:
        say("error: %s: %s" % (reason(error), ascii(error.filename)))
        return 1
    except Unavailable as error:
        say("error: %s; the downloaded data stays, and the next attempt continues." % error)
        return 75
    except Exception as error:  # noqa: BLE001 the interpreter would print the text of the exception, which can hold the token
        where = traceback.extract_tb(error.__traceback__)[-1]
        say(
            "error: %s in %s, line %d; the downloaded data stays, and the next attempt continues."
            % (reason(error), where.name, where.lineno or 0)
        )
        return 75
    return 0


if __name__ == "__main__":
    sys.exit(main())
