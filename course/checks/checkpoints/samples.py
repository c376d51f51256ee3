"""What the exercises of this unit share: their folder, and where to go further."""

UNIT = "11_checkpoints"
BERT = "https://arxiv.org/abs/1810.04805"
ALBERT = "https://arxiv.org/abs/1909.11942"
T5 = "https://arxiv.org/abs/1910.10683"
MINILM = "https://arxiv.org/abs/2002.10957"
SAFETENSORS = "https://huggingface.co/docs/safetensors"
