"""Cells that touch files, networks and processes of others."""

REACHING_OUT = {
    "open an internet socket": """
import socket
try:
    socket.create_connection(('127.0.0.1', {port}), timeout=1).send(b'CANARY')
    print('FOUND')
except OSError:
    pass
""",
    "open a datagram socket": """
import socket
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))
    print('FOUND')
except OSError:
    pass
""",
    "speak to the zygote": """
import socket
try:
    s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    s.connect('{zygote}')
    print('FOUND')
except OSError:
    pass
""",
    "open an abstract socket": """
import socket
try:
    socket.socket(socket.AF_UNIX).bind('\\x00grading')
    print('FOUND')
except OSError:
    pass
""",
    "download with a subprocess": """
import subprocess
try:
    subprocess.run(['sh', '-c', 'echo FOUND'])
    print('FOUND')
except OSError:
    pass
""",
    "write to the gradebook": "open('{gradebook}', 'w').write('10')",
    "delete the course": "import shutil\nshutil.rmtree('{folder}')",
    "change an installed package": """
import numpy
open(numpy.__file__, 'a').write('# CANARY')
""",
    "change the library": """
import transformer_tf
open(transformer_tf.__file__, 'a').write('# CANARY')
""",
    "leave a start-up file": """
import site, os
open(os.path.join(site.getsitepackages()[0], 'canary.pth'), 'w').write('import os')
""",
    "link out of the private directory": """
import os
os.symlink('{other}', 'mine')
print(open('mine').read())
os.link('{other}', 'hard')
""",
    "climb out of the directory": """
print(open('../../../../../../../../{other}').read())
""",
    "mount something": """
import ctypes
if ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0:
    print('FOUND')
""",
    "make a namespace": """
import ctypes
if ctypes.CDLL(None).unshare(0x10000000) == 0:
    print('FOUND')
""",
    "use io_uring": """
import ctypes
if ctypes.CDLL(None).syscall(425, 8, ctypes.create_string_buffer(200)) >= 0:
    print('FOUND')
""",
    "become root": """
import os
before = os.getuid()
try:
    os.setuid(0)
    os.seteuid(0)
    open('{other}')
    print('FOUND')
except OSError:
    pass
""",
    "signal the parent": """
import os, signal
for target in (os.getppid(), 0, -1):
    if target != os.getpid():
        try:
            os.kill(target, signal.SIGTERM if target else 0)
        except OSError:
            pass
""",
    "signal everybody": """
import ctypes, signal
libc = ctypes.CDLL(None)
for number in range(2, 400):
    libc.kill(number, signal.SIGKILL)
""",
    "leave a daemon": """
import os
try:
    if os.fork() == 0:
        os.setsid()
        import time
        time.sleep(3)
except OSError:
    pass
""",
    "take away the right to read": """
import os
os.chmod('{gradebook}', 0)
""",
    "let everybody read the secret": """
import os
os.chmod('{secret}', 0o666)
""",
    "set back the clock of a file": """
import os
os.utime('{gradebook}', (0, 0))
""",
    "give a file to another": """
import os
os.chown('{gradebook}', 12345, 12345)
""",
    "empty a file by reading it": """
import os
os.open('{gradebook}', os.O_RDONLY | os.O_TRUNC)
""",
    "empty an installed file by reading it": """
import os, numpy
try:
    os.open(os.path.dirname(numpy.__file__) + '/py.typed', os.O_RDONLY | os.O_TRUNC)
    print('FOUND')
except OSError:
    pass
""",
    "empty a file by its name": """
import os
os.truncate('{gradebook}', 0)
""",
    "write an attribute": """
import os
try:
    os.setxattr('{gradebook}', 'user.x', b'1')
    print('FOUND')
except OSError:
    pass
""",
    "send a datagram to a file": """
import os, socket
try:
    os.chdir('{folder}')
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.sendto(b'x', '../datagrams')
    print('FOUND')
except OSError:
    pass
""",
    "send signals by a pipe": """
import fcntl, os
reading, _ = os.pipe()
try:
    fcntl.fcntl(reading, fcntl.F_SETOWN, os.getppid() or 1)
    print('FOUND')
except OSError:
    pass
""",
    "hold a lease": """
import fcntl, os
try:
    fcntl.fcntl(os.open(os.__file__, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)
    print('FOUND')
except OSError:
    pass
""",
    "set the flags of a file": """
import fcntl, os
try:
    fcntl.ioctl(os.open(os.__file__, os.O_RDONLY), 0x40086602, b'\\0' * 8)
    print('FOUND')
except OSError:
    pass
""",
    "send a descriptor to the grader": """
import os, socket
try:
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=os.dup(3))
    socket.send_fds(peer, [b'S'], [os.open('/dev/zero', os.O_RDONLY)])
    print('FOUND')
except OSError:
    pass
""",
    "an operating system's trace": """
import ctypes
if ctypes.CDLL(None).syscall(298, (ctypes.c_char * 128)(), 0, -1, -1, 0) >= 0:
    print('FOUND')
""",
}
