"""Make a folder of converted weights once, whole or not at all, among several processes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path


def made_folder(folder: Path, make: Callable[[Path], None]) -> Path:
    """Return the folder, made by `make` first where it is not there yet.

    1. One process makes it under a file lock; others wait for it and find the folder.
    2. It is written under another name and renamed when complete: a folder of the right name is
       always whole, also after a crash in the middle.

    Args:
        folder: its name should hold a digest of what it is made from.
        make: writes the files into the empty folder that it is given.

    Raises:
        OSError: No room, or no right to write there.
    """
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder.parent / f".{folder.name}.lock"):
            if not folder.is_dir():
                _make_aside(folder, make)
    return folder


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock among processes; it ends with the process, whatever ends that."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make_aside(folder: Path, make: Callable[[Path], None]) -> None:
    """Make the folder under a temporary name beside it and rename it at the end."""
    for left_over in folder.parent.glob(f".{folder.name}-*.part"):
        shutil.rmtree(left_over, ignore_errors=True)  # A crash left it; we hold the lock.
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", suffix=".part", dir=folder.parent))
    try:
        make(part)
        for file in part.iterdir():
            with file.open("rb+") as handle:
                os.fsync(handle.fileno())  # A rename may reach the disk before the data does.
        part.chmod(0o755)
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
