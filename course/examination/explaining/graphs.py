"""Errors that only a graph raises: inside `tf.function` a tensor has no value yet."""

from course.examination.explaining.scene import Scene


def _in_graph(scene: Scene, pattern: str) -> dict | None:
    return {} if scene.mode != "eager" and scene.search(pattern) else None


def graph_value(scene: Scene) -> dict | None:
    """`.numpy()` of a tensor that has no value yet."""
    return _in_graph(scene, r"has no attribute 'numpy'|numpy\(\) is only available")


def graph_numpy(scene: Scene) -> dict | None:
    """A function of NumPy's, or `float(x)`, on a tensor that has no value yet."""
    return _in_graph(scene, r"to a (numpy array|NumPy)|__array__\(\)")


def graph_condition(scene: Scene) -> dict | None:
    """A Python condition on a tensor."""
    return _in_graph(scene, r"[Uu]sing a symbolic .*as a Python `?bool|`?if`? cond")


def graph_loop(scene: Scene) -> dict | None:
    """A Python loop over a tensor."""
    return _in_graph(scene, r"[Ii]terating over a symbolic|unpack a symbolic")


def graph_integer(scene: Scene) -> dict | None:
    """`int(x)`, `range(x)` or an index of a list that is a tensor."""
    pattern = r"int\(\) argument must|interpreted as an integer|converted to an index"
    pattern += r"|indices must be integers"
    return _in_graph(scene, pattern)


def graph_leak(scene: Scene) -> dict | None:
    """A tensor of one graph that was kept, and used in another."""
    return _in_graph(scene, r"out of scope|[Ii]naccessible|from a different graph")


KINDS = (
    graph_value,
    graph_numpy,
    graph_condition,
    graph_loop,
    graph_integer,
    graph_leak,
)
