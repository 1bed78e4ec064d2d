"""A program as JSON, and its weights as one row of float32 numbers beside it."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from mnist_lab.page.program import Program


class Weights:
    """All tensors in a row, each once."""

    def __init__(self) -> None:
        self._content = bytearray()
        self._places: dict[bytes, int] = {}

    def add(self, tensor: Tensor) -> dict[str, Any]:
        """Return shape and place of a tensor, counted in numbers."""
        content = tensor.detach().float().cpu().contiguous().numpy().astype("<f4").tobytes()
        if content not in self._places:
            self._places[content] = len(self._content) // 4
            self._content += content
        return {"shape": list(tensor.shape), "at": self._places[content]}

    def packed(self) -> bytes:
        """Return all numbers, little-endian."""
        return bytes(self._content)


def packed_program(program: Program) -> tuple[dict[str, Any], bytes]:
    """Return a program as plain values, and its weights as float32, little-endian.

    A weight is ``{"shape": […], "at": place}`` in there, the place counted in numbers.
    """
    weights = Weights()
    operations = [
        {
            "kind": operation.kind,
            "inputs": list(operation.inputs),
            "shape": list(operation.shape),
            "settings": operation.settings,
            "weights": {name: weights.add(tensor) for name, tensor in operation.weights.items()},
            "name": operation.name,
            "text": operation.text,
            "parameters": operation.parameters,
        }
        for operation in program.operations
    ]
    plain = {"input_shape": list(program.input_shape), "operations": operations, "output": program.output}
    return plain, weights.packed()
