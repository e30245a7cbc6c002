"""Executes the notebook of the first argument in its folder, and writes it with its outputs to the second."""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

source, target = map(Path, sys.argv[1:])
notebook = nbformat.read(source, as_version=4)
NotebookClient(
    notebook,
    timeout=120,
    kernel_name="python3",
    record_timing=False,
    coalesce_streams=True,
    resources={"metadata": {"path": str(source.parent)}},
).execute()
# The kernel adds its version, which says nothing about the notebook.
notebook.metadata["language_info"] = {"name": "python"}
nbformat.write(notebook, target)
