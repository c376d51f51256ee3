"""The families of Transformers, each a description with the sizes of its base model."""

from transformer_tf.models.config import TransformerConfig


def bert_config(**changes):
    """BERT: an encoder that normalises after each sublayer, with token types.

    Args:
        changes: Fields of `TransformerConfig` that shall differ from BERT base.

    Example:
        >>> config = bert_config(num_layers=2, dim=128, num_heads=2)  # "tiny"
        >>> config.vocabulary_size, config.max_length, config.num_token_types
        (30522, 512, 2)

    Source: https://arxiv.org/abs/1810.04805.
    """
    return _config(
        changes,
        vocabulary_size=30_522,
        dim=768,
        num_layers=12,
        num_heads=12,
        max_length=512,
        num_token_types=2,
        embedding_norm=True,
        epsilon=1e-12,
        attention_dropout=0.1,
        logit_bias=True,
    )


def albert_config(**changes):
    """ALBERT: BERT with one shared block and narrow token vectors.

    Args:
        changes: Fields of `TransformerConfig` that shall differ from ALBERT base.

    Example:
        >>> config = albert_config(num_layers=24)
        >>> config.dim, config.embedding_dim, config.shared_layers
        (768, 128, True)

    Source: https://arxiv.org/abs/1909.11942.
    """
    return _config(
        changes,
        vocabulary_size=30_000,
        dim=768,
        num_layers=12,
        num_heads=12,
        max_length=512,
        num_token_types=2,
        embedding_dim=128,
        embedding_norm=True,
        shared_layers=True,
        activation="gelu_tanh",
        epsilon=1e-12,
        dropout=0.0,
        logit_bias=True,
    )


def gpt2_config(**changes):
    """GPT-2: a decoder that normalises before each sublayer, with learned positions.

    Args:
        changes: Fields of `TransformerConfig` that shall differ from the small GPT-2.

    Example:
        >>> config = gpt2_config(num_layers=24, dim=1024, num_heads=16)  # medium
        >>> config.norm_first, config.positions, config.vocabulary_size
        (True, 'learned', 50257)

    Source: https://cdn.openai.com/better-language-models/language-models.pdf.
    """
    return _config(
        changes,
        vocabulary_size=50_257,
        dim=768,
        num_layers=12,
        num_heads=12,
        max_length=1024,
        activation="gelu_tanh",
        norm_first=True,
        attention_dropout=0.1,
    )


def bart_config(**changes):
    """BART: an encoder-decoder that normalises after each sublayer.

    Args:
        changes: Fields of `TransformerConfig` that shall differ from BART base.

    Example:
        >>> config = bart_config(num_layers=3)
        >>> config.num_layers, config.dim, config.vocabulary_size, config.norm_first
        (3, 768, 50265, False)

    Source: https://arxiv.org/abs/1910.13461.
    """
    return _config(
        changes,
        vocabulary_size=50_265,
        dim=768,
        num_layers=6,
        num_heads=12,
        max_length=1024,
        position_offset=2,
        embedding_norm=True,
        attention_dropout=0.1,
        logit_bias=True,
        start_id=2,
    )


def longformer_config(**changes):
    """Longformer: RoBERTa with windows and global positions, for long texts.

    Args:
        changes: Fields of `TransformerConfig` that shall differ from Longformer base.

    Example:
        >>> config = longformer_config(num_layers=6)
        >>> config.max_length, config.global_attention
        (4096, True)

    Source: https://arxiv.org/abs/2004.05150.
    """
    return _config(
        changes,
        vocabulary_size=50_265,
        dim=768,
        num_layers=12,
        num_heads=12,
        max_length=4096,
        position_offset=2,
        positions_skip_padding=True,
        num_token_types=1,
        embedding_norm=True,
        attention_dropout=0.1,
        logit_bias=True,
        window=257,
        global_attention=True,
        separator_id=2,
    )


def led_config(**changes):
    """LED: BART with Longformer's encoder, for summaries of long texts.

    Args:
        changes: Fields of `TransformerConfig` that shall differ from LED base.

    Example:
        >>> config = led_config()
        >>> config.max_length, config.max_decoder_length, config.global_attention
        (16384, 1024, True)

    Source: https://arxiv.org/abs/2004.05150, section 7.
    """
    return bart_config(
        **{
            "max_length": 16_384,
            "max_decoder_length": 1024,
            "position_offset": 0,
            "window": 513,
            "global_attention": True,
            **changes,
        }
    )


def transformer_xl_config(**changes):
    """Transformer-XL: a decoder with a memory of segments, and clusters of tokens.

    Args:
        changes: Fields of `TransformerConfig` that shall differ from the one that its
            authors trained on WikiText-103. `zero_memory=True` is what published
            checkpoints compute; the paper starts from no memory.

    Example:
        >>> config = transformer_xl_config(num_layers=6)
        >>> config.memory_length, config.cutoffs
        (1600, (20000, 40000, 200000))

    Source: https://arxiv.org/abs/1901.02860.
    """
    return _config(
        changes,
        vocabulary_size=267_735,
        dim=1024,
        num_layers=18,
        num_heads=16,
        hidden_dim=4096,
        positions=None,
        memory_length=1600,
        max_distance=1000,
        cutoffs=(20_000, 40_000, 200_000),
        cutoff_divisor=4,
        embedding_scale=True,
        activation="relu",
    )


def t5_config(**changes):
    """T5: an encoder-decoder with relative biases, RMS norms, and no other bias.

    Args:
        changes: Fields of `TransformerConfig` that shall differ from the small T5. For
            version 1.1 these are `gated=True, activation="gelu_tanh", tied=False` and
            `logit_scale=None`.

    Example:
        >>> config = t5_config(gated=True, activation="gelu_tanh")
        >>> config.positions, config.norm, config.dim
        ('relative', 'rms', 512)

    Source: https://arxiv.org/abs/1910.10683.
    """
    dim = changes.get("dim", 512)
    return _config(
        changes,
        vocabulary_size=32_128,
        dim=dim,
        num_layers=6,
        num_heads=8,
        positions="relative",
        activation="relu",
        norm="rms",
        norm_first=True,
        epsilon=1e-6,
        attention_dropout=0.1,
        activation_dropout=0.1,
        attention_scale=1.0,
        use_bias=False,
        logit_scale=dim**-0.5,
    )


def llama_config(**changes):
    """Llama: a decoder with rotary positions, RMS norms and gated feed-forward layers.

    Args:
        changes: Fields of `TransformerConfig` that shall differ from Llama 7B.

    Example:
        >>> config = llama_config(num_layers=16, dim=2048, num_key_value_heads=8)
        >>> config.positions, config.norm, config.gated, config.activation
        ('rotary', 'rms', True, 'silu')

    Source: https://arxiv.org/abs/2302.13971.
    """
    return _config(
        changes,
        vocabulary_size=32_000,
        dim=4096,
        num_layers=32,
        num_heads=32,
        hidden_dim=11_008,
        max_length=2048,
        positions="rotary",
        activation="silu",
        gated=True,
        norm="rms",
        norm_first=True,
        epsilon=1e-5,
        dropout=0.0,
        use_bias=False,
        tied=False,
    )


def _config(changes, **defaults):
    return TransformerConfig(**{**defaults, **changes})
