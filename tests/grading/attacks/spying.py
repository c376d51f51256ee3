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
}
