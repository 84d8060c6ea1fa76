"""Documents to text, in a process of its own with limits: `python -m app.media.convert < FILE`.

`kinds` tells what a file is by its bytes; one module a family takes the text out, part by part.
"""
