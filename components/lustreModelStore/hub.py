"""Talks to the Hugging Face Hub or a mirror with the same API: sends requests, decides when to retry, says what an error means."""

import argparse
import email.message
import email.utils
import http.client
import json
import os
import random
import re
import ssl
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import IO, Any

from content import Refused, Unavailable

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
    allow_pickle: bool
    token: str


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


def reason(error: BaseException) -> str:
    """
    The kind of an error and its number. Never its text: that of an exception can hold the header with the token, and that of an answer is
    chosen by the server.
    """
    if isinstance(error, urllib.error.HTTPError):
        return "HTTP %d" % error.code
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "timed out"
    if isinstance(cause, ssl.SSLError):
        return "TLS: %s" % type(cause).__name__
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno) if cause.errno > 0 else "the name does not resolve"
    return type(cause).__name__


def check_token(token: str) -> None:
    """Python's own error for such a header prints the header."""
    if token.isascii() and token.isprintable() and " " not in token:
        return
    raise Refused(
        "The Hugging Face token has a space, a line break or another character that an HTTP header cannot hold. "
        "Set it again: pulumi config set --secret huggingFaceToken"
    )


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
        why = "the token cannot read it" if options.token else "no token is set"
        return Refused(
            "HTTP %d for %s: the model is gated or private, or does not exist, and %s. Accept its licence at %s/%s, then set a "
            "token that can read it: pulumi config set --secret huggingFaceToken"
            % (error.code, options.model, why, options.endpoint, options.model)
        )
    if error.code == 404:
        return Refused("HTTP 404 for %s at revision %s: check model and modelRevision." % (options.model, options.revision))
    if error.code in (408, 416, 429) or error.code >= 500:
        return None
    return Refused("HTTP %d for %s from %s: check model, modelRevision and the endpoint." % (error.code, options.model, options.endpoint))


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
                raise refused from None
            wait = advised_wait(error.headers)
        self.failures += 1
        if self.failures == TRIES:
            raise Unavailable("%s: %s (%d times in a row)" % (self.what, reason(error), TRIES)) from None
        backoff = self.options.backoff_seconds * min(60, 2 ** (self.failures - 1)) * random.uniform(1, 1.5)
        wait = min(max(wait, backoff), 600)
        say("%s: %s; next attempt in %.0f s" % (self.what, reason(error), wait))
        if stopping.wait(wait):
            raise Unavailable("stopped")


def read_json(path: str, options: Options) -> Any:  # noqa: ANN401
    patience = Patience("list of files", options)
    while True:
        try:
            with get(options.endpoint + path, options) as response:
                return json.load(response)
        except (*NETWORK_ERRORS, ValueError, RecursionError) as error:
            patience.after(error)
