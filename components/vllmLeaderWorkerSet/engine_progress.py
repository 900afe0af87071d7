import hashlib
import http.client
import json
import os
import re
import sys
import time
import urllib.error
import urllib.request

base_url, model, silent_seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
state_path = os.path.join(os.environ.get("TMPDIR", "/tmp"), "vllm-eks-progress")
longest_gap_seconds = 120.0


def reason(error: Exception) -> str:
    """The kind of an error only, as in completion.py."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "timed out"
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno)
    return type(cause).__name__


def fetch(path: str) -> str | None:
    """The answer; None if the server answers with an error. Without an answer this is the end."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(base_url + path, timeout=4) as response:
            return str(response.read().decode(errors="replace"))
    except urllib.error.HTTPError:
        return None
    except (OSError, ValueError, http.client.HTTPException) as error:
        sys.exit("%s does not answer: %s" % (path, reason(error)))


def total(text: str, name: str, label: str = "") -> float | None:
    """Sum over all engines; None if there is no such sample."""
    values = re.findall(r"^%s(?:\{[^\n]*%s[^\n]*\})? ([0-9.e+]+)$" % (re.escape(name), label), text, re.MULTILINE)
    return sum(float(value) for value in values) if values else None


def waits(text: str) -> bool:
    """Whether requests are in an awake engine whose steps can be seen."""
    if total(text, "vllm:engine_sleep_state", 'sleep_state="awake"') == 0 or total(text, "vllm:iteration_tokens_total_count") is None:
        return False
    return any(total(text, "vllm:num_requests_" + kind) for kind in ("running", "waiting"))


def silence(work: str) -> float:
    """Seconds since the numbers last changed, as far as this script has watched without a long gap."""
    now = since = time.monotonic()
    try:
        with open(state_path) as file:
            state = json.load(file)
        if state["work"] == work and 0 <= now - state["last"] <= longest_gap_seconds:
            since = float(state["since"])
    except (OSError, ValueError, TypeError, KeyError):
        pass
    try:
        with open(state_path + ".new", "w") as file:
            json.dump({"work": work, "since": since, "last": now}, file)
        os.replace(state_path + ".new", state_path)
    except OSError:
        return 0
    return now - since


metrics = fetch("/metrics")
if metrics is None and fetch("/health") is None:
    sys.exit("/health answers with an error")
numbers = [line for line in (metrics or "").splitlines() if line.startswith("vllm:") and "rejection" not in line]
quiet = silence(hashlib.sha256("\n".join(numbers).encode()).hexdigest())
if quiet >= silent_seconds and waits(metrics or ""):
    print("no step of the engine for %d s, with requests in it" % quiet, flush=True)
    completion = os.path.join(os.path.dirname(os.path.abspath(__file__)), "completion.py")
    os.execv(sys.executable, [sys.executable, completion, base_url, model, "8"])
