"""Warp kernels of the drape; importing one of these modules starts Warp."""
