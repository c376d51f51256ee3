"""What the configurations of some published models say, in the words of unit 11.

The counts are those of the published files, without heads: a language model's head is
its token table again.
"""

from typing import Any

BERT: dict[str, Any] = {
    "vocabulary_size": 30522,
    "max_length": 512,
    "num_token_types": 2,
    "embedding_dim": 768,
    "embedding_norm": True,
    "dim": 768,
    "num_layers": 12,
    "num_heads": 12,
    "hidden_dim": 3072,
    "shared_layers": False,
    "final_norm": False,
    "pooler": True,
}
ALBERT = {"vocabulary_size": 30000, "embedding_dim": 128, "shared_layers": True}
DISTILBERT = {"num_token_types": 0, "num_layers": 6, "pooler": False}
GPT2 = {
    "vocabulary_size": 50257,
    "max_length": 1024,
    "num_token_types": 0,
    "embedding_norm": False,
    "final_norm": True,
    "pooler": False,
}
MINILM = {
    "embedding_dim": 384,
    "dim": 384,
    "num_layers": 6,
    "hidden_dim": 1536,
    "pooler": False,
}
SETTINGS: dict[str, dict[str, Any]] = {
    "BERT": BERT,
    "ALBERT": BERT | ALBERT,
    "DistilBERT": BERT | DISTILBERT,
    "GPT-2": BERT | GPT2,
    "MiniLM": BERT | MINILM,
}
T5_SMALL: dict[str, Any] = {
    "vocabulary_size": 32128,
    "dim": 512,
    "num_layers": 6,
    "num_heads": 8,
    "head_dim": 64,
    "hidden_dim": 2048,
    "gated": False,
    "num_buckets": 32,
}
COUNTS = {
    "BERT": 109_482_240,
    "ALBERT": 11_683_584,
    "DistilBERT": 66_362_880,
    "GPT-2": 124_439_808,
    "MiniLM": 22_565_376,
    "T5 small": 60_506_624,
}
