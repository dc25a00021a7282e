"""The language model in plain Python: requests in, outputs out.

`engine` holds what callers exchange with a model, `loading` makes an engine from a configuration.
Importing this package, `engine` or `loading` does not import torch; `load_engine` does, when asked
for an engine that needs it.
"""
