"""Virtual fitting: from photos to a measured body, a drafted pattern and a draped garment.

`fitting.pipeline` composes the stages. Importing this package is light: torch, warp, mediapipe
and pyrender are loaded by the stage that needs them.
"""

__version__ = "0.1.0"
