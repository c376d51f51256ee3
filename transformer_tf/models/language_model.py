"""What models that write share: a head over the vocabulary, and a decoding step."""

from transformer_tf import fast_form
from transformer_tf.heads import MaskedLMHead
from transformer_tf.models import replay
from transformer_tf.models.headed import HeadedModel


class LanguageModel(HeadedModel):
    """A body with a head that scores every token as the next one.

    `prepare`, `empty_cache` and `step` are what generation calls. They compute what
    `call` computes: by fast forms where every part is this library's own, by the
    layers' `call` where it is not, and by reading the whole text again where a subclass
    changes the model's `call` itself.

    Args:
        body: A `TransformerConfig`, or a body to build upon.
    """

    head_class: type
    reads_source = False

    def __init__(self, body, **kwargs):
        super().__init__(body, **kwargs)
        self.head = self.new_head()

    def new_head(self):
        """The head over the vocabulary."""
        config = self.config
        shared = {
            "use_bias": config.logit_bias,
            "kernel_initializer": config.initializer(),
            "dtype": self.dtype_policy,
            "name": "head",
        }
        if config.logit_transform is None:
            return self.head_class(
                config.vocabulary_size, scale=config.logit_scale, **shared
            )
        return MaskedLMHead(
            config.vocabulary_size, config.logit_transform, config.epsilon, **shared
        )

    def build_head(self, hidden_shape):
        table = None if self._table is None else tuple(self._table.shape)
        self.head.build(hidden_shape, table)

    @property
    def _table(self):
        """The table that the head shares with the embedding, or None."""
        return self.body.table if self.config.tied else None

    def logits(self, x):
        """[batch, length, dim] hidden states -> [batch, length, vocabulary]"""
        return self.head(x, table=self._table)

    @property
    def vocabulary_size(self):
        return self.config.vocabulary_size

    @property
    def padding_id(self):
        """The id of padding in prompts without a mask; None for none."""
        return self.config.padding_id

    @property
    def max_length(self):
        """Maximum number of tokens, prompt included; None for any.

        In an encoder-decoder, of the target.
        """
        return self.config.max_length

    @property
    def max_source_length(self):
        """How many tokens of a source fit; None for any number."""
        return self.config.max_length

    @property
    def decoder(self):
        """The `Decoder` that writes."""
        return self.body

    def prepare(self, source=None, source_mask=None, copies=1):
        """What every decoding step reads alike: weights, arranged for speed.

        Args:
            source: [batch, source] integers, for a model that reads a source.
            source_mask: [batch, source] booleans, True for real tokens.
            copies: Number of neighbouring rows that write for one source.

        Returns:
            A dict of tensors for batch * copies rows.
        """
        if not self.built:
            self.build()
        if self._is_replayed():
            return replay.prepare(source, source_mask, copies)
        prepared = {
            "decoder": self.decoder.prepare(*self._memory(source, source_mask, copies))
        }
        if not fast_form.is_overridden(self, "logits"):
            prepared["head"] = fast_form.prepare(self.head, self._table)
        return prepared

    def _memory(self, source, source_mask, copies):
        """What the decoder prepares from: nothing, or an encoded source."""
        return ()

    def empty_cache(self, rows, capacity):
        """A cache for `step`, with `capacity` free slots per row."""
        if self._is_replayed():
            return replay.empty_cache(self, rows, capacity)
        return self.decoder.empty_cache(rows, capacity)

    def step(self, ids, positions, cache, keep, prepared, padding_mask=None):
        """Reads some more tokens.

        Args:
            ids: [rows, new] integers.
            positions: [rows, new] integers, -1 for padding before a text.
            cache: What `empty_cache` or the step before returned.
            keep: Number of last tokens to score.
            prepared: What `prepare` returned.
            padding_mask: [rows, new] booleans, True for real tokens; when None, the
                config's `padding_id` tells.

        Returns:
            logits: [rows, keep, vocabulary] floats.
            cache: The cache with the new tokens in it.
        """
        if self._is_replayed():
            return replay.step(
                self, ids, positions, cache, keep, prepared, padding_mask
            )
        logits, _, cache = self.step_with_states(
            ids, positions, cache, keep, prepared, padding_mask
        )
        return logits, cache

    def step_with_states(
        self, ids, positions, cache, keep, prepared, padding_mask=None
    ):
        """As `step`, with the hidden states behind the logits.

        Returns:
            logits: [rows, keep, vocabulary] floats.
            states: [rows, new, dim] floats: the last hidden states of all new tokens.
            cache: The cache with the new tokens in it.

        Raises:
            ValueError: the model's `call` is a subclass's own, so that only its logits
                are known.
        """
        if self._is_replayed():
            raise ValueError(
                f"{type(self).__name__} changes `call`: what its hidden states are, "
                "nobody else knows; override `logits`, a block or the body instead"
            )
        states, cache = self.decoder.step(
            ids, positions, cache, prepared["decoder"], padding_mask
        )
        x = states[:, -keep:]
        if prepared.get("head"):
            return self.head.step(x, prepared["head"]), states, cache
        return self.logits(x), states, cache

    def _is_replayed(self):
        """Whether only the model as a whole knows what it computes."""
        return fast_form.is_overridden(self, "call")

    def generate(
        self,
        prompts,
        max_new_tokens=None,
        strategy=None,
        *,
        padding_mask=None,
        processors=None,
        stop_ids=None,
        stop_strings=(),
        start_ids=None,
        tokenizer=None,
        token_texts=None,
        padding_id=0,
        buckets=None,
        cache=None,
        jit_compile=True,
        **unknown,
    ):
        """Continues each prompt: the function `generate`, as a method.

            model.generate([[3, 7, 1]], 20, Sampling(seed=1), stop_ids=[2])

        What is left out is as the model's `generation_config` says, if it has one.

        Args, returns and errors are those of `transformer_tf.generate`, which says what
        each option is.
        """
        # Generation stands on models; only this door leads the other way.
        from transformer_tf.generation.generate import generate

        return generate(
            self,
            prompts,
            max_new_tokens,
            strategy,
            padding_mask=padding_mask,
            processors=processors,
            stop_ids=stop_ids,
            stop_strings=stop_strings,
            start_ids=start_ids,
            tokenizer=tokenizer,
            token_texts=token_texts,
            padding_id=padding_id,
            buckets=buckets,
            cache=cache,
            jit_compile=jit_compile,
            **unknown,
        )
