"""Code gathered by the host: copies lie in few pages, and every function does what it did."""

from __future__ import annotations

import subprocess
import sys

from tests.terminal.hosts import ROOT

GATHERED = """
import gc, threading
from scripts.hosting import gathering, memory

source = '''
class Kept:
    @property
    def twice(self):
        return [each * 2 for each in (self.number, {n})]
    @staticmethod
    def counter(start):
        def count(step=1):
            nonlocal start
            start += step
            return start
        return count
    def __init__(self, number):
        self.number = number
def stream(upto):
    yield from (n + {n} for n in range(upto))
def idle(): return {n}
'''
source += "".join(f"def cold{i}(a, b): return [a * each + b - {i} for each in range(a)]\\n" for i in range(10))
rooms = []
for n in range(400):
    room = {}
    exec(source.replace("{n}", str(n)), room)
    rooms.append(room)
counters = [room["Kept"].counter(10) for room in rooms]

def answers():
    found = []
    def look():
        for room, count in zip(rooms, counters):
            count()
            found.append((room["Kept"](7).twice, list(room["stream"](3))))
    looking = threading.Thread(target=look)
    looking.start()
    looking.join()
    return found

def spread():
    return len({id(code) // 4096 for room in rooms for code in (
        room["Kept"].__init__.__code__, room["Kept"].twice.fget.__code__, room["stream"].__code__)})

before = answers()
first, idle = rooms[5]["stream"], rooms[5]["idle"].__code__
memory.pack()
pages = spread()
run = gathering.run_by(answers)
changed = gathering.gather(run)
assert answers() == before
assert [count(0) for count in counters] == [13] * 400
assert rooms[5]["stream"] is first and rooms[5]["idle"].__code__ is idle
assert changed >= 5 * 400
assert gathering.gather([]) == 0
assert gathering.gather([idle]) == 1 and rooms[5]["idle"].__code__ is not idle and rooms[5]["idle"]() == 5
print(pages, spread())
"""


def test_gathered_code_lies_in_fewer_pages_and_does_what_it_did() -> None:
    done = subprocess.run([sys.executable, "-c", GATHERED], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    before, after = (int(number) for number in done.stdout.split())
    assert after < before / 2
