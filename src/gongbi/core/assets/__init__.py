"""The register of assets: read row by row, written in bulk, found by code or by place."""
