"""``airflow-ma check PATH...``: everything that is wrong with journeys, before Airflow ever sees them."""

from __future__ import annotations

import json
import re
import runpy
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import click

from airflow_ma.cli.command import Command, Option, language
from airflow_ma.journey.check_texts import phrase
from airflow_ma.journey.model import Source
from airflow_ma.journey.problem import JourneyError, Problem


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, cls=Option, help="option_json")
def check(paths: tuple[Path, ...], as_json: bool) -> None:
    """Check the journeys in PATHS: Python or YAML files, or folders of them.

    Exits 0 when all are good, 1 when there is a problem, with file, line and what to do.
    """
    files = [file for path in paths for file in _files(path)]
    problems: list[Problem] = []
    journeys = 0
    seen: dict[str, str] = {}
    for file in files:
        found, keys = check_file(file)
        problems += found
        journeys += len(keys)
        for key in keys:
            if key in seen:
                problems.append(
                    Problem.told(
                        rule="duplicate-journey",
                        source=Source(str(file), 1),
                        values={"journey": key, "file": seen[key]},
                    )
                )
            seen[key] = str(file)
    if not files:
        named = ", ".join(map(str, paths))
        problems.append(Problem.told(rule="no-files", source=None, values={"paths": named}))
    problems = list(dict.fromkeys(problems))  # what is wrong with the installation is told only once
    spoken = language()
    for problem in problems:
        click.echo(_as_json(problem, spoken) if as_json else problem.say(spoken))
    errors = sum(problem.severity == "error" for problem in problems)
    if not as_json:
        click.echo(phrase("summary", spoken, files=len(files), journeys=journeys, errors=errors), err=True)
    sys.exit(1 if errors else 0)


def check_file(file: Path) -> tuple[list[Problem], list[str]]:
    """The problems in one file, and the keys of the journeys it holds."""
    from airflow_ma.dag.journey import collecting
    from airflow_ma.dag.load import load_journey

    if not file.exists():
        return [_missing(file)], []
    try:
        if file.suffix == ".py":
            with collecting() as built:
                runpy.run_path(str(file))
            # A loader of YAML files builds journeys that are checked where they are written.
            journeys = [j for j in built if j.source and Path(j.source.file) == file]
        else:
            journeys = [load_journey(file)]
    except JourneyError as error:
        return error.problems, []
    except (Exception, SystemExit) as error:
        return [_raised(file, error)], []
    return [
        problem for journey in journeys for step in journey.steps.values() for problem in step.inspect()
    ], [journey.dag_id for journey in journeys]


def _missing(file: Path) -> Problem:
    return Problem.told(rule="no-files", case="missing-file", source=Source(str(file), 0), values={})


def _raised(file: Path, error: BaseException) -> Problem:
    from airflow.sdk.exceptions import DuplicateTaskIdFound

    from airflow_ma.dag.faults import translations_of

    source = getattr(error, "source", None) or _line_in(file, error)
    named = re.search(r"'(.+)'", str(error))
    if isinstance(error, DuplicateTaskIdFound) and named:
        values = {"name": named[1], "other": ""}
        return Problem.told(rule="duplicate-id", source=source, step=named[1], values=values)
    message = str(getattr(error, "problem", None) or f"{type(error).__name__}: {error}").rstrip(".")
    of_step = re.match(r"step '(.+?)'", message)
    told = translations_of(of_step[1], getattr(error, "faults", ())) if of_step else {}
    return Problem("cannot-load", message, "Correct it there", source, translations=told)


def _line_in(file: Path, error: BaseException) -> Source:
    if isinstance(error, SyntaxError) and error.lineno:
        return Source(error.filename or str(file), error.lineno)
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if Path(f.filename) == file]
    return Source(str(file), (lines[-1] if lines else None) or 1)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in sorted(path.rglob("*")):
        hidden = any(part.startswith((".", "__")) for part in file.relative_to(path).parts)
        if not hidden and file.is_file() and (file.suffix in {".yaml", ".yml"} or _is_campaign(file)):
            yield file


def _is_campaign(file: Path) -> bool:
    return file.suffix == ".py" and "airflow_ma" in file.read_text(encoding="utf-8", errors="replace")


def _as_json(problem: Problem, spoken: str) -> str:
    source = problem.source
    message, fix = problem.texts(spoken)
    return json.dumps(
        {
            "file": source.file if source else None,
            "line": source.line or None if source else None,
            "severity": problem.severity,
            "rule": problem.rule,
            "step": problem.step,
            "message": message,
            "fix": fix,
        },
        ensure_ascii=False,
    )
