"""Talks to the Hugging Face Hub or a mirror with the same API: lists the files of a revision, sends requests, decides when to retry."""

import argparse
import email.message
import email.utils
import http.client
import json
import os
import random
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import IO, TypedDict

WANTED = (".safetensors", ".json", ".txt", ".jinja", ".model", ".tiktoken", ".py")
COPIES = ("original/", "metal/", "onnx/")  # the same weights for another runtime
TRIES = 10
NETWORK_ERRORS = (OSError, http.client.HTTPException)  # URLError and HTTPError are OSErrors
stopping = threading.Event()


class Options(argparse.Namespace):
    """The arguments of the Job."""

    model: str
    revision: str
    target: str
    endpoint: str
    backoff_seconds: float
    token: str


class Fact(TypedDict):
    """What the Hub reports about a file."""

    size: int
    sha256: str | None


class Refused(Exception):
    """A person must change something."""


class Unavailable(Exception):
    """Another attempt later may succeed."""


class TokenStaysHome(urllib.request.HTTPRedirectHandler):
    """The Hub redirects to a signed address of a CDN for weights: this sends the token only to the host that issued it."""

    def redirect_request(
        self, old: urllib.request.Request, response: IO[bytes], code: int, message: str, headers: http.client.HTTPMessage, address: str
    ) -> urllib.request.Request | None:
        new = super().redirect_request(old, response, code, message, headers, address)
        token = old.unredirected_hdrs.get("Authorization")
        if new is not None and token and (new.type, new.host) == (old.type, old.host):
            new.add_unredirected_header("Authorization", token)
        return new


opener = urllib.request.build_opener(TokenStaysHome)


def say(text: str) -> None:
    print(time.strftime("%H:%M:%S ", time.gmtime()) + text, flush=True)


def get(address: str, options: Options, start: int = 0) -> http.client.HTTPResponse:
    request = urllib.request.Request(address, headers={"User-Agent": "vllm-eks"})
    if options.token:
        request.add_unredirected_header("Authorization", "Bearer " + options.token)
    if start:
        request.add_header("Range", "bytes=%d-" % start)
    response: http.client.HTTPResponse = opener.open(request, timeout=60)
    return response


def refusal(error: urllib.error.HTTPError, options: Options) -> Refused | None:
    """Says what to do about an HTTP error, or returns None if waiting may help."""
    if urllib.parse.urlsplit(error.url or "").netloc != urllib.parse.urlsplit(options.endpoint).netloc:
        return None  # a signed address that expired: the next attempt gets a new one
    if error.code in (401, 403):
        reason = "the token cannot read it" if options.token else "no token is set"
        return Refused(
            "HTTP %d for %s: the model is gated or private, or does not exist, and %s. Accept its licence at %s/%s, then set a "
            "token that can read it: pulumi config set --secret huggingFaceToken"
            % (error.code, options.model, reason, options.endpoint, options.model)
        )
    if error.code == 404:
        return Refused("HTTP 404 for %s at revision %s: check model and modelRevision." % (options.model, options.revision))
    if error.code in (408, 416, 429) or error.code >= 500:
        return None
    return Refused("HTTP %d for %s: check model, modelRevision and the endpoint." % (error.code, error.url))


def advised_wait(headers: email.message.Message) -> float:
    """Seconds to wait, as the server asks: Retry-After, or the reset time in the Hub's RateLimit header."""
    after = (headers.get("Retry-After") or "").strip()
    if after.isdigit():
        return float(after)
    try:
        return email.utils.parsedate_to_datetime(after).timestamp() - time.time()
    except (TypeError, ValueError):
        reset = re.search(r"\bt=(\d+)", headers.get("RateLimit") or "")
        return float(reset.group(1)) if reset else 0.0


class Patience:
    """Waits longer after each failure in a row and gives up after TRIES failures."""

    def __init__(self, what: str, options: Options) -> None:
        self.what, self.options, self.failures = what, options, 0

    def after(self, error: Exception) -> None:
        wait = 0.0
        if isinstance(error, urllib.error.HTTPError):
            error.close()
            refused = refusal(error, self.options)
            if refused:
                raise refused
            wait = advised_wait(error.headers)
        self.failures += 1
        if self.failures == TRIES:
            raise Unavailable("%s: %s (%d times in a row)" % (self.what, error, TRIES))
        backoff = self.options.backoff_seconds * min(60, 2 ** (self.failures - 1)) * random.uniform(1, 1.5)
        wait = min(max(wait, backoff), 600)
        say("%s: %s; next attempt in %.0f s" % (self.what, error, wait))
        if stopping.wait(wait):
            raise Unavailable("stopped")


def list_files(revision: str, options: Options) -> tuple[str, dict[str, Fact]]:
    """Returns the commit of a revision and the files to keep: name to size and SHA-256 (None if the Hub has none)."""
    address = "%s/api/models/%s/revision/%s?blobs=true" % (options.endpoint, options.model, urllib.parse.quote(revision, safe=""))
    patience = Patience("list of files", options)
    while True:
        try:
            with get(address, options) as response:
                answer = json.load(response)
            break
        except (*NETWORK_ERRORS, ValueError) as error:
            patience.after(error)
    files: dict[str, Fact] = {}
    for entry in answer["siblings"]:
        name, lfs = entry["rfilename"], entry.get("lfs") or {}
        wanted = name.endswith(WANTED) or os.path.basename(name).startswith("tokenizer.")
        hidden = any(part == "" or part.startswith(".") for part in name.split("/"))  # also names that would leave the directory
        if wanted and not hidden and not name.startswith(COPIES):
            files[name] = {"size": lfs.get("size", entry.get("size")), "sha256": lfs.get("sha256")}
    folders_with_shards = {os.path.dirname(name) for name in files if is_weight(name) and not is_consolidated(name)}
    files = {name: fact for name, fact in files.items() if not (is_consolidated(name) and os.path.dirname(name) in folders_with_shards)}
    if not any(is_weight(name) for name in files):
        raise Refused("%s at %s has no safetensors files: choose a repository that has them." % (options.model, revision))
    if any(not isinstance(fact["size"], int) for fact in files.values()):
        raise Refused("%s does not report file sizes: set an endpoint that answers ?blobs=true as huggingface.co does." % options.endpoint)
    return answer["sha"], files


def is_weight(name: str) -> bool:
    return name.endswith(".safetensors")


def is_consolidated(name: str) -> bool:
    return os.path.basename(name).startswith("consolidated") and is_weight(name)
