"""The references of unit 09 against the library, peers, and brute force."""

import inspect
import itertools
import math
import re

import keras
import numpy as np
import pytest

import transformer_tf
from benchmarks.translating import LEARN, MODEL, PAIRS
from course.checks.seq2seq.beam_finish import sort_out
from course.checks.seq2seq.beam_rank import rank_beams
from course.checks.seq2seq.beam_step import beam_step
from course.checks.seq2seq.bleu import bleu
from course.checks.seq2seq.codes import with_codes
from course.checks.seq2seq.infill import infill
from course.checks.seq2seq.rouge_l import rouge_l
from course.checks.seq2seq.span_corruption import corrupt_spans
from course.checks.seq2seq.texts import changed, words
from course.checks.seq2seq.translator import Translator
from course.paths import repository
from course.pieces import (
    WritingBlock,
    alignment,
    chrf,
    shift_right,
    smoothed_loss,
    three_masks,
)
from tests.checks.test_decoders import log_softmax, norm
from transformer_tf.objectives import teacher_forcing_shift


@pytest.fixture
def rng():
    return np.random.default_rng(9)


def floats(rng, *shape):
    return rng.normal(size=shape).astype("float32")


def test_shifted_labels_are_the_library_s_inputs(rng):
    ids = rng.integers(3, 50, size=(3, 6)).astype("int32")
    real = np.arange(6) < np.array([[6], [4], [1]])
    ids = np.where(real, ids, 0)
    inputs, targets = teacher_forcing_shift(ids, start_id=2, padding_id=0)
    found = shift_right(targets, start=2, padding=0)
    counts = np.array(targets) >= 0
    np.testing.assert_array_equal(np.array(found)[counts], np.array(inputs)[counts])
    for row, labels in zip(np.array(found).tolist(), np.array(targets).tolist()):
        assert row == [2, *(max(0, label) for label in labels[:-1])]


def test_masks_are_what_each_word_says(rng):
    source, target = rng.random((2, 5)) < 0.7, rng.random((2, 4)) < 0.7
    encoder, decoder, cross = map(np.array, three_masks(source, target))
    for row, query, key in np.ndindex(2, 5, 5):
        assert encoder[row, query, key] == source[row, key]
    for row, query, key in np.ndindex(2, 4, 4):
        assert decoder[row, query, key] == (target[row, key] and key <= query)
    for row, query, key in np.ndindex(2, 4, 5):
        assert cross[row, query, key] == source[row, key]


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.6])
def test_smoothed_loss_is_that_of_the_smoothed_distribution(rng, smoothing):
    logits = floats(rng, 3, 5, 7)
    labels = np.where(rng.random((3, 5)) < 0.3, -100, rng.integers(7, size=(3, 5)))
    logs, losses = log_softmax(logits), []
    for place in zip(*np.nonzero(labels >= 0)):
        soft = np.full(7, smoothing / 7)
        soft[labels[place]] += 1 - smoothing
        losses.append(-(soft * logs[place]).sum())
    found = smoothed_loss(logits, labels.astype("int32"), smoothing)
    assert float(found) == pytest.approx(np.mean(losses), rel=1e-5)
    library = transformer_tf.TokenCrossEntropy(label_smoothing=smoothing)
    assert float(library(labels, logits)) == pytest.approx(np.mean(losses), rel=1e-5)


def test_the_least_smoothed_loss_is_the_entropy_that_the_notebook_names():
    """50 characters, smoothing 0.1: 0.70 nats; 0.71 with 60."""
    label = 0.9 + 0.1 / 50
    least = -label * math.log(label) - 49 * 0.002 * math.log(0.002)
    assert least == pytest.approx(0.70, abs=0.005)


def test_alignment_is_the_largest_mean(rng):
    weights, real = rng.random((3, 6, 5)), np.array([0, 1, 1, 1, 0], bool)
    found = np.array(alignment(weights.astype("float32"), real))
    for step, place in enumerate(found):
        total = weights[:, step].sum(axis=0)
        assert real[place] and total[place] == total[real].max()


def woven(inputs, targets, sentinels):
    """The text again: each sentinel of the inputs gives way to what is behind it."""
    spans, last = {}, None
    for token in targets:
        if token in sentinels:
            spans[last := token] = []
        else:
            spans[last].append(token)
    return [t for token in inputs for t in spans.get(token, [token])]


@pytest.mark.parametrize("seed", range(30))
def test_spans_can_be_put_back(seed):
    rng = np.random.default_rng(seed)
    length = int(rng.integers(0, 15))
    ids, noise = list(range(10, 10 + length)), (rng.random(length) < 0.4).tolist()
    inputs, targets = corrupt_spans(ids, noise, 99, 1)
    assert inputs[-1] == targets[-1] == 1
    assert woven(inputs[:-1], targets[:-1], range(80, 100)) == ids
    runs = len(re.findall("x+", "".join("x" if n else "." for n in noise)))
    marks = [n for n in targets if 80 <= n < 100]
    assert marks == list(range(99, 99 - runs - 1, -1))
    assert [n for n in inputs if 80 <= n < 100] == marks[:-1]
    assert len(inputs) == length - sum(noise) + runs + 1


@pytest.mark.parametrize("seed", range(20))
def test_masks_can_be_filled_in_again(seed):
    rng = np.random.default_rng(seed)
    ids = rng.integers(10, 90, size=12).tolist()
    cuts = np.sort(rng.integers(0, 13, size=6)).reshape(3, 2)
    spans = [(int(a), int(b - a)) for a, b in cuts]
    found, kept = infill(ids, spans, 4), []
    fill = iter(spans)
    for token in found:
        if token == 4:
            start, length = next(fill)
            kept += ids[start : start + length]
        else:
            kept.append(token)
    assert kept == ids


@pytest.mark.parametrize("style", ["prefix", "suffix"])
def test_the_decoder_reads_its_labels_one_later(style):
    encoder_ids, decoder_ids, labels = with_codes([11, 12], [21], 5, 6, 1, style)
    assert decoder_ids[1:] == labels[:-1] and decoder_ids[0] == labels[-1]
    assert sorted(encoder_ids) == [1, 5, 11, 12]
    assert sorted(labels) == [1, 6, 21]
    assert encoder_ids[0 if style == "prefix" else -1] == 5


class Toy:
    """A model of few texts: what comes next depends on all that is written."""

    END = 0

    def __init__(self, seed, vocabulary=4, longest=4):
        self.seed, self.vocabulary, self.longest = seed, vocabulary, longest

    def logs(self, ids):
        rng = np.random.default_rng([self.seed, *ids, len(ids)])
        return log_softmax(2 * rng.normal(size=self.vocabulary))

    def every_text(self):
        """(sum, ids) of all texts that end in time."""
        for length in range(1, self.longest + 1):
            for body in itertools.product(range(1, self.vocabulary), repeat=length - 1):
                ids = [*body, self.END]
                total = sum(self.logs(ids[:n])[ids[n]] for n in range(length))
                yield total, ids

    def search(self, beam, alpha, stops=True):
        """With the references: the finished, and how many steps it took."""
        living, finished, steps = [(0.0, [])], [], 0
        while living and steps < self.longest:
            steps += 1
            scores = np.array([[total for total, _ in living]])
            logs = np.array([[self.logs(ids) for _, ids in living]])
            count = min(2 * beam, logs[0].size)
            best, parents, tokens = (
                np.array(part)[0] for part in beam_step(scores, logs, count)
            )
            candidates = [
                (float(total), [*living[parent][1], int(token)])
                for total, parent, token in zip(best, parents, tokens)
            ]
            arguments = beam, self.END, alpha, self.longest
            living, finished, done = sort_out(candidates, finished, *arguments)
            if stops and done:
                break
        return finished, steps


@pytest.mark.parametrize("count", [1, 4, 9])
def test_a_step_keeps_the_best_of_each_text_s_own(rng, count):
    scores, logs = floats(rng, 2, 3), floats(rng, 2, 3, 5)
    best, parents, tokens = map(np.array, beam_step(scores, logs, count))
    for row in range(2):
        every = [(scores[row, b] + logs[row, b, v], b, v) for b, v in np.ndindex(3, 5)]
        wanted = sorted(every, reverse=True)[:count]
        np.testing.assert_allclose(best[row], [total for total, _, _ in wanted])
        found = list(zip(parents[row].tolist(), tokens[row].tolist()))
        assert found == [(b, v) for _, b, v in wanted]


@pytest.mark.parametrize("ended", [set(), {0}, {0, 1, 2}, {1, 4}, set(range(6))])
def test_as_many_live_on_as_there_are_beams(ended):
    candidates = [(-1.0 - n, [5 + n, 1 if n in ended else 9]) for n in range(6)]
    living, finished, _ = sort_out(candidates, [], 3, 1, 0.5, 9)
    assert living == [c for n, c in enumerate(candidates) if n not in ended][:3]
    assert [ids for _, ids in finished] == [candidates[n][1] for n in sorted(ended)][:3]


@pytest.mark.parametrize("alpha", [0.0, 0.7, 1.4])
@pytest.mark.parametrize("seed", range(4))
def test_a_search_that_is_wide_enough_finds_the_best_of_all_texts(seed, alpha):
    toy = Toy(seed)
    score, ids = max((s / len(ids) ** alpha, ids) for s, ids in toy.every_text())
    found, _ = toy.search(beam=64, alpha=alpha, stops=False)
    assert found[0][1] == ids
    assert found[0][0] == pytest.approx(score, abs=1e-4)


@pytest.mark.parametrize("alpha", [0.0, 0.7, 1.4])
def test_stopping_early_changes_nothing(alpha):
    """Where nothing living can get in, going on finds the same."""
    saved = 0
    for seed in range(12):
        toy = Toy(seed, longest=6)
        early, steps = toy.search(2, alpha)
        late, all_steps = toy.search(2, alpha, stops=False)
        assert [ids for _, ids in early] == [ids for _, ids in late]
        saved += all_steps - steps
    assert saved > 0


def test_ranking_changes_with_alpha_and_counts_what_was_written():
    sums = np.array([[-4.0, -6.0]], "float32")
    lengths = np.array([[13, 20]], "int32")
    cases = [(0.0, "power", 0), (1.0, "power", 1), (1.0, "wu", 1), (0.3, "wu", 0)]
    for alpha, rule, best in [*cases, (2.0, "power", 1), (0.5, "power", 1)]:
        scores, found = rank_beams(sums, lengths, 10, alpha, rule)
        n = np.array([3.0, 10.0])
        base = n if rule == "power" else (5 + n) / 6
        np.testing.assert_allclose(scores[0], sums[0] / base**alpha, rtol=1e-6)
        assert int(found[0]) == best


def test_bleu_clips_as_its_paper_shows():
    """The paper's example: of seven times "the" two count."""
    references = ["the cat is on the mat".split(), "there is a cat on the mat".split()]
    written = "the the the the the the the".split()
    assert bleu([written], [references]) == 0.0  # no pair matches
    perfect = references[0]
    assert bleu([perfect], [references]) == pytest.approx(100)
    assert bleu([perfect[:5]], [[perfect]]) == pytest.approx(100 * math.exp(1 - 6 / 5))


def plain_bleu(candidates, references):
    """By the paper, with lists and `count` alone."""
    logs, ours, theirs = 0.0, 0, 0
    for n in range(1, 5):
        match = total = 0
        for candidate, right in zip(candidates, references):
            runs = [candidate[k : k + n] for k in range(len(candidate) - n + 1)]
            total += len(runs)
            for run in {tuple(run) for run in runs}:
                most = max(
                    sum(r[k : k + n] == list(run) for k in range(len(r))) for r in right
                )
                match += min(most, runs.count(list(run)))
        if match == 0:
            return 0.0
        logs += math.log(match / total) / 4
    for candidate, right in zip(candidates, references):
        ours += len(candidate)
        by_distance = sorted(
            right, key=lambda r: (abs(len(r) - len(candidate)), len(r))
        )
        theirs += len(by_distance[0])
    return 100 * math.exp(min(0, 1 - theirs / ours) + logs)


def sets_of_texts(rng, count=25):
    for _ in range(count):
        base = [words(rng, int(rng.integers(4, 15)), few=True) for _ in range(3)]
        references = [
            [
                changed(rng, t, max(1, len(t) + int(rng.integers(-3, 4))))
                for _ in range(3)
            ]
            for t in base
        ]
        yield [changed(rng, t, len(t), 0.15) for t in base], references


def test_bleu_is_the_paper_s(rng):
    for candidates, references in sets_of_texts(rng):
        expected = plain_bleu(candidates, references)
        assert bleu(candidates, references) == pytest.approx(expected, abs=1e-9)


def common(one, other):
    """The longest common subsequence by trying all of them, longest first."""
    for size in range(min(len(one), len(other)), 0, -1):
        known = {tuple(c) for c in itertools.combinations(other, size)}
        if any(tuple(c) in known for c in itertools.combinations(one, size)):
            return size
    return 0


def test_rouge_l_is_that_of_the_longest_of_all_subsequences(rng):
    for _ in range(40):
        one, other = (
            rng.integers(4, size=rng.integers(0, 8)).astype(str).tolist() for _ in "12"
        )
        size = common(one, other)
        p, r = size / max(1, len(one)), size / max(1, len(other))
        expected = 2 * p * r / (p + r) if size else 0.0
        assert rouge_l(one, other) == pytest.approx(expected)


def test_chrf_by_hand():
    """abc beside abd: 2 of 3 characters, 1 of 2 pairs, 0 of 1 threes."""
    mean = (2 / 3 + 1 / 2 + 0) / 3
    assert chrf("a b c", "abd") == pytest.approx(100 * mean)
    p, r = (1 + 1) / 2, (2 / 3 + 1 / 2) / 2
    assert chrf("ab", "abc") == pytest.approx(500 * p * r / (4 * p + r))


def test_chrf_is_that_of_lists_and_counts(rng):
    for _ in range(20):
        one, other = (
            "".join(rng.choice(list("aAbñ "), size=rng.integers(1, 15))) for _ in "12"
        )
        p, r = [], []
        for n in range(1, 7):
            found, known = (
                [text[k : k + n] for k in range(len(text) - n + 1)]
                for text in (one.replace(" ", ""), other.replace(" ", ""))
            )
            if found and known:
                same = sum(min(found.count(g), known.count(g)) for g in set(found))
                p.append(same / len(found))
                r.append(same / len(known))
        p, r = np.mean(p or [0]), np.mean(r or [0])
        expected = 500 * p * r / (4 * p + r) if p else 0.0
        assert chrf(one, other) == pytest.approx(expected)


@pytest.mark.peers
class TestPeers:
    """Against the tools that people report figures with."""

    def test_bleu_and_chrf_are_sacrebleu_s(self, rng):
        sacrebleu = pytest.importorskip("sacrebleu")
        for candidates, references in sets_of_texts(rng):
            lines = [" ".join(c) for c in candidates]
            right = [[" ".join(r[n]) for r in references] for n in range(3)]
            peer = sacrebleu.BLEU(tokenize="none", smooth_method="none")
            expected = peer.corpus_score(lines, right).score
            assert bleu(candidates, references) == pytest.approx(expected, abs=1e-6)
            peer = sacrebleu.CHRF()
            for line, other in zip(lines, right[0]):
                expected = peer.sentence_score(line, [other]).score
                assert chrf(line, other) == pytest.approx(expected, abs=1e-4)

    def test_rouge_l_is_rouge_score_s(self, rng):
        rouge_scorer = pytest.importorskip("rouge_score.rouge_scorer")
        peer = rouge_scorer.RougeScorer(["rougeL"])
        for _ in range(50):
            one, other = (
                [f"w{n}" for n in rng.integers(6, size=rng.integers(1, 12))]
                for _ in "12"
            )
            expected = peer.score(" ".join(other), " ".join(one))["rougeL"].fmeasure
            assert rouge_l(one, other) == pytest.approx(expected)


def test_translator_is_its_blocks_by_hand(rng):
    """Against NumPy in float64, from the same weights."""
    layer = Translator(11, dim=8, num_heads=2, hidden_dim=12, num_layers=2)
    source, target = (rng.integers(11, size=(2, n)).astype("int32") for n in (5, 4))
    real = np.arange(5) < np.array([[5], [3]])
    written = np.arange(4) < np.array([[2], [4]])
    layer(source, real, target, written)
    layer.set_weights([floats(rng, *w.shape) * 0.4 for w in layer.weights])
    weights = {w.path.split("/", 1)[1]: np.array(w, "float64") for w in layer.weights}
    expected = translator_in_numpy(source, real, target, written, weights)
    found = layer(source, real, target, written)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def translator_in_numpy(source, real, target, written, weights, heads=2, layers=2):
    def part(prefix):
        return {
            name.removeprefix(prefix): value
            for name, value in weights.items()
            if name.startswith(prefix)
        }

    def embedded(ids):
        length, dim = ids.shape[1], table.shape[1]
        angles = np.arange(length)[:, None] * 10_000.0 ** (-np.arange(0, dim, 2) / dim)
        pattern = np.stack([np.sin(angles), np.cos(angles)], axis=-1)
        return table[ids] * dim**0.5 + pattern.reshape(length, dim)

    def attended(x, text, w, mask):
        q, k, v = (
            (t @ w[n]).reshape(*t.shape[:2], heads, -1).transpose(0, 2, 1, 3)
            for t, n in ((x, "query"), (text, "key"), (text, "value"))
        )
        scores = q @ k.transpose(0, 1, 3, 2) / q.shape[-1] ** 0.5
        scores = np.where(mask, scores, -np.inf)
        found = np.exp(log_softmax(scores)) @ v
        return found.transpose(0, 2, 1, 3).reshape(x.shape) @ w["mix"]

    def thought(x, w, name):
        normed = norm(x, w[f"{name}_scale"], w[f"{name}_offset"])
        hidden = np.maximum(0, normed @ w["wide_kernel"] + w["wide_bias"])
        return x + hidden @ w["narrow_kernel"] + w["narrow_bias"]

    table = weights["encoder/table"]
    x = embedded(source)
    for number in range(layers):
        w = part(f"encoder/block_{number}/")
        normed = norm(x, w["first_scale"], w["first_offset"])
        x = thought(x + attended(normed, normed, w, real[:, None, None]), w, "second")
    memory = norm(x, weights["encoder/scale"], weights["encoder/offset"])
    x, length = embedded(target), target.shape[1]
    seen = np.tri(length, dtype=bool) & written[:, None, None]
    for number in range(layers):
        prefix = f"writing_{number}/"
        w, own, cross = (part(prefix + n) for n in ("", "self_", "cross_"))
        normed = norm(x, w["first_scale"], w["first_offset"])
        x = x + attended(normed, normed, own, seen)
        normed = norm(x, w["second_scale"], w["second_offset"])
        x = x + attended(normed, memory, cross, real[:, None, None])
        x = thought(x, w, "third")
    return norm(x, weights["target_scale"], weights["target_offset"]) @ table.T


def solutions():
    folder = repository() / "solutions" / "09_seq2seq"
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    text = text.replace("    ### BEGIN SOLUTION\n", "")
    return text.replace("    ### END SOLUTION\n", "")


def test_the_notebooks_hold_what_the_checks_hold():
    """What stands in for a learner's answer is the answer of the notebook."""
    text = "".join(solutions().split())
    for piece in (shift_right, three_masks, smoothed_loss, alignment, chrf):
        assert "".join(inspect.getsource(piece).split()) in text, piece.__name__
    for answer in (with_codes, corrupt_spans, infill, beam_step, sort_out, rank_beams):
        assert "".join(inspect.getsource(answer).split()) in text, answer.__name__
    for shown in (bleu, rouge_l, WritingBlock):
        assert "".join(inspect.getsource(shown).split()) in text, shown.__name__


def test_the_notebook_trains_as_the_benchmark_does():
    text = solutions()
    for name, value in (MODEL | LEARN).items():
        assert re.search(rf"\b{name}={value}\b", text) or f"{name}=4e-3" in text, name
    assert f"date_task({PAIRS:_}" in text


def test_the_capstone_learns_at_all(rng):
    """A few steps on few pairs: the loss falls; the notebook's run takes a minute."""
    from benchmarks.translating import loss_of
    from course.datasets.translating import date_task, learn

    keras.utils.set_random_seed(0)
    task = date_task(200, tests=5)
    model = Translator(task.characters.size, 16, 2, 16, 1)
    loss = loss_of(model)
    loss(task.sources[:2], task.labels[:2])
    losses = learn(model, loss, task.sources, task.labels, 40, 1e-2, batch=16)
    assert losses[-1] < losses[0] - 0.5
