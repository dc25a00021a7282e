"""Write a GGUF file anew with its matrices in 16 bits."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf.quants import dequantize
from numpy.typing import NDArray


def rewrite_gguf(
    source: Path, target: Path, changes: Mapping[str, NDArray[np.float32]] | None = None
) -> None:
    """Write the model of `source` to `target`, its matrices in float16, all else the same.

    Args:
        source: a file of the Llama family.
        target: the new file.
        changes: what is added to a weight, by its Hugging Face name, (out, in) each.

    Raises:
        KeyError: A weight that is to be changed is not there.
        OSError: No room, or no right to write there.
    """
    reader = gguf.GGUFReader(source)
    architecture = reader.fields["general.architecture"].contents()
    writer = gguf.GGUFWriter(target, architecture)
    for name, field in reader.fields.items():
        # The writer makes its own header; the architecture is written by it too.
        if not name.startswith("GGUF.") and name != "general.architecture":
            _copy_field(writer, name, field)
    changed = _by_gguf_name(reader, changes or {})
    for tensor in reader.tensors:
        shape = tuple(int(size) for size in reversed(tensor.shape))
        values: NDArray[np.float32] = dequantize(tensor.data, tensor.tensor_type)
        values = values.reshape(shape).astype(np.float32)
        if tensor.name in changed:
            values = values + changed.pop(tensor.name)
        if values.ndim < 2:
            writer.add_tensor(tensor.name, values)
        else:
            writer.add_tensor(tensor.name, values.astype(np.float16))
    if changed:
        raise KeyError(f"{source.name} has no weight {min(changed)}")
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _by_gguf_name(
    reader: Any, changes: Mapping[str, NDArray[np.float32]]
) -> dict[str, NDArray[np.float32]]:
    """Return the changes by the names of a GGUF file, and in its order of rows."""
    architecture = reader.fields["general.architecture"].contents()

    def number(key: str) -> int:
        return int(reader.fields[f"{architecture}.{key}"].contents())

    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, number("block_count"))
    heads = {
        "attn_q": number("attention.head_count"),
        "attn_k": number("attention.head_count_kv"),
    }
    found: dict[str, NDArray[np.float32]] = {}
    for name, change in changes.items():
        gguf_name = names.get_name(name, try_suffixes=(".weight",))
        if gguf_name is None:
            raise KeyError(f"GGUF files of {architecture} have no weight {name}")
        part = gguf_name.split(".")[-2]
        found[gguf_name] = _interleaved(change, heads[part]) if part in heads else change
    return found


def _interleaved(matrix: NDArray[np.float32], num_heads: int) -> NDArray[np.float32]:
    """Return queries' or keys' rows as llama.cpp turns them: the two halves of a head in pairs.

    Source: `permute` of llama.cpp's convert_hf_to_gguf.py.
    """
    num_rows, num_columns = matrix.shape
    halves = matrix.reshape(num_heads, 2, num_rows // num_heads // 2, num_columns)
    return halves.swapaxes(1, 2).reshape(matrix.shape)


def _copy_field(writer: Any, name: str, field: Any) -> None:
    is_type = name == "general.file_type"
    value = int(gguf.LlamaFileType.MOSTLY_F16) if is_type else field.contents()
    kind = field.types[0]
    if kind == gguf.GGUFValueType.ARRAY:
        writer.add_key_value(name, value, kind, field.types[-1])
    else:
        writer.add_key_value(name, value, kind)
