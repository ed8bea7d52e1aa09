"""Which cloth is looked at for contact with itself."""

from __future__ import annotations

import numpy as np
import warp as wp

from fitting.drape.patches import Patches

from .shapes import sheet


def test_cloth_turned_over_at_a_seam_is_looked_at_though_both_layers_face_one_way() -> None:
    points, faces = sheet(0.2, 0.2, 0.02)
    count = len(points)
    under = np.column_stack([points, np.zeros(count)])
    seam = points[:, 0] < 1e-9
    over = np.where(seam, np.arange(count), count + np.arange(count))
    x = np.vstack([under, under + np.array([0.0, 0.0, 0.002])])
    # Both layers show their right side upwards, as a collar and what it lies on.
    both = np.vstack([faces, over[faces]]).astype(np.int32)
    patches = Patches(both, np.arange(2 * count, dtype=np.int32), x, "cpu")
    folded = wp.zeros(2 * count, dtype=wp.int32)
    patches.mark_folded(
        wp.array(x.astype(np.float32), dtype=wp.vec3), wp.array(both, dtype=wp.vec3i), 0.01, folded
    )
    marked = folded.numpy()
    near = (points[:, 0] > 0.01) & (points[:, 0] < 0.06)
    assert marked[:count][near].all()
    assert marked[count:][near].all()
