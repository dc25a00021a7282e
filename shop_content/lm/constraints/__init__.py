"""What a text may hold, enforced while it is written.

`compile_constraint` makes a `TokenConstraint` of a request: the state of one text, asked before
each token. The rules are one module each: `numbers`, `phrases`, `json_schema`, `sentences`; a rule
knows characters and nothing of tokens, and `token_constraint` puts them together. No torch here.
"""

from shop_content.lm.constraints.numbers import numbers_in
from shop_content.lm.constraints.sentences import cut_to_sentence
from shop_content.lm.constraints.token_constraint import TokenConstraint, compile_constraint
from shop_content.lm.constraints.vocabulary import ConstraintError, Vocabulary

__all__ = [
    "ConstraintError",
    "TokenConstraint",
    "Vocabulary",
    "compile_constraint",
    "cut_to_sentence",
    "numbers_in",
]
