"""Cells that end, hang or break off the conversation."""

ENDINGS = {
    "leave at once": "import os\nos._exit(0)",
    "leave politely": "raise SystemExit(0)",
    "interrupt the grader": "raise KeyboardInterrupt",
    "kill itself": "import os\nos.kill(os.getpid(), 9)",
    "stop itself": "import os, signal\nos.kill(os.getpid(), signal.SIGSTOP)",
    "abort": "import os\nos.abort()",
    "read from nowhere": "import ctypes\nctypes.string_at(0)",
    "an endless loop": "while True:\n    pass",
    "a loop that catches everything": """
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
""",
    "sleep until the examination is over": "import time\ntime.sleep(10_000)",
    "close the connection": "import os\nos.close(3)",
    "send a forged reply": """
import os, struct
os.write(3, struct.pack('!cQ', b'S', 4) + b'full')
""",
    "send many replies": """
import os, struct
os.write(3, (struct.pack('!cQ', b'D', 28) + b'{{"error":null,"output":"ok"}}') * 9)
""",
    "send a frame without end": "import os\nos.write(3, b'S' + b'\\xff' * 8)",
    "send a letter nobody knows": "import os\nos.write(3, b'Z' + b'\\0' * 8)",
    "send a pickle": """
import os, pickle, struct
class Evil:
    def __reduce__(self):
        return (open, ('{canary}', 'w'))
data = pickle.dumps(Evil())
os.write(3, struct.pack('!cQ', b'S', len(data)) + data)
""",
}
