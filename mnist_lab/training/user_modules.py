"""Classes in the user's own files: found beside the config or in the working folder, imported, errors explained."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from mnist_lab import models
from mnist_lab.cli.tracebacks import users_place
from mnist_lab.errors import UsageError, first_line, nearest
from mnist_lab.language import say
from mnist_lab.runs.source_code import SourceFile, source_file
from mnist_lab.users_files import is_users_file

_CLASS_PATH = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
_CLASS = re.compile(r"^class\s+(\w+)", re.MULTILINE)
_USUAL_IMPORTS = {
    "nn": "from torch import nn",
    "torch": "import torch",
    "F": "import torch.nn.functional as F",
    "np": "import numpy as np",
}

# Files as they were when they were imported, by the names of their modules: one may be edited while a sweep goes on.
_imported: dict[str, tuple[Path, SourceFile]] = {}


def find_class(class_path: str, folders: Sequence[Path]) -> Any:
    """Import what a class path such as ``mynet.Net`` names.

    Args:
        class_path: Module and name; a name alone is none of the user's.
        folders: Where the module's file may lie, the first that has it counts; else it is an installed one.

    Returns:
        What has that name; None where the path is no class path.

    Raises:
        UsageError: There is no such file or class, or the file fails; the message has the file and the line.
    """
    for folder in folders:
        if str(folder) not in sys.path:
            sys.path.append(str(folder))
    if not _CLASS_PATH.fullmatch(class_path):
        _check_class_alone(class_path, folders)
        return None
    module_name, _, name = class_path.rpartition(".")
    file = _file_of(module_name, folders)
    if file is None and not _is_installed(module_name):
        raise UsageError(_no_file(module_name, name, folders))
    module = _import(module_name, file)
    if not hasattr(module, name):
        found = [
            own for own, value in vars(module).items() if isinstance(value, type) and value.__module__ == module_name
        ]
        raise UsageError(
            say(
                "model: {file} has no class '{name}'.{hint} It has: {found}.",
                "model：{file} にクラス '{name}' がありません。{hint}このファイルにあるクラス：{found}",
                file=module_name if file is None else file.name,
                name=name,
                hint=nearest(name, found),
                found=", ".join(found) or say("none", "なし"),
            )
        )
    return getattr(module, name)


def code_of(kind: type[Any]) -> dict[str, SourceFile]:
    """Return the user's files that a class is made of, as they were imported.

    Args:
        kind: The class; what its file imports from other files of the user's belongs to it. Of a class typed into a
            notebook the text is its own.

    Returns:
        Nothing for a class of an installed package.
    """
    if kind.__module__ not in _imported:
        return _typed_in(kind)
    modules = {kind.__module__}
    while more := {used for name in modules for used in _used_by(sys.modules[name])} - modules:
        modules |= more
    files = (_imported[name] for name in sorted(modules))
    return {_shown_name(name, file): source for name, (file, source) in zip(sorted(modules), files, strict=True)}


def explained(error: BaseException) -> str | None:
    """Return file, line and reason of an error in the user's own code; None where it comes from elsewhere."""
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return f"{Path(error.filename).name}:{error.lineno}: {type(error).__name__}: {error.msg}"
    place = users_place(error)
    if place is None:  # the parser hands on what it has caught in its own words
        return explained(error.__cause__) if error.__cause__ else None
    return f"{place}: {type(error).__name__}: {first_line(error).rstrip('.')}{_remedy(error)}"


def _remedy(error: BaseException) -> str:
    """Return the line that is missing, of those that are forgotten most."""
    missing = re.fullmatch(r"name '(\w+)' is not defined", str(error))
    if missing and (line := _USUAL_IMPORTS.get(missing[1])):
        return say(" (write '{line}' at the top)", "（ファイルの先頭に「{line}」を追加）", line=line)
    if "before Module.__init__() call" in str(error):
        line = "super().__init__()"
        return say(" (begin __init__ with '{line}')", "（__init__ の先頭に「{line}」を追加）", line=line)
    return ""


def _check_class_alone(name: str, folders: Sequence[Path]) -> None:
    """Refuse the name of a file without its class, or of a class without its file, where there is such a file."""
    if name in models.__all__:
        return
    module_name, dot, class_name = name.rpartition(".")
    for folder in folders:
        if dot and _is_file(file := folder / f"{module_name}.py"):
            raise UsageError(
                say(
                    "model: {file} cannot be imported, since {module} is no name of a module (letters, digits and _); "
                    "rename it, such as {renamed}.py, and give {renamed}.{name}.",
                    "model：{module} は Python のモジュール名に使えない（使えるのは英字、数字、_）ため、{file} を"
                    "読み込めません。{renamed}.py などに変えて、{renamed}.{name} と指定してください。",
                    file=file.name,
                    module=module_name,
                    renamed=re.sub(r"^(?=\d)|\W", "_", module_name),
                    name=class_name,
                )
            )
    for folder in folders:
        if _is_file(file := folder / f"{name}.py"):
            classes = _classes_in(file)
            raise UsageError(
                say(
                    "model: {file} is a file; name a class in it, such as {name}.{example}.",
                    "model：{file} はファイルです。{name}.{example} のように、その中のクラスまで指定してください。",
                    file=file.name,
                    name=name,
                    example=classes[0] if classes else "Net",
                )
            )
    for folder in folders:
        for file in sorted(folder.glob("*.py")):
            if name in _classes_in(file):
                raise UsageError(
                    say(
                        "model: there is no class '{name}' in mnist_lab; the one in {file} is {module}.{name}.",
                        "model：mnist_lab にクラス '{name}' はありません。{file} のものは {module}.{name} です。",
                        name=name,
                        file=file.name,
                        module=file.stem,
                    )
                )


def _classes_in(file: Path) -> list[str]:
    try:
        return _CLASS.findall(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return []


def _file_of(module_name: str, folders: Sequence[Path]) -> Path | None:
    inner = Path(*module_name.split("."))
    for folder in folders:
        for file in (folder / inner.with_name(f"{inner.name}.py"), folder / inner / "__init__.py"):
            if _is_file(file):
                return file.resolve()
    return None


def _is_file(path: Path) -> bool:
    """Say whether there is a file of exactly this name: Windows takes ``cnn.py`` for ``CNN.py``, Python does not."""
    return path.is_file() and path.name in {other.name for other in path.parent.iterdir()}


def _is_installed(module_name: str) -> bool:
    try:
        return importlib.util.find_spec(module_name) is not None
    except (ImportError, ValueError):
        return False


def _no_file(module_name: str, name: str, folders: Sequence[Path]) -> str:
    there = sorted({file.stem for folder in folders for file in folder.glob("*.py")})
    hint = nearest(module_name, there)
    wanted = f"{module_name.replace('.', '/')}.py"
    return say(
        "model: {module}.{name} is in no file: there is no {wanted} in {folders}.{hint} Start the command in the "
        "folder of {wanted}, or write it (lightning new {module}).",
        "model：{module}.{name} のファイル {wanted} が {folders} にありません。{hint}{wanted} のあるフォルダで"
        "実行するか、lightning new {module} で作成してください。",
        module=module_name,
        name=name,
        wanted=wanted,
        folders=", ".join(str(folder) for folder in folders),
        hint=hint,
    )


def _import(module_name: str, file: Path | None) -> ModuleType:
    """Import a module; from the user's file, where there is one.

    Raises:
        UsageError: The file fails, or a module of its name is another.
    """
    if file is not None:
        _check_name(module_name, file)
    root = file.parents[module_name.count(".") + (file.name == "__init__.py")] if file else None
    before = set(sys.modules)
    try:
        with _first_on_path(root):
            module = importlib.import_module(module_name)
    except (Exception, SystemExit) as error:
        for name in set(sys.modules) - before:  # what a half-imported file has left must not stand in for it later
            if _lies_in(sys.modules[name], root):
                del sys.modules[name]
        if isinstance(error, SystemExit):
            reason = say("it ends the program (exit)", "プログラムを終了させています（exit）")
            explanation: str | None = f"{users_place(error) or module_name}: {reason}"
        else:
            explanation = explained(error)
        if explanation is None:
            explanation = f"{module_name}: {type(error).__name__}: {first_line(error).rstrip('.')}"
        raise UsageError(
            say(
                "model: {explanation}. The file is imported before anything is trained; mend it and start again.",
                "model：{explanation}。学習の前にこのファイルを読み込みます。修正してから、もう一度実行してください。",
                explanation=explanation,
            )
        ) from error
    if root is not None:
        _keep_texts(root)
    return module


def _check_name(module_name: str, file: Path) -> None:
    top = module_name.partition(".")[0]
    loaded = getattr(sys.modules.get(module_name), "__file__", None)
    if top in sys.stdlib_module_names or (loaded is not None and Path(loaded).resolve() != file):
        whose = say("Python's own", "Python 自身の") if top in sys.stdlib_module_names else str(loaded)
        raise UsageError(
            say(
                "model: {file} has the name of another module ({whose}), with which it would be mixed up; rename it.",
                "model：{file} は別のモジュール（{whose}）と同じ名前のため、取り違えのおそれがあります。"
                "ファイル名を変えてください。",
                file=file,
                whose=whose,
            )
        )


@contextmanager
def _first_on_path(folder: Path | None) -> Iterator[None]:
    """Let what the user's file imports be found beside it, as where Python runs the file itself."""
    if folder is None:
        yield
        return
    importlib.invalidate_caches()
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))


def _keep_texts(root: Path) -> None:
    for name, module in list(sys.modules.items()):
        if name not in _imported and _lies_in(module, root):
            file = Path(str(module.__file__))
            _imported[name] = file, source_file(file.read_bytes())


def _lies_in(module: ModuleType, root: Path | None) -> bool:
    file = Path(getattr(module, "__file__", None) or "")
    # Some of torch's modules name files that there are not.
    if root is None or file.suffix != ".py" or not file.is_absolute() or not file.is_file():
        return False
    file = file.resolve()
    # A virtual environment or a checkout of this package may lie in the working folder.
    return file.is_relative_to(root) and is_users_file(str(file))


def _used_by(module: ModuleType) -> Iterator[str]:
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if isinstance(name, str) and name in _imported and name in sys.modules:
            yield name


def _shown_name(module_name: str, file: Path) -> str:
    inner = "/".join(module_name.split("."))
    return f"{inner}/__init__.py" if file.name == "__init__.py" else f"{inner}.py"


def _typed_in(kind: type[Any]) -> dict[str, SourceFile]:
    """Return a class's own text, where its module is the program itself or a notebook."""
    if kind.__module__ != "__main__":
        return {}
    try:
        return {f"{kind.__name__}.py": source_file(inspect.getsource(kind).encode())}
    except (OSError, TypeError):
        return {}
