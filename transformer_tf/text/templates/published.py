"""The templates of published models."""

from transformer_tf.text.templates.byte_level import ByteLevelOffsets
from transformer_tf.text.templates.sequence import PostProcessorSequence
from transformer_tf.text.templates.template import Template


def bert_template(
    cls_id: int, sep_id: int, cls_token: str = "[CLS]", sep_token: str = "[SEP]"
):
    """BERT: [CLS] a [SEP], and [CLS] a [SEP] b [SEP] with b of type 1.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> tokenizer.post_processor = bert_template(cls_id=7, sep_id=8)
        >>> tokenizer.encode("ab", "c").tokens
        ['[CLS]', 'a', 'b', '[SEP]', 'c', '[SEP]']

    Source: https://arxiv.org/abs/1810.04805, figure 2.
    """
    return Template(
        f"{cls_token} $A {sep_token}",
        f"{cls_token} $A {sep_token} $B:1 {sep_token}:1",
        {cls_token: cls_id, sep_token: sep_id},
    )


def roberta_template(
    start_id: int,
    end_id: int,
    start_token: str = "<s>",
    end_token: str = "</s>",
    add_prefix_space: bool = False,
):
    """RoBERTa: <s> a </s>, and <s> a </s></s> b </s>, all of type 0.

    Offsets leave out the space that a byte-level token begins with.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> tokenizer.post_processor = roberta_template(start_id=7, end_id=8)
        >>> tokenizer.encode("ab", "c").tokens
        ['<s>', 'a', 'b', '</s>', '</s>', 'c', '</s>']

    Source: https://arxiv.org/abs/1907.11692 and the code published with it.
    """
    template = Template(
        f"{start_token} $A {end_token}",
        f"{start_token} $A {end_token} {end_token} $B {end_token}",
        {start_token: start_id, end_token: end_id},
    )
    return PostProcessorSequence([ByteLevelOffsets(add_prefix_space), template])


def bart_template(
    start_id: int, end_id: int, start_token: str = "<s>", end_token: str = "</s>"
):
    """BART: the same as RoBERTa's, whose vocabulary it shares.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> tokenizer.post_processor = bart_template(start_id=7, end_id=8)
        >>> tokenizer.encode("ab", "c").tokens
        ['<s>', 'a', 'b', '</s>', '</s>', 'c', '</s>']

    Source: https://arxiv.org/abs/1910.13461.
    """
    return roberta_template(start_id, end_id, start_token, end_token)


def gpt_template(end_id: int | None = None, end_token: str = "<|endoftext|>"):
    """GPT-2: the text alone, pairs joined; with `end_id`, each text is ended.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> tokenizer.post_processor = gpt_template(end_id=7)
        >>> tokenizer.encode("ab").tokens
        ['a', 'b', '<|endoftext|>']
    """
    if end_id is None:
        return Template("$A", "$A $B")
    tokens = {end_token: end_id}
    return Template(f"$A {end_token}", f"$A {end_token} $B {end_token}", tokens)


def t5_template(end_id: int, end_token: str = "</s>"):
    """T5: a </s>, and a </s> b </s>, all of type 0.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> tokenizer.post_processor = t5_template(end_id=7)
        >>> tokenizer.encode("ab", "c").tokens
        ['a', 'b', '</s>', 'c', '</s>']

    Source: https://arxiv.org/abs/1910.10683 and the code published with it.
    """
    return Template(
        f"$A {end_token}", f"$A {end_token} $B {end_token}", {end_token: end_id}
    )


def marian_template(end_id: int, end_token: str = "</s>"):
    """Marian: a </s>, and a b </s>, all of type 0.

    Example:
        >>> tokenizer = CharacterTokenizer.train(["abc"])
        >>> tokenizer.post_processor = marian_template(end_id=7)
        >>> tokenizer.encode("ab", "c").tokens
        ['a', 'b', 'c', '</s>']
    """
    return Template(f"$A {end_token}", f"$A $B {end_token}", {end_token: end_id})
