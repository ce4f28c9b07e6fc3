"""The filter's arithmetic: a jump off by one would allow or refuse everything."""

from __future__ import annotations

import errno
import struct

import pytest

from ucb.sandbox.agent import seccomp

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_X86, _ARM = 0xC000003E, 0xC00000B7


def _run(program: bytes, number: int, arch: int, args: tuple[int, ...] = ()) -> int:
    """Interpret a classic BPF program as the kernel does, and return its verdict."""
    data = struct.pack("=IIQ6Q", number, arch, 0, *(*args, 0, 0, 0, 0, 0, 0)[:6])
    accumulator = at = 0
    while True:
        code, true, false, value = struct.unpack_from("=HBBI", program, 8 * at)
        at += 1
        if code == 0x06:
            return int(value)
        if code == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, value)
        else:
            taken = {
                0x15: accumulator == value,
                0x35: accumulator >= value,
                0x45: bool(accumulator & value),
            }[code]
            at += true if taken else false


@pytest.mark.parametrize(
    ("number", "args", "verdict"),
    [
        (0, (), 0),  # read
        (59, (), 0),  # execve
        (101, (), errno.EPERM),  # ptrace
        (165, (), errno.EPERM),  # mount
        (178, (), errno.EPERM),  # the last of the list
        (29, (), errno.EPERM),  # shmget
        (435, (), errno.ENOSYS),  # clone3
        (56, (17,), 0),  # clone, as fork does it
        (56, (0x003D0F00,), 0),  # clone, as a thread does it
        (56, (0x10000000 | 17,), errno.EPERM),  # a user namespace
        (56, (0x20000000 | 17,), errno.EPERM),  # a pid namespace
        (41, (1, 1, 0), 0),  # a unix socket
        (41, (2, 1, 0), 0),
        (41, (10, 1, 0), 0),
        (41, (16, 3, 0), 0),  # routes
        (41, (16, 3, 12), errno.EAFNOSUPPORT),  # netfilter
        (41, (17, 3, 0), errno.EAFNOSUPPORT),  # packets
        (41, (38, 5, 0), errno.EAFNOSUPPORT),  # kernel cryptography
        (41, (40, 1, 0), errno.EAFNOSUPPORT),  # the hypervisor
        (16, (0, 0x5401), 0),  # a terminal's state
        (16, (0, 0x5412), errno.EPERM),  # typing into a terminal
        (16, (0, 0x541C), errno.EPERM),
        (0x40000000, (), errno.ENOSYS),  # the x32 ABI
        (39, (), 0),  # getpid
        (10_000, (), 0),  # not a call at all: the kernel says so
    ],
)
def test_calls_on_x86(number: int, args: tuple[int, ...], verdict: int) -> None:
    """Each call gets the verdict the list gives it."""
    expected = _ERRNO | verdict if verdict else _ALLOW
    assert _run(seccomp.program("x86_64"), number, _X86, args) == expected


@pytest.mark.parametrize(
    ("number", "args", "verdict"),
    [
        (63, (), 0),
        (117, (), errno.EPERM),
        (40, (), errno.EPERM),
        (220, (17,), 0),
        (220, (0x10000000,), errno.EPERM),
        (198, (1, 1, 0), 0),
        (198, (38, 5, 0), errno.EAFNOSUPPORT),
        (29, (0, 0x5412), errno.EPERM),
        (435, (), errno.ENOSYS),
    ],
)
def test_calls_on_arm(number: int, args: tuple[int, ...], verdict: int) -> None:
    """The other architecture has numbers of its own."""
    expected = _ERRNO | verdict if verdict else _ALLOW
    assert _run(seccomp.program("aarch64"), number, _ARM, args) == expected


def test_another_architecture_is_refused() -> None:
    """A 32-bit call on a 64-bit kernel has other numbers, so none is allowed."""
    assert _run(seccomp.program("x86_64"), 1, 0x40000003) == _ERRNO | errno.ENOSYS


def test_the_filter_is_no_longer_than_the_kernel_takes() -> None:
    """The kernel takes 4096 instructions, and jumps of at most 255."""
    assert len(seccomp.program("x86_64")) // 8 < 4096


def test_an_unknown_machine_has_no_filter() -> None:
    """Rather no sandbox than one without a filter."""
    with pytest.raises(KeyError):
        seccomp.program("vax")
