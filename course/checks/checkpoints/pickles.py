"""checkpoints.pickle: a pickle is a program; read it without letting it run."""

import collections
import io
import operator
import pickle
import pickletools

from course.checks.checkpoints.samples import UNIT
from course.examination import Call, Exercise, OneOf, Sizes


def read_pickle(data, allowed):
    """Reads a pickle that may look up nothing but what is allowed.

    Args:
        data: bytes: a pickle of any protocol, which holds a dict.
        allowed: List of names, "module.name" each: what may be looked up, and called.

    Returns:
        value: What the pickle holds; {} if it asks for anything else.
        refused: A string, "module.name": the first name that it asks for and may not
            have; "" if there is none. From there on nothing of it is carried out.
    """
    asked = []

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            if f"{module}.{name}" not in allowed:
                asked.append(f"{module}.{name}")
                raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
            return super().find_class(module, name)

    try:
        return Reader(io.BytesIO(data)).load(), ""
    except pickle.UnpicklingError:
        return {}, asked[0]


exercise = Exercise(
    "checkpoints.pickle",
    unit=UNIT,
    answer="read_pickle",
    reference=read_pickle,
    parts={"data": 2, "refused": 3, "nothing_runs": 1},
    returns={"value": (), "refused": ()},
    forbidden=(f"{__name__}.read_pickle",),
    hints=4,
    difficulty=3,
    importance=5,
    minutes=15,
    paper="https://docs.python.org/3/library/pickle.html#restricting-globals",
)

ORDERED = "collections.OrderedDict"
COUNTER = "collections.Counter"
ADD = "_operator.add"


class _Calls:
    """Pickled as a call: unpickling it calls the function with these arguments."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def _numbers(rng, count=3):
    return rng.integers(1, 900, size=count).tolist()


def _pickled(tree, protocol):
    """Old protocols know Python 2's names for some modules; ours are the new ones."""
    file = io.BytesIO()
    pickler = pickle.Pickler(file, protocol, fix_imports=False)
    pickler.dump(tree)
    return file.getvalue()


@exercise.probe(part="data")
def plain_data(rng):
    tree = {"weights": _numbers(rng), "name": "bert", "deep": [[1.5], None, True]}
    return Call(_pickled(tree, 4), [])


@exercise.probe(part="data")
def an_allowed_class(rng):
    tree = collections.OrderedDict(zip("cab", _numbers(rng)))
    return Call(_pickled(tree, 2), [ORDERED])


@exercise.probe(part="data")
def an_allowed_call(rng):
    """What is allowed is called: 3 + 4 is 7 when it is read."""
    return Call(
        _pickled({"n": _Calls(operator.add, *_numbers(rng, 2))}, 4), [ADD, ORDERED]
    )


@exercise.probe(part="data")
def words_that_sound_dangerous(rng):
    """Text about `os.system` is text: nothing is looked up."""
    tree = {"os": "system", "builtins.eval": _numbers(rng)}
    return Call(_pickled(tree, 4), [])


@exercise.probe(part="refused")
def an_old_call(rng):
    """Protocol 0, as text; upper case does no harm."""
    return Call(_pickled({"a": _Calls(len, "four"), "b": _numbers(rng)}, 0), [ORDERED])


@exercise.probe(part="refused")
def a_newer_call(rng):
    return Call(_pickled({"a": _numbers(rng), "b": _Calls(abs, -3)}, 4), [ORDERED])


@exercise.probe(part="refused")
def the_same_name_elsewhere(rng):
    """Another module's `add` is not the one that is allowed: a pickle by hand."""
    one, other = (bytes([n % 256]) for n in _numbers(rng, 2))
    asked = b"\x80\x02}U\x01ncnumpy\nadd\nK" + one + b"K" + other + b"\x86Rs."
    return Call(asked, [ADD])


@exercise.probe(part="refused")
def the_same_module(rng):
    """One name of a module is allowed, another is asked for."""
    tree = {"n": _Calls(operator.mul, *_numbers(rng, 2))}
    return Call(_pickled(tree, 4), [ADD])


@exercise.probe(part="refused")
def a_bad_one_inside_a_good_one(rng):
    inner = [_Calls(len, "seven"), _Calls(abs, -1)]
    tree = collections.OrderedDict(x=_numbers(rng), y=inner)
    return Call(_pickled(tree, 4), [ORDERED])


@exercise.probe(part="refused")
def asked_for_and_not_called(rng):
    """A function that is only named: it could be called later."""
    return Call(_pickled({"f": len, "n": _numbers(rng)}, 4), [])


RUNS = """
import sys
frame = sys._getframe()
while frame is not None:
    if isinstance(frame.f_locals.get("allowed"), list):
        frame.f_locals["allowed"].append("it ran")
        break
    frame = frame.f_back
"""


@exercise.probe(part="nothing_runs")
def a_program(rng):
    """If it is run, it leaves a mark in the list of what is allowed."""
    tree = {"a": _numbers(rng), "b": _Calls(exec, RUNS)}
    return Call(_pickled(tree, 4), [ORDERED])


@exercise.probe(part="nothing_runs")
def an_allowed_one_and_a_program(rng):
    tree = {"a": _Calls(operator.add, *_numbers(rng, 2)), "b": _Calls(exec, RUNS)}
    return Call(_pickled(tree, 2), [ADD])


@exercise.promise(
    part="refused",
    protocol=OneOf(0, 1, 2, 3, 4, 5),
    asks=OneOf("nothing", "allowed", "both", "another"),
    length=Sizes(0, 7),
    allowed=OneOf(0, 1, 5),
)
def any_pickle(rng, protocol, asks, length, allowed):
    few = [ORDERED, "a.b", "builtins.abs_", "collections.deque", "x.len"][:allowed]
    tree = {"numbers": _numbers(rng, length)}
    if asks in ("allowed", "both"):
        tree["more"] = collections.OrderedDict(zip("ba", _numbers(rng)))
    if asks in ("another", "both"):
        tree |= {"x": _Calls(abs, -5), "y": _Calls(len, "abc")}
    return Call(_pickled(tree, protocol), few)


def _reader(found):
    """Reads with what `found(module, name, look_up)` gives for a name."""

    class Reader(pickle.Unpickler):
        def find_class(self, module, name):
            return found(module, name, super().find_class)

    return lambda data: Reader(io.BytesIO(data)).load()


def _asked(data):
    """Every name that a pickle asks for, in order; nothing is called."""
    names, strings, memo = [], [], {}
    for code, argument, _ in pickletools.genops(data):
        if code.name == "GLOBAL":
            names.append(str(argument).replace(" ", "."))
            strings.append(None)
        elif code.name == "STACK_GLOBAL":
            names.append(".".join(strings[-2:]))
            strings.append(None)
        elif "UNICODE" in code.name:
            strings.append(argument)
        elif code.name == "MEMOIZE":
            memo[len(memo)] = strings[-1]
        elif code.name.endswith("GET"):
            strings.append(memo.get(argument))
        elif code.name not in ("FRAME", "PROTO"):
            strings.append(None)
    return names


def _judged(data, is_right):
    """The pickle read in full if no name is wrong; nothing runs otherwise."""
    wrong = [name for name in _asked(data) if not is_right(name)]
    return ({}, wrong[0]) if wrong else (pickle.loads(data), "")


@exercise.misconception
def loaded_first(data, allowed):
    """Everything has run by the time anybody looks."""
    value = pickle.loads(data)
    wrong = [name for name in _asked(data) if name not in allowed]
    return ({}, wrong[0]) if wrong else (value, "")


@exercise.misconception
def nothing_is_refused(data, allowed):
    return pickle.loads(data), ""


@exercise.misconception
def everything_is_refused(data, allowed):
    return _judged(data, lambda name: False)


@exercise.misconception
def name_without_its_module(data, allowed):
    names = [one.rpartition(".")[2] for one in allowed]
    return _judged(data, lambda name: name.rpartition(".")[2] in names)


@exercise.misconception
def module_without_the_name(data, allowed):
    modules = [one.rpartition(".")[0] for one in allowed]
    return _judged(data, lambda name: name.rpartition(".")[0] in modules)


@exercise.misconception
def a_list_of_the_forbidden(data, allowed):
    """The worst known names are refused, all others pass."""
    worst = ("builtins.exec", "builtins.eval", "os.system", "posix.system")
    return _judged(data, lambda name: name in allowed or name not in worst)


@exercise.misconception
def only_the_older_way_of_asking(data, allowed):
    """GLOBAL is looked for; protocol 4 says STACK_GLOBAL."""
    names = [
        str(argument).replace(" ", ".")
        for code, argument, _ in pickletools.genops(data)
        if code.name == "GLOBAL"
    ]
    wrong = [name for name in names if name not in allowed]
    return ({}, wrong[0]) if wrong else (pickle.loads(data), "")


@exercise.misconception
def last_one_reported(data, allowed):
    wrong = [name for name in _asked(data) if name not in allowed]
    return ({}, wrong[-1]) if wrong else (pickle.loads(data), "")


@exercise.misconception
def value_kept_beside_the_refusal(data, allowed):
    """The rest of the pickle is read on, with None in the gaps."""
    wrong = []

    def found(module, name, look_up):
        if f"{module}.{name}" in allowed:
            return look_up(module, name)
        wrong.append(f"{module}.{name}")
        return lambda *arguments: None

    value = _reader(found)(data)
    return value, wrong[0] if wrong else ""


@exercise.misconception
def module_not_named(data, allowed):
    value, refused = _judged(data, lambda name: name in allowed)
    return value, refused.rpartition(".")[2]


@exercise.misconception
def stand_ins_for_what_is_allowed(data, allowed):
    """Refuses rightly, and calls nothing at all."""
    wrong = [name for name in _asked(data) if name not in allowed]
    if wrong:
        return {}, wrong[0]
    return _reader(lambda module, name, look_up: lambda *a: {})(data), ""


class _Refused(Exception):
    pass


@exercise.alternative
def with_an_error_of_its_own(data, allowed):
    def found(module, name, look_up):
        asked = f"{module}.{name}"
        if asked in allowed:
            return look_up(module, name)
        raise _Refused(asked)

    try:
        return _reader(found)(data), ""
    except _Refused as refused:
        return {}, str(refused)


@exercise.alternative
def with_pickletools(data, allowed):
    return _judged(data, lambda name: name in set(allowed))


@exercise.alternative
def read_twice(data, allowed):
    """Once with stand-ins that do nothing, and only then really."""
    wrong = []

    class Nothing:
        def __init__(self, *arguments, **named):
            pass

        def __setitem__(self, key, value):
            pass

    def found(module, name, look_up):
        if f"{module}.{name}" not in allowed:
            wrong.append(f"{module}.{name}")
        return Nothing

    _reader(found)(data)
    return ({}, wrong[0]) if wrong else (pickle.loads(data), "")


@exercise.alternative
def in_pure_python(data, allowed):
    """The same with the slow unpickler."""

    class Reader(pickle._Unpickler):
        def find_class(self, module, name):
            if ".".join((module, name)) in allowed:
                return pickle._Unpickler.find_class(self, module, name)
            raise _Refused(".".join((module, name)))

    try:
        value = Reader(io.BytesIO(data)).load()
    except _Refused as error:
        return {}, error.args[0]
    return value, ""


@exercise.alternative
def with_an_attribute(data, allowed):
    class Reader(pickle.Unpickler):
        refused = ""

        def find_class(self, module, name):
            wanted = module + "." + name
            for one in allowed:
                if one == wanted:
                    return super().find_class(module, name)
            self.refused = wanted
            raise pickle.UnpicklingError

    reader = Reader(io.BytesIO(data))
    try:
        value = reader.load()
    except pickle.UnpicklingError:
        value = {}
    return value, reader.refused


@exercise.alternative
def with_its_own_imports(data, allowed):
    def found(module, name, look_up):
        if f"{module}.{name}" not in frozenset(allowed):
            raise _Refused(module, name)
        home = __import__(module, fromlist=[name])
        return getattr(home, name)

    try:
        return [_reader(found)(data), ""]
    except _Refused as refused:
        return [{}, "{}.{}".format(*refused.args)]
