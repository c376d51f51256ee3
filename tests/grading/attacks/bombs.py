"""Cells that use up what the machine has."""

BOMBS = {
    "a bomb of processes": """
import os
try:
    while True:
        os.fork()
except OSError:
    pass
""",
    "a bomb of threads": """
import threading, time
try:
    for _ in range(100_000):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
except RuntimeError:
    pass
""",
    "a bomb of memory": """
hoard = []
try:
    while True:
        hoard.append(bytearray(256 << 20))
except MemoryError:
    hoard.clear()
""",
    "a bomb of anonymous files": """
import os
try:
    for n in range(1000):
        os.write(os.memfd_create(str(n)), b'x' * (100 << 20))
    print('FOUND')
except OSError:
    pass
""",
    "a bomb on the disk": """
try:
    for n in range(100):
        open(f'big{{n}}', 'wb').write(b'x' * (100 << 20))
    print('FOUND')
except OSError:
    pass
""",
    "a bomb of small files": """
try:
    for n in range(30_000):
        open(f'small{{n}}', 'w').close()
except OSError:
    pass
""",
    "a bomb of descriptors": """
hoard = []
try:
    while True:
        hoard.append(open('/dev/null'))
except OSError:
    hoard.clear()
""",
    "a flood of output": """
import os
for _ in range(2000):
    print('x' * 10_000)
    os.write(1, b'x' * 10_000)
    os.write(2, b'x' * 10_000)
""",
    "a bomb in an archive": """
import io, zipfile
data = io.BytesIO()
with zipfile.ZipFile(data, 'w', zipfile.ZIP_DEFLATED) as archive:
    archive.writestr('zeros', b'\\0' * (200 << 20))
try:
    zipfile.ZipFile(data).extractall()
    print('FOUND')
except OSError:
    pass
""",
    "a deep recursion": """
import sys
sys.setrecursionlimit(10**9)
def deeper(n):
    return deeper(n + 1)
deeper(0)
""",
}
