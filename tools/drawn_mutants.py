"""Which small changes of the library are tried, and the tests that are to see them."""

import ast
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from course.examination.mutants import _edits

LIBRARY = Path(__file__).resolve().parents[1] / "transformer_tf"
EACH = 3
# File of the library -> the narrowest tests that are to see what changes in it.
TESTS = {
    "hashing.py": "attention/test_dropout.py",
    "shapes.py": "attention/test_multi_head.py attention/test_errors.py "
    "embedding/test_errors.py",
    "initializers.py": "test_initializers.py",
    "attention/softmax.py": "attention/test_scaled_dot_product.py",
    "attention/scaled_dot_product.py": "attention/test_scaled_dot_product.py",
    "attention/masks.py": "attention/test_masks.py",
    "attention/attention_mask.py": "attention/test_masks.py attention/test_errors.py",
    "attention/additive.py": "attention/test_additive.py attention/test_errors.py",
    "attention/dropout.py": "attention/test_dropout.py",
    "attention/reference.py": "attention/test_blockwise.py",
    "attention/dispatch.py": "attention/test_dispatch.py",
    "attention/multi_head.py": "attention/test_multi_head.py attention/test_errors.py",
    "attention/cache.py": "attention/test_cache.py attention/test_errors.py",
    "attention/longformer.py": "attention/test_longformer.py",
    "attention/memory_efficient/tiling.py": "attention/test_blockwise.py",
    "attention/memory_efficient/kernel.py": "attention/test_blockwise.py",
    "attention/memory_efficient/partial_softmax.py": "attention/test_longformer.py",
    "blocks/block.py": "blocks/test_blocks.py test_initializers.py",
    "blocks/feed_forward.py": "blocks/test_blocks.py blocks/test_errors.py",
    "blocks/gated_feed_forward.py": "blocks/test_blocks.py blocks/test_errors.py",
    "blocks/encoder.py": "blocks/test_blocks.py",
    "embedding/alibi.py": "embedding/test_biases.py embedding/test_errors.py",
    "embedding/relative_bias.py": "embedding/test_biases.py embedding/test_errors.py",
    "embedding/rotary.py": "embedding/test_rotary.py embedding/test_errors.py",
    "embedding/rotary_scaling.py": "embedding/test_rotary_scaling.py",
    "embedding/sinusoidal.py": "embedding/test_positions.py embedding/test_errors.py",
    "embedding/learned.py": "embedding/test_positions.py embedding/test_errors.py",
    "recurrent/lstm_cell.py": "recurrent/test_cells.py",
    "recurrent/gru_cell.py": "recurrent/test_cells.py",
    "objectives/warm_up.py": "objectives/test_schedules.py",
    "objectives/cosine_schedule.py": "objectives/test_schedules.py",
    "objectives/span_corruption.py": "objectives/test_span_corruption.py "
    "objectives/test_errors.py",
    "objectives/masked_tokens.py": "objectives/test_masked_tokens.py "
    "objectives/test_errors.py",
    "objectives/token_cross_entropy.py": "objectives/test_token_cross_entropy.py",
    "objectives/distillation_loss.py": "objectives/test_distillation_loss.py",
    "generation/processors/top_p.py": "generation/processors/test_truncation.py",
    "generation/processors/typical_p.py": "generation/processors",
    "generation/processors/no_repeat_ngrams.py": "generation/processors",
    "generation/stopping.py": "generation/test_stopping.py",
    "generation/beam_search.py": "generation/test_beam_search.py",
    "heads/adaptive_softmax.py": "heads test_every_layer.py -k adaptive",
    "heads/masked_lm.py": "heads",
    "heads/pooling.py": "heads",
    "heads/scoring.py": "heads",
    "models/padding.py": "models/test_padding.py",
    "models/visibility.py": "models/test_visibility.py",
    "models/decoder.py": "models/test_decoder_step.py models/test_global_attention.py "
    "models/test_models.py",
    "models/config.py": "models/test_models.py models/test_errors.py",
    "training/accumulation.py": "training/test_accumulation.py",
    "checkpoints/safetensors.py": "checkpoints/test_files.py",
    "checkpoints/pytorch.py": "checkpoints/test_files.py checkpoints/test_fuzz.py",
    "checkpoints/placing.py": "checkpoints/test_loading.py",
    "checkpoints/names.py": "checkpoints/test_loading.py",
    "checkpoints/gguf.py": "checkpoints/test_gguf.py",
    "text/models/byte_pair.py": "text/test_models.py text/test_files.py",
    "text/models/unigram.py": "text/test_unigram.py",
    "text/models/word_piece.py": "text/test_models.py",
    "text/trainers/merges.py": "text/test_training.py",
    "text/padding.py": "text/test_batch.py",
    "text/truncation.py": "text/test_batch.py",
    "text/packing.py": "text/test_batch.py",
    "text/pre_tokenizers/cutting.py": "text/test_steps.py",
    "text/in_graph/trie.py": "text/in_graph/test_parts.py",
    "pipelines/spans.py": "pipelines/test_question_answering.py",
    "pipelines/windows.py": "pipelines/test_question_answering.py",
    "pipelines/tags.py": "pipelines/test_token_classification.py",
    "pipelines/words.py": "pipelines/test_words.py",
}
# Calls that say something.
WORDS = ("Error", "Warning", "warn", "TypeVar", "format", "join")
# Calls whose two arguments exchanged give something else of the same kind.
ORDERED = {"where", "subtract", "divide", "power", "matmul", "dot", "range"}
# Modules whose calls compute: their first argument may stand for the result.
NUMERIC = {"ops", "np", "tf"}
# Calls that give the values that they were given, in another container or dtype.
CONTAINERS = {"list", "tuple", "dict", "iter", "frozenset", "str", "repr"}
CASTS = {"bool", "asarray", "array", "convert_to_tensor", "constant"}


class Mutant(NamedTuple):
    """One change.

    Attributes:
        name: The file, the line, and what became of it.
        path: The file, relative to the library.
        source: Its text with the change.
    """

    name: str
    path: str
    source: str


def mutants(path: str, count: int = EACH) -> list[Mutant]:
    """Some changes of a file that make another program of it, always the same ones."""
    tree = ast.parse((LIBRARY / path).read_text(encoding="utf-8"))
    written = ast.unparse(tree)
    program = compile(written, path, "exec")
    spoken = _without_arithmetic(tree)
    found: list[Mutant] = []
    edits = [edit for edit in _edits(tree) if _changes_values(edit, spoken)]
    for place, old, new in random.Random(path).sample(edits, len(edits)):
        if len(found) == count:
            break
        place(new)
        source = ast.unparse(ast.fix_missing_locations(tree))
        place(old)
        if compile(source, path, "exec") != program:
            line = next(n.lineno for n in ast.walk(old) if hasattr(n, "lineno"))
            name = f"{path}:{line}: {_difference(*map(ast.unparse, (old, new)))}"
            found.append(Mutant(name, path, source))
    return found


def _difference(old: str, new: str) -> str:
    """Both from shortly before they differ, on one line each."""
    old, new = (" ".join(text.split()) for text in (old, new))
    same = next((n for n, (a, b) in enumerate(zip(old, new)) if a != b), 0)
    start = max(0, same - 30)
    return " -> ".join(text[start : start + 60] for text in (old, new))


def _changes_values(edit: tuple, spoken: set[int]) -> bool:
    """Whether an edit may change what is computed, and not only how it is said."""
    _, old, new = edit
    if id(old) in spoken or "__import__" in ast.dump(new):
        return False
    match old:
        case ast.Constant(value=str()) | ast.Assign():
            return False  # a name, a word; a variable that is missing afterwards
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call()))):
            return False  # super().__init__() left out
        case ast.Call(args=args, func=function):
            if _name_of(old) in CONTAINERS:
                return False
            if len(args) < 2:
                return _name_of(old) not in CASTS or not isinstance(new, ast.Name)
            # An argument too few or in another's place is an error at once.
            if isinstance(new, ast.Call) and new.args != args:
                return _name_of(old) in ORDERED and len(new.args) == len(args)
            module = getattr(function, "value", None)
            is_numeric = isinstance(module, ast.Name) and module.id in NUMERIC
            return isinstance(new, ast.Call) or is_numeric
    return True


def _name_of(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _without_arithmetic(tree: ast.Module) -> set[int]:
    """Nodes below messages, annotations, decorators, `__all__` and module constants."""
    return {id(node) for part in _find_spoken(tree) for node in ast.walk(part)}


def _find_spoken(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        match node:
            case ast.Raise() | ast.JoinedStr():
                yield node
            case ast.Call() if _name_of(node).endswith(WORDS):
                yield node
            case ast.Expr(value=ast.Call() as call) if _name_of(call).endswith(WORDS):
                yield node
            case ast.FunctionDef():
                yield from node.decorator_list
                yield from [node.returns] if node.returns else []
                if node.name in ("__repr__", "get_config"):
                    yield node
            case ast.ClassDef():
                yield from node.decorator_list
            case ast.arg(annotation=ast.AST() as annotation):
                yield annotation
            case ast.AnnAssign():
                yield node.annotation
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                yield node
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                yield node
            case ast.keyword(arg="name" | "dtype"):
                yield node.value
