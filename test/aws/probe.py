# Asks the load balancer from inside the VPC: an internal one answers no other client. The lane appends a call of `main` to this text.
import json
import urllib.error
import urllib.request


def ask(address: str, key: str = "", body: object = None) -> tuple[int, str]:
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Authorization"] = "Bearer " + key
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def main(url: str, key: str, model: str) -> None:
    completion = {"model": model, "messages": [{"role": "user", "content": "Say hello."}], "max_tokens": 64}
    served, text = ask(url + "/v1/chat/completions", key, completion)
    answers = {
        "health": ask(url + "/health")[0],
        "withoutKey": ask(url + "/v1/models")[0],
        "withKey": served,
        "choices": len(json.loads(text)["choices"]) if served == 200 else 0,
    }
    print(json.dumps(answers))
