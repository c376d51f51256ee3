"""A cell that searches all that its process can read, and says what it found.

What is looked for begins with `MARK`, in the forms that data takes, or is bytes of its
own. The cell has it with one added to every byte, so that it never finds itself.
"""

import base64

MARK = "Kanarien7"
_CELL = """
import ctypes, gc, os, sys

raised = bytes((n + 1) % 256 for n in range(256))
lowered = bytes((n - 1) % 256 for n in range(256))
wanted = {wanted!r}
control = {control!r}.translate(lowered)
found = {{}}


def look(where, data):
    data = data.translate(raised)
    for name, form in wanted.items():
        at = data.find(form)
        while at >= 0:
            near = data[max(0, at - 40) : at + 40].translate(lowered)
            found.setdefault((where, name, near.decode("latin-1")), None)
            at = data.find(form, at + 1) if len(found) < 60 else -1


libc = ctypes.CDLL(None)
libc.write.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t]
reading, writing = os.pipe()
size, seen = 1 << 16, 0
for line in open("/proc/self/maps").read().splitlines():
    span, rights, _, _, _, *name = line.split(None, 5)
    if rights[0] != "r" or name[:1] in (["[vvar]"], ["[vvar_vclock]"], ["[vsyscall]"]):
        continue
    start, end = (int(part, 16) for part in span.split("-"))
    tail = b""
    for place in range(start, end, size):
        got = libc.write(writing, place, min(size, end - place))  # EFAULT, no signal
        if got > 0:
            piece = os.read(reading, got)
            look(" ".join([rights, *name]), tail + piece)
            tail, seen = piece[-64:], seen + got
frame = sys._getframe(1)  # its own holds what it has found
while frame:
    look("a frame", repr(frame.f_locals).encode("utf-8", "replace")[: 1 << 24])
    frame = frame.f_back
for thing in gc.get_objects():
    if type(thing) is dict and len(thing) < 1000:
        look("an object", " ".join(k for k in thing if type(k) is str).encode())
for name in ("environ", "cmdline", "auxv", "cgroup", "mountinfo", "net/unix"):
    try:
        look(name, open("/proc/self/" + name, "rb").read())
    except OSError:
        pass
for number in range(64):
    try:
        look("a descriptor", os.readlink(f"/proc/self/fd/{{number}}").encode())
    except OSError:
        pass
look("surroundings", repr((dict(os.environ), sys.argv, sys.path, os.getcwd())).encode())
print("SEARCHED", seen)
for where, name, near in found:
    print("HIT", name, "|", where, "|", ascii(near))
"""


def cell(more=()):
    """The source of the cell.

    Args:
        more: {name: bytes} to look for besides what begins with `MARK`.
    """
    mark = MARK.encode()
    forms = {
        "mark": mark,
        "hex": mark.hex().encode(),
        "HEX": mark.hex().upper().encode(),
        "base64": base64.b64encode(mark),
        **dict(more),
    }
    wanted = {name: _raised(form) for name, form in forms.items()}
    return _CELL.format(wanted=wanted, control=_raised(mark + b"-control"))


def hits(output):
    """What the cell found, a list of lines, without its own control.

    Raises:
        AssertionError: It did not search, or did not find even the control.
    """
    lines = output.splitlines()
    assert any(line.startswith("SEARCHED") for line in lines), output[-500:]
    assert any("-control" in line for line in lines), "it finds nothing at all"
    return [one for one in lines if one.startswith("HIT") and "-control" not in one]


def _raised(data):
    return bytes((byte + 1) % 256 for byte in data)
