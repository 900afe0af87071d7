import json
import os
import sys
import urllib.error
import urllib.request

base_url, model, deadline_seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
headers = {"Content-Type": "application/json"}
if os.environ.get("VLLM_API_KEY"):
    headers["Authorization"] = "Bearer " + os.environ["VLLM_API_KEY"]
body = json.dumps({"model": model, "prompt": "1", "max_tokens": 1, "temperature": 0}).encode()
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    request = urllib.request.Request(base_url + "/v1/completions", data=body, headers=headers)
    with opener.open(request, timeout=deadline_seconds) as response:
        answer = json.load(response)
except urllib.error.HTTPError as error:
    sys.exit("completion refused: HTTP %d" % error.code)
except (OSError, ValueError) as error:
    sys.exit("no completion: %s" % error)
if not (isinstance(answer, dict) and answer.get("choices")):
    sys.exit("completion without a choice")
