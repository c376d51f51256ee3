"""Several post-processors, one after the other."""

from functools import partial
from typing import Any

from transformer_tf.text.component import components_from_json
from transformer_tf.text.encoding import join
from transformer_tf.text.json_values import Field
from transformer_tf.text.templates.post_processor import PostProcessor


class PostProcessorSequence(PostProcessor, type="Sequence"):
    """Applies post-processors in order: those that adjust, then one template.

    Args:
        processors: The steps, first to last.

    Example:
        >>> tokenizer = BytePairTokenizer.train(["low tide"] * 9, vocabulary_size=266)
        >>> template = Template("<s> $A", special_tokens={"<s>": 300})
        >>> steps = [ByteLevelOffsets(), template]
        >>> tokenizer.post_processor = PostProcessorSequence(steps)
        >>> encoding = tokenizer.encode("low tide")
        >>> encoding.tokens, encoding.offsets
        (['<s>', 'low', 'Ġtide'], [(0, 0), (0, 3), (4, 8)])
    """

    fields = {"processors": Field(partial(components_from_json, "post_processor"))}

    def __init__(self, processors: Any):
        self.processors = list(processors)

    def __call__(self, first, second=None, special_tokens=True):
        for processor in self.processors:
            if hasattr(processor, "adjust"):
                first = processor.adjust(first)
                second = None if second is None else processor.adjust(second)
            else:
                first = processor(first, second, special_tokens)
                second = None
        return first if second is None else join(first, second)

    def added_count(self, is_pair):
        return sum(processor.added_count(is_pair) for processor in self.processors)

    def to_json(self):
        steps = [processor.to_json() for processor in self.processors]
        return {"type": self.type, "processors": steps}
