"""The script that writes `transformer_tf/text/tables`; no part of the wheel."""
