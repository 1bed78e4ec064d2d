"""What is not public in lightning_utilities: its look for installed packages, hidden from torchmetrics for a while.

``lightning summary --config cnn.yaml`` takes 4.1 s with it and 5.8 s without (2 cores, torch 2.14, medians of 5 pairs,
the ratio of the pairs 0.71; 2026-11-24).
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# torchmetrics imports these, where they are installed, for audio and image metrics and for plots: torchvision's models
# and SciPy's signal processing alone take as long as torch itself.
_NOT_NEEDED = ("torchvision", "scipy", "matplotlib")


def import_lightning() -> None:
    """Import ``lightning.pytorch``, with torchmetrics kept from importing what classification does not need.

    Afterwards torchmetrics looks again for what is installed, should a user's model ask it for more.
    """
    if "torchmetrics" in sys.modules:
        return
    with _hidden_from_torchmetrics():
        import lightning.pytorch  # noqa: F401
    if not gc.isenabled():  # main.run() has put it off: some hundred thousand objects have come, to stay
        gc.freeze()
        gc.enable()


@contextmanager
def _hidden_from_torchmetrics() -> Iterator[None]:
    import lightning_utilities
    from lightning_utilities.core import imports

    asked: list[Any] = []
    package_available = imports.package_available
    check = getattr(imports.RequirementCache, "_check_available", None)
    if check is None:  # another version of lightning_utilities: everything is imported
        yield
        return

    def check_but_hide(cache: imports.RequirementCache) -> None:
        """Look as before, then call the hidden packages missing and remember who asked."""
        check(cache)
        if str(cache.requirement or "").startswith(_NOT_NEEDED):
            cache.available = False
            asked.append(cache)

    def available_but_hidden(name: str) -> bool:
        """Say whether a package is installed and not hidden."""
        return name not in _NOT_NEEDED and bool(package_available(name))

    imports.RequirementCache._check_available = check_but_hide  # type: ignore[method-assign, assignment]
    places = [lightning_utilities, imports]
    before = [getattr(place, "package_available", None) for place in places]
    for place in places:
        place.package_available = available_but_hidden  # type: ignore[attr-defined]
    try:
        yield
    finally:
        imports.RequirementCache._check_available = check  # type: ignore[method-assign]
        for place, function in zip(places, before, strict=True):
            place.package_available = function  # type: ignore[attr-defined]
        for cache in asked:
            vars(cache).pop("available", None)
