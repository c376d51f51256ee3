"""The peers under PyTorch: fused attention, transformers' GPT-2, torch.compile."""

import torch


class Torch:
    """The calls of one device.

    Args:
        device: "cpu" or "gpu".
    """

    def __init__(self, device):
        self.device = "cuda" if device == "gpu" else "cpu"
        if device == "gpu" and not torch.cuda.is_available():
            raise ImportError("PyTorch sees no GPU")

    def ready(self):
        if self.device == "cuda":
            torch.cuda.synchronize()

    def ids(self, array):
        return torch.as_tensor(array, device=self.device).long()

    def attention_step(self, length, batch=1, heads=8, width=64):
        """`scaled_dot_product_attention`, causal, and its gradients, bfloat16."""
        arrays = torch.randn(
            4, batch, heads, length, width, device=self.device, dtype=torch.bfloat16
        )
        gradient, given = arrays[0], [x.clone().requires_grad_() for x in arrays[1:]]

        def call():
            output = torch.nn.functional.scaled_dot_product_attention(
                *given, is_causal=True
            )
            torch.autograd.grad(output, given, gradient)
            self.ready()

        return call

    def memory(self, call):
        """The most bytes held during a call; None where PyTorch does not count them."""
        if self.device != "cuda":
            return None
        torch.cuda.reset_peak_memory_stats()
        call()
        return torch.cuda.max_memory_allocated()

    def model(self, sizes):
        from transformers import GPT2Config, GPT2LMHeadModel

        config = GPT2Config(
            vocab_size=sizes.vocabulary,
            n_embd=sizes.dim,
            n_layer=sizes.layers,
            n_head=sizes.heads,
            n_positions=max(sizes.length, sizes.prompt + sizes.new_tokens),
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            bos_token_id=0,
            eos_token_id=0,
            attn_implementation="sdpa",
        )
        return GPT2LMHeadModel(config).to(self.device)

    def forward(self, model, ids, compiled=False):
        model.eval()
        function = torch.compile(model) if compiled else model
        ids = self.ids(ids)

        def call():
            with torch.no_grad(), torch.autocast(self.device, torch.bfloat16):
                function(ids, use_cache=False)
            self.ready()

        return call

    def training_step(self, model, ids, targets, compiled=False):
        """Loss, gradients and AdamW in autocast bfloat16."""
        model.train()
        function = torch.compile(model) if compiled else model
        optimizer = torch.optim.AdamW(model.parameters(), 1e-4, fused=True)
        ids, targets = self.ids(ids), self.ids(targets)
        cross_entropy = torch.nn.functional.cross_entropy

        def call():
            with torch.autocast(self.device, torch.bfloat16):
                logits = function(ids, use_cache=False).logits
            loss = cross_entropy(logits.float().flatten(0, 1), targets.flatten())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            self.ready()

        return call

    def generation(self, model, prompts, new_tokens):
        """transformers' own greedy loop, weights in bfloat16."""
        model = model.to(torch.bfloat16).eval()
        ids = self.ids(prompts)

        def call():
            model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                max_new_tokens=new_tokens,
                min_new_tokens=new_tokens,
                do_sample=False,
                pad_token_id=0,
            )
            self.ready()

        return call
