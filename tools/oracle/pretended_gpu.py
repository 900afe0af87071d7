"""Lets vLLM's CPU build decide as on a CUDA GPU: block sizes, backends, quantised layouts and types of the cache.

Nothing is computed, so the kernels that the CPU build lacks only have to be importable.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
import types
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

# An H200, or a B200 for capability 10.
GPUS = {9: ("NVIDIA H200", 139.8), 10: ("NVIDIA B200", 178.4)}
MULTIPROCESSORS = 132
DEVICES = 64  # More than any split of a case needs.

# Modules with kernels. The oracle only asks for layouts, which Python decides.
KERNEL_MODULES = (
    "cuda",
    "cutlass",
    "deep_gemm",
    "flash_attn",
    "flash_mla",
    "flashinfer",
    "flashkda",
    "helion",
    "humming",
    "quack",
    "tilelang",
    "triton_kernels",
    "vllm._flashmla_C",
    "vllm._flashmla_extension_C",
    "vllm._moe_C",
    "vllm._moe_C_stable_libtorch",
    "vllm._qutlass_C",
    "vllm.third_party.deep_gemm",
    "vllm.third_party.flashmla",
    "vllm.third_party.fmha_sm100",
    "vllm.third_party.triton_kernels",
)


def pretend(capability: tuple[int, int]) -> None:
    """Call it before any model code of vLLM is imported."""
    name, gibibytes = GPUS[capability[0]]
    memory = int(gibibytes * 2**30)
    torch.version.cuda = "13.0"
    sys.modules.setdefault("vllm._C_stable_libtorch", types.ModuleType("vllm._C_stable_libtorch"))
    _replace_platform(capability, name, memory)
    _replace_torch_cuda(capability, name, memory)
    _replace_flash_attention(capability)
    sys.meta_path.append(_KernelModules())
    _allow_unknown_operators()
    _replace_triton()


def _replace_platform(capability: tuple[int, int], name: str, memory: int) -> None:
    import vllm.platforms
    from vllm.platforms.cuda import CudaPlatformBase
    from vllm.platforms.interface import DeviceCapability

    gpu = DeviceCapability(*capability)

    def has_capability(_: type, wanted: tuple[int, int] | int, device_id: int = 0) -> bool:  # noqa: ARG001
        return tuple(gpu) >= wanted if isinstance(wanted, tuple) else gpu.to_int() >= wanted

    def answer(value: object) -> classmethod[Any, Any, Any]:
        return classmethod(lambda *_, **__: value)

    answers = {
        "check_if_supports_dtype": None,
        "device_count": DEVICES,
        "get_all_device_numa_nodes": None,
        "get_cuda_runtime_major": 13,
        "get_device_capability": gpu,
        "get_device_name": name,
        "get_device_total_memory": memory,
        "get_device_uuid": "GPU-0",
        "import_kernels": None,
        "is_fully_connected": True,
        "is_integrated_gpu": False,
        "is_pin_memory_available": False,
        "log_warnings": None,
        "num_compute_units": MULTIPROCESSORS,
    }
    methods = {key: answer(value) for key, value in answers.items()} | {"has_device_capability": classmethod(has_capability)}
    vllm.platforms._current_platform = type("PretendedGpu", (CudaPlatformBase,), methods)()


class _Stream:
    """Stands for a CUDA stream or event."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __getattr__(self, _: str) -> Any:  # noqa: ANN401
        return lambda *_, **__: None


def _replace_torch_cuda(capability: tuple[int, int], name: str, memory: int) -> None:
    major, minor = capability
    properties = types.SimpleNamespace(major=major, minor=minor, multi_processor_count=MULTIPROCESSORS, name=name, total_memory=memory)
    answers: dict[str, object] = {
        "_lazy_init": None,
        "current_device": 0,
        "device_count": DEVICES,
        "empty_cache": None,
        "get_device_capability": capability,
        "get_device_properties": properties,
        "is_available": False,
        "synchronize": None,
    }
    for key, value in answers.items():
        setattr(torch.cuda, key, lambda *_, value=value, **__: value)
    for key in ("Stream", "Event", "current_stream", "default_stream"):
        setattr(torch.cuda, key, _Stream)


def _replace_flash_attention(capability: tuple[int, int]) -> None:
    """The backends' own tests of the version decide whether FlashAttention is chosen."""
    versions = (2, 3, 4) if capability[0] in GPUS else (2,)
    package, interface = (types.ModuleType(f"vllm.vllm_flash_attn{suffix}") for suffix in ("", ".flash_attn_interface"))
    for module in (package, interface):
        contents = {
            "FA2_AVAILABLE": True,
            "FA3_AVAILABLE": True,
            "__path__": [],
            "fa_version_unsupported_reason": lambda *_, **__: None,
            "is_fa_version_supported": lambda version, *_, **__: version in versions,
        }
        kernels = ("flash_attn_varlen_func", "get_scheduler_metadata", "compile_flash_attn_varlen_func_from_specs")
        module.__dict__.update(contents, **dict.fromkeys(kernels, lambda *_, **__: None))
        sys.modules[module.__name__] = module
    package.flash_attn_interface = interface  # type: ignore[attr-defined]


class _AnyContent(types.ModuleType):
    """A module in which every name exists."""

    __path__: list[str] = []  # noqa: RUF012
    __version__ = "9.9.9"
    __file__ = "/nonexistent/kernels.py"

    def __getattr__(self, name: str) -> MagicMock:
        if name.startswith("__"):
            raise AttributeError(name)
        value = MagicMock(name=name)
        setattr(self, name, value)
        return value


class _KernelModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if any(f"{fullname}.".startswith(f"{name}.") for name in KERNEL_MODULES):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _AnyContent(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def _allow_unknown_operators() -> None:
    """Operators of the CUDA build: what asks whether something is supported hears yes."""
    known = torch._ops._OpNamespace.__getattr__

    def operator(self: object, name: str) -> Any:  # noqa: ANN401
        try:
            return known(self, name)
        except AttributeError:
            if name.startswith("_"):
                raise
            return (lambda *_, **__: True) if "support" in name else MagicMock(name=name)

    torch._ops._OpNamespace.__getattr__ = operator
    register = torch.library.Library._register_fake

    def register_if_known(self: torch.library.Library, *args: object, **named: object) -> object:
        try:
            return register(self, *args, **named)
        except RuntimeError:
            return types.SimpleNamespace(destroy=lambda: None)

    torch.library.Library._register_fake = register_if_known


class _TritonConfig:
    def __init__(self, kwargs: dict[str, object] | None = None, num_warps: int = 4, num_stages: int = 1, **_: object) -> None:
        self.kwargs, self.num_warps, self.num_stages = kwargs or {}, num_warps, num_stages
        self.num_ctas, self.maxnreg = 1, None


def _replace_triton() -> None:
    import vllm.config.vllm
    import vllm.triton_utils

    vllm.triton_utils.triton.Config = _TritonConfig
    # The second model runner asks for it.
    vllm.config.vllm.HAS_TRITON = True
    try:
        import vllm.utils.humming

        vllm.utils.humming.__getattr__ = lambda name: MagicMock(name=name)
    except ImportError:
        pass  # Before 0.30
