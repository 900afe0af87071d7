"""Files of a model on the volume: which ones count, how to open them without following links, how to check their content."""

import concurrent.futures
import errno
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator
from typing import Protocol, TypedDict, TypeVar

WANTED = (".safetensors", ".json", ".txt", ".jinja", ".model", ".tiktoken", ".py")
PICKLE = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".dill")
CHUNK = 4 * 1024 * 1024
THREADS = 8
Result = TypeVar("Result")


class Refused(Exception):
    """A person must change something."""


class Unavailable(Exception):
    """Another attempt later may succeed."""


class Fact(TypedDict):
    """What the Hub reports about a file: the SHA-256 of a large one, the git object id of a small one."""

    size: int
    sha256: str | None
    blob: str | None


class Digest(Protocol):
    """A hash object of hashlib."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...


def new_digest(fact: Fact) -> Digest:
    """A git object id is the SHA-1 of a header and the content. https://git-scm.com/book/en/v2/Git-Internals-Git-Objects"""
    if fact["sha256"] is not None:
        return hashlib.sha256()
    return hashlib.sha1(b"blob %d\0" % fact["size"], usedforsecurity=False)


def digest_name(fact: Fact) -> str:
    return "SHA-256" if fact["sha256"] is not None else "git object id"


def expected_digest(fact: Fact) -> str | None:
    return fact["sha256"] or fact["blob"]


def is_fact(fact: object) -> bool:
    """True for a size and a digest as the Hub writes them."""
    if not isinstance(fact, dict):
        return False
    size, sha256, blob = fact.get("size"), fact.get("sha256"), fact.get("blob")
    if type(size) is not int or size < 0 or (sha256 is None and blob is None):
        return False
    return (sha256 is None or is_hex(sha256, 64)) and (blob is None or is_hex(blob, 40))


def is_hex(text: object, length: int) -> bool:
    return isinstance(text, str) and re.fullmatch("[0-9a-f]{%d}" % length, text) is not None


def is_loadable(name: str) -> bool:
    """True for files that vLLM may read when they lie in the directory of the model."""
    return name.lower().endswith(WANTED + PICKLE) or os.path.basename(name).startswith("tokenizer.")


def is_pickle(name: str) -> bool:
    return name.lower().endswith(PICKLE)


def is_inside(name: object) -> bool:
    """False for names that would leave the directory, or that a terminal or a log would not show as they are."""
    return (
        isinstance(name, str) and name.isprintable() and "\\" not in name and not any(part in ("", ".", "..") for part in name.split("/"))
    )


def is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def on_disk(action: Callable[..., Result], *arguments: object) -> Result:
    """Runs a file operation and reports its error as one of the file system, not of the network."""
    try:
        return action(*arguments)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refused("The file system is full: raise modelStore.storageCapacityGiB or delete old revisions.") from error
        raise Unavailable("file system: %s" % os.strerror(error.errno or 0)) from error


def open_file(path: str, flags: int) -> int:
    """Opens a regular file. A link or a pipe that another pod has put there is not followed."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)


def size_of(path: str) -> int:
    """-1 if no regular file is there: a link to a file of the right size is not that file."""
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return -1
    return found.st_size if stat.S_ISREG(found.st_mode) else -1


def make_way(path: str) -> None:
    """Removes what is not a separate file from a path that will be written: a link, a pipe, a second name of another file."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISDIR(found.st_mode):
        raise Refused("%s is a folder and should be a file: remove it." % path)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.unlink(path)


def make_folders(target: str, name: str) -> None:
    """Makes the folders of a file. None of them may be a link, which could lead to another model or out of the volume."""
    folder = target
    for part in name.split("/")[:-1]:
        folder = os.path.join(folder, part)
        if not os.path.lexists(folder):
            os.makedirs(folder, exist_ok=True)
        if not stat.S_ISDIR(os.lstat(folder).st_mode):
            raise Refused("%s is not a folder, or a link to one: remove it." % folder)


def hash_file(path: str, digest: Digest, length: int, stopped: Callable[[], bool]) -> None:
    with os.fdopen(open_file(path, os.O_RDONLY), "rb") as file:
        while length and (chunk := file.read(min(CHUNK, length))):
            if stopped():
                raise Unavailable("stopped")
            digest.update(chunk)
            length -= len(chunk)


def has_content(path: str, fact: Fact, stopped: Callable[[], bool]) -> bool:
    """True if the file has the size and the digest that the Hub reports. Reads all of it."""
    if size_of(path) != fact["size"]:
        return False
    digest = new_digest(fact)
    on_disk(hash_file, path, digest, fact["size"], stopped)
    return digest.hexdigest() == expected_digest(fact)


def intact(target: str, files: dict[str, Fact], stopped: Callable[[], bool]) -> set[str]:
    """The files that are there with the right content."""
    names = [name for name, fact in files.items() if size_of(os.path.join(target, name)) == fact["size"]]

    def check(name: str) -> bool:
        return reached_without_link(target, name) and has_content(os.path.join(target, name), files[name], stopped)

    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        return {name for name, good in zip(names, pool.map(check, names), strict=True) if good}


def reached_without_link(target: str, name: str) -> bool:
    parts = name.split("/")[:-1]
    return not any(os.path.islink(os.path.join(target, *parts[: end + 1])) for end in range(len(parts)))


def strangers(target: str, files: dict[str, Fact]) -> Iterator[str]:
    """
    Files that vLLM may read and that the revision does not have. Links to folders count as files. A part of a file of the revision is the
    work of an interrupted attempt, also where its name counts as loadable: tokenizer.json.part.
    """
    for folder, folders, names in os.walk(target):
        folders[:] = [each for each in folders if not each.startswith(".")]
        links = [each for each in folders if os.path.islink(os.path.join(folder, each))]
        for each in names:
            name = os.path.relpath(os.path.join(folder, each), target)
            expected = name in files or name.removesuffix(".part") in files
            if not expected and not is_hidden(name) and is_loadable(name):
                yield name
        yield from (os.path.relpath(os.path.join(folder, each), target) for each in links)
