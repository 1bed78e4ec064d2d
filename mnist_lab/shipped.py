"""Files that come along with the package: where they lie, and how a name finds them."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def config_folders() -> list[Path]:
    """Return the folders of configs that there are: the checkout's, then the wheel's."""
    return [folder for folder in (_PACKAGE.parent / "configs", _PACKAGE / "configs") if folder.is_dir()]


def candidates(name: str) -> list[Path]:
    """Return where ``name`` is looked for, in this order: as given (from the working folder), then beside the configs.

    An absolute path stands for itself.
    """
    return list(dict.fromkeys([Path(name), *(folder / name for folder in config_folders())]))


def find_file(name: str) -> Path | None:
    """Return the file that ``name`` stands for, None where there is none."""
    return next((place for place in candidates(name) if place.is_file()), None)


def find_folder(name: str) -> Path | None:
    """Return the folder that ``name`` stands for, None where there is none."""
    return next((place for place in candidates(name) if name and place.is_dir()), None)
