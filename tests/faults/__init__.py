"""What happens while the model or Meta is broken: kind after kind, on the running product.

`make faults` runs both tables and prints what became of each kind; pytest asserts the same.
"""
