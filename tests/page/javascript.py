"""The page's JavaScript run by Node, where there is one, as its own page runs it."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from torch import Tensor, nn

import mnist_lab.page
from mnist_lab.page.packing import packed_program
from mnist_lab.page.tracing import program_of
from tests.conftest import missing

FILES = Path(mnist_lab.page.__file__).parent / "files"
_COMPUTE = """
const given = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const out = given.map(({ program, weights, inputs }) => {
  const bytes = Uint8Array.from(Buffer.from(weights, "base64"));
  unpacked(program, new Float32Array(bytes.buffer));
  return inputs.map((input) => Array.from(valuesOf(program, Float32Array.from(input))[program.output].data));
});
process.stdout.write(JSON.stringify(out));
"""


def evaluated(code: str, given: Any, *files: str) -> Any:
    """Run code behind files of the page; ``given`` is its standard input as JSON, and so is what it writes."""
    node = shutil.which("node")
    if node is None:
        missing("Node is not installed (Debian: apt-get install nodejs).")
    source = "\n".join([*((FILES / name).read_text(encoding="utf-8") for name in files), code])
    done = subprocess.run(
        [node, "-e", source],
        input=json.dumps(given),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def outputs(networks: list[tuple[nn.Module, Tensor]]) -> list[list[list[float]]]:
    """Return what the page computes for each sample of each network's batch."""
    given = []
    for network, inputs in networks:
        program, weights = packed_program(program_of(network, inputs.shape[1:]))
        packed = base64.b64encode(weights).decode("ascii")
        given.append({"program": program, "weights": packed, "inputs": inputs.flatten(1).tolist()})
    found: list[list[list[float]]] = evaluated(_COMPUTE, given, "operations.js")
    return found
