# deny-socket.py FAMILY COMMAND...: runs a command for which socket(FAMILY, ...) fails with EAFNOSUPPORT, as under
# systemd's RestrictAddressFamilies. A seccomp filter (seccomp(2)) of five instructions, for x86-64 alone.
import ctypes, os, platform, struct, sys

if platform.machine() != 'x86_64':
    sys.exit('x86-64 only')
AUDIT_NR, FIRST_ARGUMENT, SOCKET, EAFNOSUPPORT = 0, 16, 41, 97
LOAD, IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000 | EAFNOSUPPORT
program = [
    (LOAD, 0, 0, AUDIT_NR),
    (IF_EQUAL, 0, 3, SOCKET),
    (LOAD, 0, 0, FIRST_ARGUMENT),
    (IF_EQUAL, 0, 1, int(sys.argv[1])),
    (RETURN, 0, 0, FAIL),
    (RETURN, 0, 0, ALLOW),
]
code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *line) for line in program))


class Filter(ctypes.Structure):
    _fields_ = [('len', ctypes.c_ushort), ('filter', ctypes.c_void_p)]


libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(38, 1, 0, 0, 0)
if libc.prctl(22, 2, ctypes.byref(Filter(len(program), ctypes.addressof(code))), 0, 0) != 0:
    sys.exit('no seccomp here')
os.execvp(sys.argv[2], sys.argv[2:])
