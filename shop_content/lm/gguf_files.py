"""Write a GGUF file anew with other number formats."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf.quants import dequantize, quantize
from numpy.typing import NDArray


class GgufFormat(Enum):
    """Number formats of the matrices of a GGUF file; vectors stay in float32."""

    FLOAT16 = (gguf.GGMLQuantizationType.F16, gguf.LlamaFileType.MOSTLY_F16)
    INT8 = (gguf.GGMLQuantizationType.Q8_0, gguf.LlamaFileType.MOSTLY_Q8_0)


def rewrite_gguf(source: Path, target: Path, number_format: GgufFormat) -> None:
    """Write the model of `source` to `target`, its matrices in another format, all else the same.

    Raises:
        OSError: No room, or no right to write there.
    """
    tensor_type, file_type = number_format.value
    reader = gguf.GGUFReader(source)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(target, architecture)
    for name, field in reader.fields.items():
        # The writer makes its own header; the architecture is written by it too.
        if not name.startswith("GGUF.") and name != "general.architecture":
            _copy_field(writer, name, field, int(file_type))
    for tensor in reader.tensors:
        shape = tuple(int(size) for size in reversed(tensor.shape))
        values: NDArray[np.float32] = dequantize(tensor.data, tensor.tensor_type)
        values = values.reshape(shape).astype(np.float32)
        if values.ndim < 2:
            writer.add_tensor(tensor.name, values)
        else:
            writer.add_tensor(tensor.name, quantize(values, tensor_type), raw_dtype=tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _copy_field(writer: Any, name: str, field: Any, file_type: int) -> None:
    value = file_type if name == "general.file_type" else field.contents()
    kind = field.types[0]
    if kind == gguf.GGUFValueType.ARRAY:
        writer.add_key_value(name, value, kind, field.types[-1])
    else:
        writer.add_key_value(name, value, kind)
