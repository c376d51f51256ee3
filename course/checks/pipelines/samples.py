"""What the exercises of this unit share: their folder and papers."""

UNIT = "12_pipelines"
TRANSFORMERS = "https://arxiv.org/abs/1910.03771"
BERT = "https://arxiv.org/abs/1810.04805"
