"""Asks vLLM's own classes what every rank holds. Reads cases from standard input, one JSON object a line, and writes one answer a line.

    python tools/oracle/oracle.py 9.0 < cases

A case is {"config": file, "tp": ranks, "pp": stages, "arguments": {engine arguments}}. Every case runs in a copy of a process that has
loaded vLLM already: loading takes 8 s, a case 1 to 5 s.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
    "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
    "VLLM_LOGGING_LEVEL": "ERROR",
    "VLLM_NO_USAGE_STATS": "1",
}


def main(capability: str) -> None:
    """Answer every case of standard input."""
    import vllm.platforms  # noqa: F401
    from pretended_gpu import pretend

    major, minor = capability.split(".")
    pretend((int(major), int(minor)))
    _load()
    for line in sys.stdin:
        case = json.loads(line)
        print(json.dumps({**case, "capability": float(capability), **_in_a_copy(case)}), flush=True)


def _load() -> None:
    import vllm.engine.arg_utils
    import vllm.model_executor.model_loader.utils  # noqa: F401
    from vllm.model_executor.models import registry
    from vllm.v1.core import kv_cache_utils  # noqa: F401

    # It would look at the classes in a process that knows nothing of the pretended GPU.
    registry._run_in_subprocess = lambda function: function()
    try:
        import torch
        from vllm.v1.worker.workspace import init_workspace_manager

        init_workspace_manager(torch.device("cpu"))
    except ImportError:
        pass  # Before 0.12


def _in_a_copy(case: dict[str, Any]) -> dict[str, Any]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(2, 1)
        with os.fdopen(writing, "w") as answer:
            json.dump(_answer(case), answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        text = answer.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else {"error": "the process ended without an answer"}


def _answer(case: dict[str, Any]) -> dict[str, Any]:
    from ranks import engine_of

    folder = tempfile.mkdtemp()
    try:
        shutil.copy(case["config"], Path(folder) / "config.json")
        return engine_of(folder, case["tp"], case["pp"], case.get("arguments", {}))
    except Exception as error:  # noqa: BLE001 - an answer too: the file of results names it
        if os.environ.get("ORACLE_TRACE"):
            traceback.print_exc()
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{frame.filename.split('site-packages/')[-1]}:{frame.lineno}"
        return {"error": " ".join(f"{type(error).__name__}: {error}".split())[:300], "place": place}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1])
