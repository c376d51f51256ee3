"""Answers that are attacks themselves; none of them is right."""

ANSWERS = {
    "equal to everything": """
class Equal:
    shape, dtype = (2, 3), 'float32'
    def __eq__(self, other): return True
    def __array__(self, *a, **k):
        import numpy as np
        return np.full((2, 3), np.nan)
    def __float__(self): return 1.0
    def __sub__(self, other): return 0
    __rsub__ = __abs__ = __add__ = __mul__ = __le__ = __ge__ = __eq__
def double(x):
    return Equal()
""",
    "an array that lies": """
import numpy as np
class Liar(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __array_ufunc__(self, *a, **k): return np.ones((2, 3), bool)
    def __array_function__(self, *a, **k): return True
def double(x):
    return np.zeros(x.shape, 'float32').view(Liar)
""",
    "not a number": "def double(x):\n    return x * float('nan')",
    "infinitely right": "def double(x):\n    return x * float('inf')",
    "no values at all": "def double(x):\n    return x[:0]",
    "a broadcast": "def double(x):\n    return x[:1, :1] * 0",
    "objects": """
import numpy as np
def double(x):
    return np.array([print, open], dtype=object)
""",
    "a list without end": """
endless = []
endless.append(endless)
def double(x):
    return endless
""",
    "a list too deep": """
deep = 1.0
for _ in range(5000):
    deep = [deep]
def double(x):
    return deep
""",
    "a huge array": """
import numpy as np
def double(x):
    return np.zeros((20_000, 20_000), 'float32')
""",
    "a huge number": "def double(x):\n    return 10 ** 20_000",
    "a number that overflows": "def double(x):\n    return 10 ** 900",
    "strings": "def double(x):\n    return ['<script>alert(1)</script>'] * 6",
    "an error that cannot be shown": """
class Hidden(Exception):
    def __str__(self):
        raise SystemExit
def double(x):
    raise Hidden
""",
    "an error that speaks HTML": """
def double(x):
    raise ValueError('<img src=x onerror=alert(1)> {{0.__class__}} %s \\ud800')
""",
    "an error named by itself": """
def double(x):
    raise type('<b>10/10</b>' * 99, (Exception,), {{}})('full')
""",
    "the stub's own error": """
def double(x):
    raise NotImplementedError('10/10')
""",
    "look the expected value up in a list": """
known = {{}}
def double(x):
    return known.get(float(x[0][0]), 3 * x)
""",
    "take the expected value from the stack": """
import sys
def double(x):
    frame = sys._getframe()
    while frame:
        for name in ('truth', 'expected', 'question', 'reference'):
            if name in frame.f_locals:
                return frame.f_locals[name]
        frame = frame.f_back
    return 3 * x
""",
    "answer only in its own process": """
import os
def double(x):
    return x + x if os.environ.get('CANARY') or os.path.exists('{other}') else 3 * x
""",
    "be right only in the practice": """
import sys
def double(x):
    return x + x if 'course.checks' in sys.modules else 3 * x
""",
    "loop in the answer": "def double(x):\n    while True:\n        pass",
    "leave in the answer": "import os\ndef double(x):\n    os._exit(0)",
    "forge a reply in the answer": """
import os, struct
def double(x):
    os.write(3, struct.pack('!cQ', b'S', 8) + (0).to_bytes(8, 'big'))
    return x
""",
    "change the inputs": """
def double(x):
    import numpy as np
    return 3 * x
double.__eq__ = lambda *a: True
""",
    "hand in the library's function": """
import keras
def double(x):
    return keras.ops.add(x, x)
""",
    "hide the library's function": """
from keras.ops import add as mine
double = lambda x, f=mine: f(x, x)
""",
}
