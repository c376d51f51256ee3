"""What the exercises of this unit share: their folder and papers."""

UNIT = "13_bias"
WEAT = "https://arxiv.org/abs/1608.07187"
