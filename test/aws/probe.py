# Asks the load balancer from inside the VPC: an internal one answers nobody else. `question` is put before this text.
import json
import urllib.error
import urllib.request


def ask(path, key=None, body=None):
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = "Bearer " + key
    request = urllib.request.Request(question["url"] + path, body and json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


completion = {"model": question["model"], "messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 64}
served, text = ask("/v1/chat/completions", question["key"], completion)
print(json.dumps({
    "health": ask("/health")[0],
    "withoutKey": ask("/v1/models")[0],
    "withKey": served,
    "choices": len(json.loads(text)["choices"]) if served == 200 else 0,
}))
