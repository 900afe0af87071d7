"""The ranks of one engine, as vLLM's own classes make them on PyTorch's meta device: shapes and types without memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

# What every case gets. The requests are short, so that their blocks fit the given memory.
ENGINE = {"max_model_len": 4096, "max_num_batched_tokens": 8192, "max_num_seqs": 256}
CACHE_BYTES = 40 * 2**30


@dataclass
class Stage:
    """What the ranks of one pipeline stage hold; the ranks of a stage are alike."""

    config: Any
    weight_bytes: int
    tower_bytes: int
    cache: dict[str, Any]


def engine_of(folder: str, tensor: int, pipeline: int, arguments: dict[str, Any]) -> dict[str, Any]:
    """Bytes of weights and the division of the cache, stage by stage."""
    stages = [_stage(folder, tensor, pipeline, stage, arguments) for stage in range(pipeline)]
    first = stages[0].config
    return {
        "stages": [_written(each) for each in stages],
        "cacheDtype": first.cache_config.cache_dtype,
        "runner": 2 if getattr(first, "use_v2_model_runner", False) else 1,
        "inFlightTokens": getattr(first, "max_in_flight_tokens", ENGINE["max_num_batched_tokens"]),
        **_pool(stages),
    }


def _written(stage: Stage) -> dict[str, Any]:
    towers = {"towerBytes": stage.tower_bytes} if stage.tower_bytes else {}
    return {"weightBytes": stage.weight_bytes, **towers, "pages": _pages(stage.cache)}


def _stage(folder: str, tensor: int, pipeline: int, stage: int, arguments: dict[str, Any]) -> Stage:
    from vllm.config import set_current_vllm_config
    from vllm.model_executor.model_loader.utils import initialize_model
    from vllm.platforms import current_platform

    config = _config(folder, tensor, pipeline, arguments)
    config.parallel_config.rank = tensor * stage
    _replace_groups(tensor, pipeline, stage)
    with set_current_vllm_config(config), torch.device("meta"), _OnMeta():
        torch.set_default_dtype(config.model_config.dtype)
        model = initialize_model(vllm_config=config)
    torch.set_default_dtype(torch.float32)
    whole = _bytes(model)
    language = _bytes(model.get_language_model()) if hasattr(model, "get_language_model") else whole
    current_platform.update_block_size_for_backend(config)
    with set_current_vllm_config(config):
        cache = _cache_of(config)
    return Stage(config, whole, whole - language, cache)


def _config(folder: str, tensor: int, pipeline: int, arguments: dict[str, Any]) -> Any:  # noqa: ANN401
    from vllm.engine.arg_utils import EngineArgs
    from vllm.usage.usage_lib import UsageContext

    split = {"tensor_parallel_size": tensor, "pipeline_parallel_size": pipeline}
    backend = {"distributed_executor_backend": "mp"} if tensor * pipeline > 1 else {}
    engine = EngineArgs(
        model=folder,
        skip_tokenizer_init=True,
        enforce_eager=True,
        load_format="dummy",
        **split,
        **backend,
        **ENGINE,
        **arguments,
    )
    return engine.create_engine_config(UsageContext.OPENAI_API_SERVER)


class _Group:
    """A group of processes of which only this one exists."""

    def __init__(self, size: int, rank: int) -> None:
        self.world_size, self.rank, self.rank_in_group, self.local_rank = size, rank, rank, rank
        self.ranks = list(range(size))
        self.device = torch.device("cpu")
        self.cpu_group = self.device_group = _Processes(size, rank)
        self.unique_name, self.use_custom_op_call = "pretended", False
        self.mq_broadcaster = self.device_communicator = None
        self.is_first_rank, self.is_last_rank = rank == 0, rank == size - 1
        self.first_rank, self.last_rank = 0, size - 1

    def barrier(self) -> None:
        pass

    def all_reduce(self, tensor: torch.Tensor, *_: object, **__: object) -> torch.Tensor:
        return tensor


class _Processes:
    def __init__(self, size: int, rank: int) -> None:
        self._size, self._rank = size, rank

    def size(self) -> int:
        return self._size

    def rank(self) -> int:
        return self._rank


def _replace_groups(tensor: int, pipeline: int, stage: int) -> None:
    from vllm.distributed import parallel_state

    groups = {"_TP": _Group(tensor, 0), "_EP": _Group(tensor, 0), "_PP": _Group(pipeline, stage)}
    groups["_WORLD"] = _Group(tensor * pipeline, tensor * stage)
    for name in ("_DP", "_DCP", "_PCP", "_ETP", "_EPLB", "_INNER_DP_WORLD", *groups):
        if hasattr(parallel_state, name):
            setattr(parallel_state, name, groups.get(name, _Group(1, 0)))


class _OnMeta(TorchFunctionMode):
    """Some layers name their device. They get the meta device too."""

    def __torch_function__(self, func: Any, _: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
        named = {key: value for key, value in (kwargs or {}).items() if key != "pin_memory"}
        device = named.get("device")
        if device is not None and (isinstance(device, int) or "cuda" in str(device)):
            named["device"] = "meta"
        return func(*(_moved(each) for each in args), **named)


def _moved(argument: Any) -> Any:  # noqa: ANN401
    if isinstance(argument, torch.device) and argument.type == "cuda":
        return torch.device("meta")
    return "meta" if isinstance(argument, str) and argument.startswith("cuda") else argument


def _bytes(model: torch.nn.Module) -> int:
    """Bytes of the parameters. A parameter that two modules share counts once."""
    return sum(each.numel() * each.element_size() for each in model.parameters())


def _cache_of(config: Any) -> dict[str, Any]:  # noqa: ANN401
    found: dict[str, Any] = {}
    for name, layer in config.compilation_config.static_forward_context.items():
        of_layer = layer.get_kv_cache_spec(config) if hasattr(layer, "get_kv_cache_spec") else None
        if isinstance(of_layer, dict):
            found.update({f"{name}.{key}": value for key, value in of_layer.items()})
        elif of_layer is not None:
            found[name] = of_layer
    return found


def _pages(cache: dict[str, Any]) -> list[dict[str, Any]]:
    """The page of every kind of layer, with the number of layers."""
    kinds: Counter[tuple[str, int, int, int]] = Counter()
    for spec in cache.values():
        window = getattr(spec, "sliding_window", None) or getattr(spec, "attention_chunk_size", None) or 0
        kinds[type(spec).__name__.removesuffix("Spec"), window, spec.block_size, spec.page_size_bytes] += 1
    return [
        {"kind": kind, **({"window": window} if window else {}), "tokens": tokens, "bytes": size, "layers": layers}
        for (kind, window, tokens, size), layers in sorted(kinds.items())
    ]


def _pool(stages: list[Stage]) -> dict[str, Any]:
    """The blocks that vLLM makes of the given memory on every rank, and those that a request of the longest context takes."""
    from vllm.v1.core import kv_cache_utils

    config = stages[0].config
    _resolve_layout(config, stages)
    available = [CACHE_BYTES] * len(stages)
    pools = kv_cache_utils.get_kv_cache_configs(config, [each.cache for each in stages], available)
    groups = pools[0].kv_cache_groups
    _, concurrency = kv_cache_utils.get_kv_cache_capacity(config, pools[0]) if hasattr(kv_cache_utils, "get_kv_cache_capacity") else (0, 0)
    return {"blocks": pools[0].num_blocks, "groups": len(groups), "concurrency": round(concurrency, 4)}


def _resolve_layout(config: Any, stages: list[Stage]) -> None:  # noqa: ANN401
    """Since 0.31 the layout of the cache is chosen for the whole model."""
    if getattr(config.cache_config, "kv_cache_layout", "") is not None:
        return
    from vllm.v1.attention.backends.utils import get_supported_kv_cache_layouts, resolve_kv_cache_layout

    layers = config.compilation_config.static_forward_context.values()
    backends = {layer.get_attn_backend() for layer in layers if hasattr(layer, "get_attn_backend")}
    names = [layout.name for layout in get_supported_kv_cache_layouts(list(backends))]
    resolve_kv_cache_layout(config, [names], [spec for each in stages for spec in each.cache.values()])
