import http.client
import json
import os
import sys
import urllib.error
import urllib.request

base_url, model, deadline_seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])


def reason(error: Exception) -> str:
    """The kind of an error only: the text of an exception can hold the header with the key, and what a probe prints lands in events."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "timed out"
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno) if cause.errno > 0 else "the name does not resolve"
    return type(cause).__name__


headers = {"Content-Type": "application/json"}
key = os.environ.get("VLLM_API_KEY", "")
if not (key.isascii() and key.isprintable() and key == key.strip()):
    sys.exit("no completion: the API key has a space around it, a line break or another character that an HTTP header cannot hold")
if key:
    headers["Authorization"] = "Bearer " + key
body = json.dumps({"model": model, "prompt": "1", "max_tokens": 1, "temperature": 0}).encode()
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    request = urllib.request.Request(base_url + "/v1/completions", data=body, headers=headers)
    with opener.open(request, timeout=deadline_seconds) as response:
        answer = json.load(response)
except urllib.error.HTTPError as error:
    sys.exit("completion refused: HTTP %d" % error.code)
except (OSError, ValueError, RecursionError, http.client.HTTPException) as error:
    sys.exit("no completion: %s" % reason(error))
if not (isinstance(answer, dict) and answer.get("choices")):
    sys.exit("completion without a choice")
