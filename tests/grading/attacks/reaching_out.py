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
}
