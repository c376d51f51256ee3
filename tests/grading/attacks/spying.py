"""Cells that look for what they should not know."""

SPYING = {
    "search the stack for expected values": """
import sys
frame = sys._getframe()
while frame:
    print(frame.f_locals)
    frame = frame.f_back
""",
    "search the heap for the reference": """
import gc
for thing in gc.get_objects():
    name = getattr(thing, '__qualname__', '') if callable(thing) else ''
    if name in ('Exercise', 'Probe', 'Verifier', '_double', 'judge_replies'):
        print('FOUND', name)
""",
    "import the checks": """
try:
    import course.checks.attention as c
    print('FOUND', c)
except BaseException as error:
    print(type(error).__name__)
""",
    "read the checks as files": """
import course, os
where = os.path.dirname(course.__file__)
for folder, _, names in os.walk(where):
    print('FOUND', folder, names)
""",
    "read the seeds' secret": "print(open('{secret}').read())",
    "read another's work": "print(open('{other}').read())",
    "list the submissions": "import os\nprint('FOUND', os.listdir('{folder}'))",
    "read the gradebook": "print(open('{gradebook}', 'rb').read())",
    "read the environment": """
import os
print([k + v for k, v in os.environ.items() if 'CANARY' in k + v])
print(open('/proc/self/environ').read())
""",
    "read about processes": """
import os
for number in os.listdir('/proc'):
    if number.isdigit() and int(number) != os.getpid():
        print('FOUND', open(f'/proc/{{number}}/cmdline').read())
""",
    "read the parent's memory": """
import os
print('FOUND', open(f'/proc/{{os.getppid()}}/maps').read())
""",
    "trace the parent": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(16, os.getppid(), 0, 0) == 0:
    print('FOUND a process to trace')
""",
    "read the parent's memory by a call": """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
if libc.syscall(310, os.getppid(), 0, 0, 0, 0, 0) == 0:
    print('FOUND memory')
""",
    "look for open descriptors": """
import os
for number in range(4, 200):
    try:
        print('FOUND', number, os.readlink(f'/proc/self/fd/{{number}}'))
    except OSError:
        pass
""",
    "read passwords and keys": """
for path in ('/etc/shadow', '/etc/passwd', '/root/.ssh/id_rsa', '/root/.bash_history'):
    try:
        print('FOUND', open(path).read())
    except OSError:
        pass
""",
    "walk back to the settings": """
import sys
frame = sys._getframe()
while frame:
    for name in ('secret', 'releases', 'students', 'worker'):
        if name in frame.f_locals or name in frame.f_locals.get('settings', {{}}):
            print('FOUND', name, frame.f_locals)
    frame = frame.f_back
""",
    "search the stack's own memory": """
import ctypes
lower = bytes((n - 1) % 256 for n in range(256))
for line in open('/proc/self/maps'):
    if '[stack]' in line:
        start, end = (int(part, 16) for part in line.split()[0].split('-'))
        data = ctypes.string_at(start, end - start)
        if {raised!r} in data.translate(bytes((n + 1) % 256 for n in range(256))):
            print('FOUND in the environment block')
""",
    "search every object": """
import gc
raised = bytes((n + 1) % 256 for n in range(256))
for thing in gc.get_objects():
    try:
        text = repr(thing) if type(thing) in (dict, list, tuple) else ''
    except BaseException:
        continue
    if {raised!r} in text[:100_000].encode('utf-8', 'replace').translate(raised):
        print('FOUND', text[:100])
""",
    "watch the folder of submissions": """
import ctypes
libc = ctypes.CDLL(None)
watch = libc.inotify_init1(0)
if watch >= 0 and libc.inotify_add_watch(watch, b'{folder}', 0xfff) >= 0:
    print('FOUND a way to see names')
""",
    "watch everything by fanotify": """
import ctypes
if ctypes.CDLL(None).fanotify_init(0x200, 0) >= 0:
    print('FOUND')
""",
    "watch a directory by fcntl": """
import fcntl, os
try:
    fcntl.fcntl(os.open('.', os.O_RDONLY), fcntl.F_NOTIFY, fcntl.DN_CREATE)
    print('FOUND')
except OSError:
    pass
""",
    "ask which processes exist": """
import os
for ask in (
    os.getpgid, os.getsid, os.sched_getaffinity, os.sched_getscheduler,
    os.sched_getparam, lambda n: os.getpriority(os.PRIO_PROCESS, n),
):
    for number in range(1, 2000):
        if number != os.getpid():
            try:
                ask(number)
                print('FOUND', number)
                break
            except OSError:
                pass
""",
    "read the clock of another process": """
import ctypes, os
libc, time = ctypes.CDLL(None), (ctypes.c_long * 2)()
for number in (1, os.getppid(), *range(2, 400)):
    if number not in (0, os.getpid()):
        if libc.clock_gettime((~number << 3) | 2, time) == 0:
            print('FOUND', number)
""",
    "list everybody's sockets": """
for name in ('unix', 'tcp', 'udp'):
    lines = open('/proc/self/net/' + name).read().splitlines()[1:]
    if lines:
        print('FOUND', lines[:2])
""",
    "read where things are mounted": """
for name in ('mountinfo', 'mounts', 'cgroup'):
    try:
        text = open('/proc/self/' + name).read()
    except OSError:
        continue
    if 'transformer-course-' in text or '{folder}' in text:
        print('FOUND', text)
""",
    "compare with other processes": """
import ctypes, os
libc, other = ctypes.CDLL(None), os.getppid() or 2
for call, *arguments in (
    (312, os.getpid(), other, 2, 0, 0), (434, other, 0), (274, other, 0, 0),
    (251, 1, other, 0), (252, 1, other), (279, other, 0, 0, 0, 0, 0), (125, 0, 0),
):
    if libc.syscall(call, *arguments) >= 0:
        print('FOUND', call)
""",
    "name a file by its handle": """
import ctypes
handle = (ctypes.c_char * 200)()
handle[0] = 128
if ctypes.CDLL(None).syscall(303, -100, b'{other}', handle, handle, 0) == 0:
    print('FOUND')
""",
    "read attributes of another's work": """
import os
try:
    print('FOUND', os.listxattr('{other}'))
except OSError:
    pass
""",
    "list shared memory and queues": """
import ctypes
room = (ctypes.c_char * 400)()
for call in (31, 66, 71):
    for command in (3, 14, 19):
        if ctypes.CDLL(None).syscall(call, 0, command, room) >= 0:
            print('FOUND', call)
""",
    "ask who is at the other end": """
import os, socket
try:
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM, 0, fileno=os.dup(3))
    print('FOUND', peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
except OSError:
    pass
""",
}
