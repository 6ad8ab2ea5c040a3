"""Wrong derivations, as people write them, each with its cause and the step it is in; and right ones.

``python -m tests.check.corpus`` prints which of the causes are found. What is missed stays here.
"""

from . import classic as classic
from . import indices as indices
from . import modern as modern
from . import students as students
from . import unseen as unseen
from .case import CORPUS as CORPUS
from .case import NETWORKS as NETWORKS
from .case import diagnosed as diagnosed
