"""``python -m tests.check.corpus`` prints which of the causes are found."""

import time
from collections import Counter

from . import CORPUS, diagnosed


def main():
    hits, counts, seconds = Counter(), Counter(), []
    for case in CORPUS:
        start = time.perf_counter()
        hit, found = diagnosed(case)
        seconds.append(time.perf_counter() - start)
        page = case.manual.__module__.rpartition(".")[2]
        hits[page] += hit and case.distinguishable
        counts[page] += case.distinguishable
        said = f"{found[0].kind} in {found[0].step}" if found else "nothing"
        verdict = "hit" if hit else "MISS" if case.distinguishable else "alike"
        print(f"{verdict:<5}  {seconds[-1]:5.2f} s  {case.name:<70}  {case.kind:<30}  {said}")
    for page, count in counts.items():
        print(f"{page:<10}  {hits[page]} of {count}")
    alike = len(CORPUS) - counts.total()
    share = hits.total() / counts.total()
    print(f"{hits.total()} of {counts.total()} distinguishable ones right ({share:.1%}), {alike} not distinguishable")
    print(f"half of them within {sorted(seconds)[len(seconds) // 2]:.2f} s")


if __name__ == "__main__":
    main()
