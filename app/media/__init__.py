"""What comes in files, as text: voice notes, pictures, documents.

`desk` fetches and keeps each file once and asks the reader of its kind; `base` is what a reader is.
"""
