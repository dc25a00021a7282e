"""Write a GGUF file anew with its matrices in 16 bits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf.quants import dequantize
from numpy.typing import NDArray


def rewrite_gguf(source: Path, target: Path) -> None:
    """Write the model of `source` to `target`, its matrices in float16, all else the same.

    Raises:
        OSError: No room, or no right to write there.
    """
    reader = gguf.GGUFReader(source)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(target, architecture)
    for name, field in reader.fields.items():
        # The writer makes its own header; the architecture is written by it too.
        if not name.startswith("GGUF.") and name != "general.architecture":
            _copy_field(writer, name, field)
    for tensor in reader.tensors:
        shape = tuple(int(size) for size in reversed(tensor.shape))
        values: NDArray[np.float32] = dequantize(tensor.data, tensor.tensor_type)
        values = values.reshape(shape).astype(np.float32)
        if values.ndim < 2:
            writer.add_tensor(tensor.name, values)
        else:
            writer.add_tensor(tensor.name, values.astype(np.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _copy_field(writer: Any, name: str, field: Any) -> None:
    is_type = name == "general.file_type"
    value = int(gguf.LlamaFileType.MOSTLY_F16) if is_type else field.contents()
    kind = field.types[0]
    if kind == gguf.GGUFValueType.ARRAY:
        writer.add_key_value(name, value, kind, field.types[-1])
    else:
        writer.add_key_value(name, value, kind)
