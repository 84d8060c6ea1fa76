"""What the model may do: one file per tool family, found by `tools.scan`.

`tools.contract` is the whole plug-in surface.
"""
