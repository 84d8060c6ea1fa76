"""Sentences about what was done, made by code from the stored row: a model's word is not enough."""


class Receipt(str):
    """A tool's result that the owner reads too, as it stands, under the model's answer."""
