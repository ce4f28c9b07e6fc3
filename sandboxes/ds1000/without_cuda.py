"""
Make the CUDA build of PyTorch work without CUDA: `python3 without_cuda.py TORCH/lib`.

The package index has no other build of this version for x86-64. Its kernels
(`libtorch_cuda.so`, 0.9 GB) and cuDNN are only entered on a GPU, which no program
here has. So both are replaced by libraries that define the same symbols and end
the process if one is ever called. NVIDIA's small runtime libraries stay: they say
that there is no device.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

_OWN = re.compile(r"_Z(?:T[IV])?N?K?(?:2at|3c10|4c10d|3sdp|5torch)")
"""Mangled names in PyTorch's own namespaces."""
_TYPE_INFO = "_ZTVN10__cxxabiv117__class_type_infoE"
_REPLACED = ("libtorch_cuda.so", "libtorch_cuda_linalg.so", "libcusparseLt-*.so*")


def main(folder: Path) -> None:
    """Replace the libraries in `folder`."""
    for pattern in _REPLACED:
        for path in folder.glob(pattern):
            path.unlink()
    libraries = sorted(folder.glob("lib*.so"))
    defined = {name.partition("@")[0] for name in _symbols(libraries, "--defined-only")}
    undefined = _symbols(libraries, "--undefined-only", "--with-symbol-versions")
    own = {name for name in undefined if _OWN.match(name)} - defined
    _build(folder / "libtorch_cuda.so", own)
    cudnn = {name.partition("@")[0] for name in undefined if name.endswith("@libcudnn.so.8")}
    _build(folder / "libcudnn.so.8", cudnn, version="libcudnn.so.8")


def _symbols(libraries: Iterable[Path], *options: str) -> set[str]:
    command = ["nm", "--dynamic", *options, *map(str, libraries)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    return {line.split()[-1] for line in lines if len(line.split()) > 1}


def _build(library: Path, names: Iterable[str], version: str = "") -> None:
    source = library.with_suffix(".c")
    lines = [f"extern char {_TYPE_INFO}[];", *map(_definition, sorted(names))]
    source.write_text("\n".join(lines) + "\n")
    command = ["gcc", "-shared", "-fPIC", "-w", "-o", str(library), f"-Wl,-soname,{library.name}"]
    if version:
        script = library.with_suffix(".map")
        script.write_text(f"{version} {{ global: *; }};\n")
        command.append(f"-Wl,--version-script={script}")
    subprocess.run([*command, str(source)], check=True)
    for made in library.parent.glob("*.[cm]*"):
        if made.suffix in {".c", ".map"}:
            made.unlink()


def _definition(name: str) -> str:
    if name.startswith("_ZTI"):  # A type's name is read when it is registered.
        return f'void *{name}[] = {{{_TYPE_INFO} + 16, "{name}"}};'
    if name.startswith("_ZTV"):
        return f"void *{name}[64];"
    return f"void {name}(void) {{ __builtin_trap(); }}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
