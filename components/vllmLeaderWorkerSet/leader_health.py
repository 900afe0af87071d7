import http.client
import os
import sys
import urllib.error
import urllib.request

port, deadline_seconds = sys.argv[1], float(sys.argv[2])


def reason(error: Exception) -> str:
    """The kind of an error only, as in completion.py."""
    if isinstance(error, urllib.error.HTTPError):
        return "HTTP %d" % error.code
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, TimeoutError):
        return "timed out"
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno) if cause.errno > 0 else "the name does not resolve"
    return type(cause).__name__


opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    opener.open("http://%s:%s/health" % (os.environ.get("LWS_LEADER_ADDRESS", ""), port), timeout=deadline_seconds).close()
except (OSError, ValueError, http.client.HTTPException) as error:
    sys.exit("leader does not serve: %s" % reason(error))
