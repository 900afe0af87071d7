"""Lists the files of a revision that vLLM reads, with what the Hub reports about each."""

import os
import urllib.parse
from typing import Any

from content import WANTED, Fact, Refused, is_fact, is_hex, is_hidden, is_inside, is_pickle
from hub import Options, read_json

COPIES = ("original/", "metal/", "onnx/")  # the same weights for another runtime
PICKLE_WEIGHTS = (".bin", ".pt", ".pth")  # vLLM reads no other pickle
# State of a training run. vLLM leaves these names out, too: model_loader/weight_utils.py.
TRAINING = ("training_args.bin", "optimizer.bin", "optimizer.pt", "scheduler.pt", "scaler.pt")


def list_files(revision: str, options: Options) -> tuple[str, dict[str, Fact]]:
    """Returns the commit of a revision, and the files to keep with what the Hub reports about each."""
    answer = read_json("/api/models/%s/revision/%s?blobs=true" % (options.model, urllib.parse.quote(revision, safe="")), options)
    entries = answer.get("siblings") if isinstance(answer, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries) or not is_hex(answer.get("sha"), 40):
        raise Refused("%s does not list files as huggingface.co does: set an endpoint with the same API." % options.endpoint)
    outside = [entry.get("rfilename") for entry in entries if not is_inside(entry.get("rfilename"))]
    if outside:
        raise Refused("%s at %s has a file with the name %.100r, which leads out of the directory." % (options.model, revision, outside[0]))
    files = {entry["rfilename"]: fact_of(entry) for entry in entries if is_wanted(entry["rfilename"], options)}
    return answer["sha"], checked(without_copies(files), revision, options, [entry["rfilename"] for entry in entries])


def fact_of(entry: dict[str, Any]) -> Fact:
    lfs = entry["lfs"] if isinstance(entry.get("lfs"), dict) else {}
    size: Any = lfs.get("size", entry.get("size"))
    # The git object id of a large file is that of the small text that stands for it.
    blob = None if lfs else entry.get("blobId")
    return {"size": size, "sha256": lfs.get("sha256"), "blob": blob}


def is_wanted(name: str, options: Options) -> bool:
    base = os.path.basename(name)
    if is_hidden(name) or name.startswith(COPIES):
        return False
    if is_pickle(name):
        return options.allow_pickle and name.endswith(PICKLE_WEIGHTS) and base not in TRAINING
    return name.endswith(WANTED) or base.startswith("tokenizer.")


def without_copies(files: dict[str, Fact]) -> dict[str, Fact]:
    """Leaves out weights that the same folder has in a better form: pickle beside safetensors, one large file beside its parts."""
    safe = {os.path.dirname(name) for name in files if is_safe(name)}
    parts = {os.path.dirname(name) for name in files if is_safe(name) and not is_consolidated(name)}
    copies = {name for name in files if is_pickle(name) and os.path.dirname(name) in safe}
    copies |= {name for name in files if is_safe(name) and is_consolidated(name) and os.path.dirname(name) in parts}
    return {name: fact for name, fact in files.items() if name not in copies}


def checked(files: dict[str, Fact], revision: str, options: Options, all_names: list[str]) -> dict[str, Fact]:
    if not any(is_safe(name) or is_pickle(name) for name in files):
        pickle = [name for name in all_names if is_pickle(name) and not name.startswith(COPIES)]
        where = "%s at %s has no safetensors files" % (options.model, revision)
        if pickle:
            raise Refused(
                "%s, only pickle such as %s, which can run code when it is loaded: choose a repository with safetensors files, or set "
                "allowPickleWeights if you trust this one." % (where, pickle[0])
            )
        raise Refused("%s: choose a repository that has them." % where)
    for name, fact in files.items():
        if not is_fact(fact):
            size = fact["size"]
            what = "the size %.40r" % (size,) if type(size) is not int or size < 0 else "no SHA-256 or git object id"
            raise Refused(
                "%s lists %s with %s, so a download could not be checked: set an endpoint that answers ?blobs=true as huggingface.co does."
                % (options.endpoint, name, what)
            )
    return files


def is_safe(name: str) -> bool:
    return name.endswith(".safetensors")


def is_consolidated(name: str) -> bool:
    return os.path.basename(name).startswith("consolidated") and is_safe(name)
