"""``python -m tests.check.corpus`` prints which of the causes are found."""

import time

from . import CORPUS, diagnosed


def main():
    hits = count = 0
    for case in CORPUS:
        start = time.perf_counter()
        hit, found = diagnosed(case)
        took = time.perf_counter() - start
        hits += hit and case.distinguishable
        count += case.distinguishable
        said = f"{found[0].kind} in {found[0].step}" if found else "nothing"
        verdict = "hit" if hit else "MISS" if case.distinguishable else "alike"
        print(f"{verdict:<5}  {took:5.2f} s  {case.name:<70}  {case.kind:<30}  {said}")
    print(
        f"{hits} of {count} distinguishable ones right ({hits / count:.1%}), {len(CORPUS) - count} not distinguishable"
    )


if __name__ == "__main__":
    main()
