"""Which tokens there are: those of the model, and those added beside it."""

from transformer_tf.text.added_tokens import AddedToken, AddedTokenFinder
from transformer_tf.text.input_checks import check_tokens


class TokenTable:
    """The ids of a tokenizer: its model's vocabulary and its added tokens.

    Args:
        model: The `Model` whose vocabulary comes first.
        added_tokens: `AddedToken`s, or strings that become special ones.
    """

    normalizer = None

    def __init__(self, model, added_tokens=()):
        self.model = model
        self._added = {}
        self._by_id = {}
        self._finders = None
        self._text_model = None
        self.add_tokens(added_tokens)

    @property
    def added_tokens(self):
        """The added tokens, by id."""
        return sorted(self._added.values(), key=lambda token: token.id)

    @property
    def special_ids(self):
        """The ids of the special tokens, a set."""
        return {token.id for token in self._added.values() if token.special}

    @property
    def vocabulary(self):
        """{token: id} of model and added tokens together."""
        added = {token.content: token.id for token in self._added.values()}
        return {**self.model.vocabulary, **added}

    def __len__(self):
        """One more than the largest id: how many rows an embedding needs."""
        return max(len(self.model), max(self._by_id, default=-1) + 1)

    def add_tokens(self, tokens, special=True):
        """Adds tokens that are found in text before the model sees it.

        Args:
            tokens: `AddedToken`s or strings; a string gets the id that the vocabulary
                has for it, or the next free one.
            special: What strings become: control tokens, or ordinary added words.

        Returns:
            ids: The id of each.

        Raises:
            TypeError: `tokens` is a single string, or holds something else.
            ValueError: A token is empty, or its id belongs to another token.
        """
        # A new table, set at the end: a call that runs meanwhile sees one or the other.
        added, ids = dict(self._added), []
        owners = {token.id: token.content for token in added.values()}
        for token in check_tokens(tokens, "tokens", AddedToken):
            if isinstance(token, str):
                token = AddedToken(token, self._id_for(token, added), special)
            if not token.content:
                raise ValueError("an added token cannot be the empty string")
            known = self.model.id_of(token.content)
            if known is not None and known != token.id:
                raise ValueError(
                    f"{token.content!r} has id {known} in the vocabulary; it cannot "
                    f"be added with id {token.id}"
                )
            owner = owners.get(token.id, self.model.token_of(token.id))
            if owner not in (None, token.content):
                raise ValueError(
                    f"{token.content!r} cannot be added with id {token.id}, which "
                    f"{owner!r} has"
                )
            added[token.content] = token
            owners[token.id] = token.content
            ids.append(token.id)
        self._added = added
        self._by_id = {token.id: token for token in added.values()}
        self._finders = self._text_model = None
        return ids

    def _id_for(self, token, added):
        if token in added:
            return added[token].id
        known = self.model.id_of(token)
        if known is not None:
            return known
        return max([len(self.model) - 1, *(t.id for t in added.values())]) + 1

    def token_to_id(self, token):
        """The id of a token, or None."""
        added = self._added.get(token)
        return self.model.id_of(token) if added is None else added.id

    def id_to_token(self, number):
        """The token with an id, or None."""
        added = self._by_id.get(number)
        return self.model.token_of(number) if added is None else added.content

    def text_model(self, take_special):
        """The model that text goes to: one that never finds special tokens in it.

        With `take_special` the model itself, which may: that is how models with
        control tokens among their pieces (T5's) are published.
        """
        if take_special:
            return self.model
        made = self._text_model
        if made is None or made[0] is not self.model:
            special = [token.content for token in self._added.values() if token.special]
            made = self.model, self.model.hide(special)
            self._text_model = made
        return made[1]

    def find_raw(self, text, take_special):
        """The text cut at the added tokens it holds before normalization."""
        return self._finder(False)(text, take_special)

    def find_normalized(self, text, take_special):
        """The text cut at the added tokens it holds after normalization."""
        return self._finder(True)(text, take_special)

    def _finder(self, normalized):
        finders = self._finders
        if finders is None or finders[2] is not self.normalizer:
            groups: tuple = ([], [])
            for token in self._added.values():
                groups[token.normalized].append(token)
            finders = self._finders = (
                AddedTokenFinder(groups[0]),
                AddedTokenFinder(groups[1], self.normalizer),
                self.normalizer,
            )
        return finders[normalized]
