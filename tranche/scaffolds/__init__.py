"""Deal files to begin with: `tranche new KIND NAME` copies one. Data only; each runs as it stands."""
