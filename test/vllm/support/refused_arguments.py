"""Reads {name: argument list} as JSON, and prints {name: reason} for those that `vllm serve` of this environment refuses."""

import argparse
import contextlib
import importlib
import io
import json
import sys
from typing import Any

from vllm.reasoning import ReasoningParserManager  # type: ignore[import-not-found]
from vllm.tool_parsers import ToolParserManager  # type: ignore[import-not-found]
from vllm.utils.argparse_utils import FlexibleArgumentParser  # type: ignore[import-not-found]

# The function that adds the arguments has moved twice.
PARSER_MODULES = ("common", "launchers", "openai")


def make_parser() -> argparse.ArgumentParser:
    for folder in PARSER_MODULES:
        with contextlib.suppress(ImportError):
            module: Any = importlib.import_module("vllm.entrypoints.%s.cli_args" % folder)
            return module.make_arg_parser(FlexibleArgumentParser(prog="vllm serve"))  # type: ignore[no-any-return]
    sys.exit("no module of vLLM has make_arg_parser")


def refusal(parser: argparse.ArgumentParser, words: list[str]) -> str | None:
    message = io.StringIO()
    try:
        with contextlib.redirect_stderr(message):
            parsed = parser.parse_args(words)
    except SystemExit:
        return message.getvalue().strip().splitlines()[-1]
    # vLLM looks these names up later, when the server starts.
    for name, manager in (
        (getattr(parsed, "reasoning_parser", None), ReasoningParserManager),
        (parsed.tool_call_parser, ToolParserManager),
    ):
        if name and name not in manager.list_registered():
            return "unknown parser: %s" % name
    return None


parser = make_parser()
refusals = {name: refusal(parser, words) for name, words in json.load(sys.stdin).items()}
print(json.dumps({name: reason for name, reason in refusals.items() if reason}))
