"""
The system calls a program may not make, as a classic BPF program.

A deny list: toolchains of every language must run unchanged. Capabilities,
namespaces and the engine's own profile stand behind it; this list takes away
what lets a program reach other processes, outlive itself in shared kernel
objects, make namespaces of its own, or set the clock.
"""

from __future__ import annotations

import errno
import platform
import struct
from typing import NamedTuple

# name: (x86_64, aarch64); None where the architecture has no such call.
# From the kernel's own tables, arch/x86/entry/syscalls/syscall_64.tbl and
# include/uapi/asm-generic/unistd.h.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    # System V and POSIX message queues, semaphores, shared memory: they outlive processes
    "shmget": (29, 194),
    "shmat": (30, 196),
    "shmctl": (31, 195),
    "shmdt": (67, 197),
    "semget": (64, 190),
    "semop": (65, 193),
    "semctl": (66, 191),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgsnd": (69, 189),
    "msgrcv": (70, 188),
    "msgctl": (71, 187),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "mq_timedsend": (242, 182),
    "mq_timedreceive": (243, 183),
    "mq_notify": (244, 184),
    "mq_getsetattr": (245, 185),
    # key rings outlive processes too
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    # the clock
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    # the kernel
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "memfd_secret": (447, 447),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "syslog": (103, 116),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "vhangup": (153, 58),
    "personality": (135, 92),
    "lookup_dcookie": (212, 18),
    "nfsservctl": (180, 42),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "create_module": (174, None),
    "get_kernel_syms": (177, None),
    "query_module": (178, None),
}

_FAMILIES = (1, 2, 10)
"""unix, inet, inet6. Netlink only for routes (see `_socket`); nothing else."""
_NETLINK, _NETLINK_ROUTE = 16, 0
_CLONE_NEW = 0x7E020000
"""Any namespace: mnt, cgroup, uts, ipc, user, pid, net."""
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C


class _Machine(NamedTuple):
    column: int
    audit: int
    clone: int
    clone3: int
    socket: int
    ioctl: int


_MACHINES = {
    "x86_64": _Machine(0, 0xC000003E, 56, 435, 41, 16),
    "aarch64": _Machine(1, 0xC00000B7, 220, 435, 198, 29),
}

_LOAD, _JEQ, _JGE, _JSET, _RET = 0x20, 0x15, 0x35, 0x45, 0x06
_NR, _ARCH, _ARG0, _ARG1, _ARG2 = 0, 4, 16, 24, 32
"""Offsets in `struct seccomp_data`; the low half of an argument on little-endian machines."""
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000


def _op(code: int, value: int, true: int = 0, false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, true, false, value)


def _refuse(number: int) -> bytes:
    return _op(_RET, _ERRNO | number)


def _socket(machine: _Machine) -> list[bytes]:
    body = [_op(_LOAD, _ARG0)]
    for index, family in enumerate(_FAMILIES):
        body.append(_op(_JEQ, family, 3 + len(_FAMILIES) - index, 0))
    body += [
        _op(_JEQ, _NETLINK, 0, 2),
        _op(_LOAD, _ARG2),
        _op(_JEQ, _NETLINK_ROUTE, 1, 0),
        _refuse(errno.EAFNOSUPPORT),
        _op(_RET, _ALLOW),
    ]
    return [_op(_JEQ, machine.socket, 0, len(body)), *body]


def program(machine_name: str = "") -> bytes:
    """
    The filter for this machine (or a named one), as an array of `struct sock_filter`.

    Raises `KeyError` for an architecture without a table.
    """
    machine = _MACHINES[machine_name or platform.machine()]
    refuse, allow = _refuse(errno.EPERM), _op(_RET, _ALLOW)
    ops = [
        _op(_LOAD, _ARCH),
        _op(_JEQ, machine.audit, 1, 0),
        _refuse(errno.ENOSYS),
        _op(_LOAD, _NR),
        # The x32 ABI would reach the same calls under other numbers.
        _op(_JGE, 0x40000000, 0, 1),
        _refuse(errno.ENOSYS),
        # Its flags live in memory, where a filter cannot look: libc falls back to clone.
        _op(_JEQ, machine.clone3, 0, 1),
        _refuse(errno.ENOSYS),
    ]
    for numbers in _DENIED.values():
        number = numbers[machine.column]
        if number is not None:
            ops += [_op(_JEQ, number, 0, 1), refuse]
    ops += [_op(_JEQ, machine.clone, 0, 4), _op(_LOAD, _ARG0)]
    ops += [_op(_JSET, _CLONE_NEW, 0, 1), refuse, allow]
    ops += [_op(_JEQ, machine.ioctl, 0, 5), _op(_LOAD, _ARG1)]
    ops += [_op(_JEQ, _TIOCSTI, 1, 0), _op(_JEQ, _TIOCLINUX, 0, 1), refuse, allow]
    ops += _socket(machine)
    ops.append(allow)
    return b"".join(ops)
