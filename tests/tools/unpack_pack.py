"""Unpacks a pack: python unpack_pack.py <pack> <folder of the base, or - for none> <folder to fill>.

Written from docs/formats.md alone, whose paragraphs are cited here; shares no code with this project. Nothing is
written before all is decoded. A pack that is refused ends it with status 1 and one line.
"""

import bisect
import io
import math
import os
import pathlib
import re
import sys
import unicodedata
from array import array

U32 = 0xFFFF_FFFF
FILES, PATHS, PATH, BUNDLE, BACK = 20_000, 8 << 20, 1025, 2 << 30, 8 << 20  # 9.2, 9.4, 10


class Malformed(Exception):
    """9.13"""


def check(holds, why):
    if not holds:
        raise Malformed(why)


class RangeCoder:
    """9.5"""

    def __init__(self, stream):
        self.stream, self.at, self.code, self.range = stream, 0, 0, U32
        for _ in range(4):
            self.shift()

    def shift(self):
        check(self.at < len(self.stream), "the stream is cut")
        self.code = (self.code << 8 | self.stream[self.at]) & U32
        self.at += 1

    def take(self, low, size):
        self.code -= low
        self.range = size
        while self.range < 1 << 24:
            self.range <<= 8
            self.shift()

    def bit(self, chance):
        split = (self.range >> 16) * chance
        bit = int(self.code < split)
        self.take(*((0, split) if bit else (split, self.range - split)))
        return bit

    def byte(self):
        step = self.range >> 8
        byte = min(self.code // step, 255)
        self.take(byte * step, step)
        return byte


# 9.7

TOP = (1 << 22) - 1
RATES = [655_360 // (10 * seen + 16) for seen in range(256)]
KNOTS = [round(65_536 / (1 + math.exp(-x / 256))) for x in range(-2048, 2049, 64)]


def straight(x):
    knot, rest = divmod(x + 2048, 64)
    return KNOTS[knot] + ((KNOTS[knot + 1] - KNOTS[knot]) * rest >> 6)


SQUASH = [straight(x) for x in range(-2047, 2048)]
STRETCH = [min(bisect.bisect_left(SQUASH, 16 * chance + 8) - 2047, 2047) for chance in range(4096)]


class Chances:
    """A table of chances, and how many bits each has seen."""

    def __init__(self, coder, count, first, limit):
        self.coder, self.limit = coder, limit
        self.chance = array("I", [int(first * (1 << 22))]) * count
        self.seen = bytearray(count)

    def bit(self, at):
        bit = self.coder.bit(min(max(self.chance[at] >> 6, 24), 65_512))
        self.learn(at, bit, self.limit)
        return bit

    def tree(self, at, width):
        """9.8: a number of so many bits, whose chances begin at `at`."""
        node = 1
        for _ in range(width):
            node = node << 1 | self.bit(at + node)
        return node - (1 << width)

    def learn(self, at, bit, limit):
        chance, seen = self.chance[at], self.seen[at]
        self.chance[at] = chance + (((TOP if bit else 0) - chance) * RATES[seen] >> 16)
        self.seen[at] = seen + (seen < limit)


class Mixer:
    """Mixes chances of one table, by sets of weights."""

    def __init__(self, chances, sets, inputs, rate, limit):
        self.chances, self.rate, self.limit = chances, rate, limit
        self.sets = [[85_196 // inputs] * inputs for _ in range(sets)]

    def bit(self, places, at):
        weights = self.sets[at]
        inputs = [STRETCH[self.chances.chance[place] >> 10] for place in places]
        mixed = sum(x * weight for x, weight in zip(inputs, weights)) >> 16
        coded = min(max(SQUASH[min(max(mixed, -2047), 2047) + 2047], 16), 65_520)
        bit = self.chances.coder.bit(coded)
        error = ((65_536 if bit else 0) - coded) * self.rate
        self.sets[at] = [weight + ((x * error + (1 << 15)) >> 18) for x, weight in zip(inputs, weights)]
        for place in set(places):
            self.chances.learn(place, bit, self.limit)
        return bit

    def byte(self, contexts, at):
        """9.9"""
        upper = self.half(contexts, at)
        return upper << 4 | self.half([hashed(context, 16 + upper) for context in contexts], at)

    def half(self, contexts, at):
        node = 1
        for _ in range(4):
            node = node << 1 | self.bit([(context * 16 + node) & 0xF_FFFF for context in contexts], at)
        return node - 16


class Numbers:
    """9.8"""

    def __init__(self, coder):
        self.coder = coder
        self.widths = Chances(coder, 17 << 6, 1 / 2, 250)
        self.firsts = Chances(coder, 17 << 6 << 3, 1 / 2, 250)

    def read(self, kind):
        width = min(self.widths.tree(kind << 6, 6), 39)
        first = min(width, 3)
        number = 1 << first | self.firsts.tree((kind << 6 | width) << 3, first)
        for _ in range(width - first):
            number = number << 1 | self.coder.bit(1 << 15)
        return number - 1

    def signed(self, kind):
        number = self.read(kind)
        return number >> 1 ^ -(number & 1)


def hashed(a, b):
    """9.9"""
    mixed = (a * 0x2545F491 ^ b * 0x9E3779B1) * 0x85EBCA6B & U32
    return mixed ^ mixed >> 15


# 9.6

HASH = rb"(?<=[-.])(?![a-z]{8})[A-Za-z0-9_-]{8}(?=\.)"
WORD = rb"[A-Za-z0-9_$]"
KEPT = rb"(?:as|do|if|in|of|and|for|get|let|new|set|the|try|var)"
SHORT = rb"(?<!W)(?<!(?<!\.)\.)(?!K(?!W))(?![0-9])W{1,3}(?!W)".replace(b"W", WORD).replace(b"K", KEPT)
NAME = re.compile(HASH + b"|" + SHORT)
RANKED = b"etnriaoscludfpmhg_vybxSCwTEDOkAjMNPFILRzBVHUWGKqJYXZQ$0123456789"


def number_of(name):
    """9.11: the place of a short name among those of its length, if it has one."""
    ranks = [RANKED.find(character) for character in name]
    if not 1 <= len(name) <= 3 or -1 in ranks or ranks[0] >= 54:
        return None
    second, third = (ranks[1:] + [0, 0])[:2]
    return ranks[0] + 54 * (second + 64 * third)


def numbered(number, length):
    """9.11: the name with this number, modulo how many there are."""
    rest, first = divmod(number % (54 * 64 ** (length - 1)), 54)
    return bytes([RANKED[first], RANKED[rest % 64], RANKED[rest // 64]][:length])


def character(name, n):
    return name[n] if 0 <= n < len(name) else 0


def low(name):
    """Its lower 32 bits."""
    return int.from_bytes(name[:4], "little")


class Names:
    """9.10, 9.11"""

    def __init__(self, coder, bytes_told):
        self.map = {}
        self.told = {}  # by length of the old name: the new name told last, and for which
        self.missed = 0  # one bit a name, the last one lowest
        self.chances = Chances(coder, 3 << 14, 1 / 64, 250)
        self.holds = Mixer(self.chances, 16, 3, 6, 250)
        self.characters = Mixer(bytes_told, 16, 6, 14, 40)

    def renamed(self, old, before, file):
        place = (int.from_bytes(old, "little") * 0x9E3779B97F4A7C15 & (1 << 64) - 1) >> 48
        held, new, hits, learnt_in = self.map.get(place, (b"", b"", 0, 0))
        if held != old or len(old) < 8 and learnt_in != file:
            new, hits = old, 0
        if missed := self.is_missed(old, new, hits, before):
            new, hits = self.new_name(old, new), 0
        self.missed = (self.missed << 1 | missed) & 0xFFFF
        self.map[place] = old, new, min(hits + 1, 15), file
        return new

    def is_missed(self, old, new, hits, before):
        same = int(old == new)
        pair = (1 << 14) + hashed(low(old), low(new) ^ 0x55) % (1 << 14)
        if hits == 15:
            return self.chances.bit(pair)
        lately = (self.missed & 1) | bool(self.missed & 0xE) << 1 | bool(self.missed & 0xFFF0) << 2
        first = hits + 16 * same + 32 * (min(len(old), 4) - 1) + 128 * lately
        third = (2 << 14) + hashed(int.from_bytes(before, "big"), min(hits, 3) | same << 2) % (1 << 14)
        return self.holds.bit([first, pair, third], min(hits, 7) + 8 * same)

    def new_name(self, old, foreseen):
        length = min(len(old), 4)
        last, last_for = self.told.get(length, (b"", b""))
        following = shifted = b""
        if (number := number_of(last)) is not None:  # and so have short names of the base
            following = numbered(number + 1, len(last))
            shifted = numbered(number_of(old) + number - number_of(last_for), len(last))
        new = b""
        for n in range(8 if length == 4 else 3):
            w = min(n, 3) << 2 | length - 1
            as_shifted = int(all(character(shifted, i) == new[i] for i in range(n)))
            as_next = int(all(character(following, i) == new[i] for i in range(n)))
            contexts = [
                hashed(w | character(shifted, n) << 8 | as_shifted << 16, 11),
                hashed(w | character(following, n) << 8 | as_next << 16 | character(last, n) << 17, 12),
                hashed(w | character(old, n) << 8 | character(new, n - 1) << 16, 13),
                hashed(hashed(low(old), low(new)), 14),
                hashed(w | character(new, n - 1) << 8 | character(last, n) << 16, 15),
                hashed(hashed(low(foreseen), low(new)), 16 ^ w << 8),
            ]
            byte = self.characters.byte(contexts, 4 * min(n, 2) + 2 * as_shifted + as_next)
            if byte == 0:
                break
            new += bytes([byte])
        check(len(new) == 8 if length == 4 else new, "a new name of another length")
        self.told[length] = new, old
        return new


class Delta:
    """9.4: makes files of what is in the stream and in the base, whose first file is its path text."""

    def __init__(self, stream):
        self.coder = coder = RangeCoder(stream)
        self.base, self.starts = [], []
        self.made = bytearray(8)  # the path text and all files behind each other; before them zeros
        self.cursor = self.since = self.before = self.distance = self.file = 0
        self.kinds = [Chances(coder, 5 * 8, 1 / 4, 200) for _ in range(3)]
        self.is_last_distance = Chances(coder, 16, 1 / 4, 200)
        self.copies = Chances(coder, 16 << 3, 1 / 2, 120)
        self.to_end = Chances(coder, 8, 1 / 2, 120)
        self.records = Chances(coder, 8 << 2, 1 / 2, 60)
        self.numbers = Numbers(coder)
        self.bytes_told = Chances(coder, 1 << 20, 1 / 2, 60)
        self.literals = Mixer(self.bytes_told, 4, 6, 10, 60)
        self.names = Names(coder, self.bytes_told)

    def add_base(self, content):
        self.starts.append(self.starts[-1] + len(self.base[-1]) if self.starts else 0)
        self.base.append(content)

    def make(self, size, counterpart):
        if counterpart is not None:
            self.cursor, self.since, self.before = self.starts[counterpart], 0, 0
        begin = len(self.made)
        end = begin + size
        while len(self.made) < end:
            context = 8 * self.before + min(self.since, 7)
            if not self.kinds[0].bit(context):
                self.literal()
            elif not self.kinds[1].bit(context):
                self.copy()
            elif not self.kinds[2].bit(context):
                self.repeat(end)
            else:
                self.stored(end)
        check(len(self.made) == end, "a file gets longer than its size")
        self.file += 1
        return bytes(self.made[begin:])

    def literal(self):
        """9.9"""
        last = int.from_bytes(self.made[-4:], "big")
        older = self.made[-5] | self.made[-6] << 8
        since = min(self.since, 3)
        b, a = self.beside()
        contexts = [hashed(last & (1 << 8 * count) - 1, count) for count in range(1, 5)]
        contexts.append(hashed(b | a << 8 | (a == self.made[-1]) << 16 | since << 17, 5))
        contexts.append(hashed(hashed(older, last), 6))
        self.made.append(self.literals.byte(contexts, since))
        self.since += 1

    def beside(self):
        """The byte of the base beside, and the one before it in the same file."""
        file, place = self.find(self.cursor + self.since)
        if file is None:
            return 0, 0
        return self.base[file][place], self.base[file][place - 1] if place else 0

    def find(self, address):
        """The file of the base that has this address, and the place in it."""
        if address < 0:
            return None, 0
        file = bisect.bisect_right(self.starts, address) - 1
        place = address - self.starts[file]
        return (file, place) if place < len(self.base[file]) else (None, 0)

    def copy(self):
        how = self.copies.tree((4 * min(self.since, 3) + min(self.before, 3)) << 3, 3)
        where = how & 3
        begin = self.cursor if where == 1 else self.cursor + self.since
        if where >= 2:
            begin += self.numbers.signed(where - 2)
        length = None if self.to_end.bit(how) else self.numbers.read(5 + how) + 1
        file, place = self.find(begin)
        check(file is not None, "a copy outside of its file")
        end = len(self.base[file]) if length is None else place + length
        check(end <= len(self.base[file]), "a copy outside of its file")
        if how >> 2:
            self.made += self.base[file][place:end]
        else:
            self.rename(self.base[file], place, end)
        self.cursor, self.since, self.before = self.starts[file] + end, 0, min(where, 2) + 1

    def rename(self, content, place, end):
        for name in NAME.finditer(content, place):
            if name.end() > end:
                break
            self.made += content[place : name.start()]
            before = content[max(name.start() - 3, 0) : name.start()]
            self.made += self.names.renamed(name[0], before, self.file)
            place = name.end()
        self.made += content[place:end]

    def repeat(self, end):
        if not self.is_last_distance.bit(min(self.since, 7) + 8 * (self.before == 4)):
            self.distance = self.numbers.read(2) + 1
        length = self.numbers.read(3) + 1
        check(1 <= self.distance <= min(len(self.made) - 8, BACK), "a repeat from before the first byte")
        check(length <= end - len(self.made), "a file gets longer than its size")
        for _ in range(length):
            self.made.append(self.made[-self.distance])
        self.since, self.before = self.since + length, 4

    def stored(self, end):
        length = self.numbers.read(4) + 1
        check(length <= end - len(self.made), "a file gets longer than its size")
        self.made += bytes(self.coder.byte() for _ in range(length))
        self.since, self.before = self.since + length, 4

    def record(self, before, counterpart):
        """9.3: which, then a place or a size."""
        which = self.records.tree((4 * (counterpart is not None) + before) << 2, 2)
        check(which != 0 or counterpart is not None, "no counterpart")
        if which == 1 and counterpart is not None:
            return which, len(self.base[counterpart]) + self.numbers.signed(15)
        return which, self.numbers.read((None, 16, 13, 14)[which]) if which else None


def listed(text, count):
    """9.3: the paths of a path text."""
    paths = text.split(b"\n")
    check(paths.pop() == b"" and len(paths) == count, "the list is not as long as the head says")
    check(all(a < b for a, b in zip(paths, paths[1:])), "paths are not sorted, or one stands twice")
    for path in paths:
        try:
            text = path.decode()
        except UnicodeDecodeError:
            raise Malformed("a path is not UTF-8") from None
        check(path and not any(unicodedata.category(character) == "Cc" for character in text), "a path is not one")
        check(not {"", ".", ".."} & set(text.split("/")) and "\\" not in text, "a path leaves its folder")  # 5.5
    return paths


def counterparts(base, target):
    """9.3: for each path of the target a place in the base, or none."""
    places = {path: place for place, path in enumerate(base)}
    left = {}
    for path in sorted(set(base) - set(target)):
        left.setdefault(re.sub(HASH, b"0" * 8, path), []).append(places[path])

    def counterpart(path):
        same = left.get(re.sub(HASH, b"0" * 8, path))
        return places[path] if path in places else same.pop(0) if same else None

    return [counterpart(path) for path in target]


def delta(stream, count, paths_size, base):
    """The files of the target: path and content. 9.3, 9.4"""
    decoder = Delta(stream)
    decoder.add_base(b"".join(path + b"\n" for path, _ in base))
    paths = listed(decoder.make(paths_size, 0), count)
    for _, content in base:
        decoder.add_base(content)
    places = [None if place is None else place + 1 for place in counterparts([path for path, _ in base], paths)]
    records, which = [], 0
    for place in places:
        which, number = decoder.record(which, place)
        check(which != 2 or number < len(base), "no such file of the base")
        check(which != 3 or number < len(records) and records[number][0] == 1, "no such new file")
        check(which != 1 or 0 <= number <= BUNDLE, "no size")
        records.append((which, number))
    check(sum(number for which, number in records if which == 1) <= BUNDLE, "too large")
    contents = []
    for place, (which, number) in zip(places, records):
        if which == 0:
            contents.append(decoder.base[place])
        elif which == 1:
            contents.append(decoder.make(number, place))
        else:
            contents.append(base[number][1] if which == 2 else contents[number])
    check(decoder.coder.at == len(stream), "bytes behind the end")
    return list(zip(paths, contents))


def whole(stream, count, paths_size):
    """The files of the target: path and content. 9.12"""
    import brotli  # nothing else needs it

    check(stream and stream[0] & 0xF != 0xF, "a window of 24 bits")
    check(stream[0] & 0x7F != 0x11, "a large window")
    try:
        content = io.BytesIO(brotli.decompress(stream))
    except brotli.error as error:
        raise Malformed(str(error)) from None

    def take(size):
        taken = content.read(size)
        check(len(taken) == size, "the content is cut")
        return taken

    def number():
        value = 0
        for shift in range(0, 64, 7):
            byte = take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80 and value < 1 << 64:
                return value
        raise Malformed("a number over 64 bits")

    paths = listed(take(paths_size), count)
    sizes, sources = {}, []
    for file in range(count):
        of = number()
        if of == 0:
            sizes[file] = number()
        check(of == 0 or of - 1 in sizes, "no such new file")
        sources.append(of - 1 if of else file)
    check(sum(sizes.values()) <= BUNDLE, "too large")

    def order(file):
        dot = paths[file].rpartition(b"/")[2].rpartition(b".")
        return dot[2] if dot[1] else b"", sizes[file], paths[file]

    contents = {file: take(sizes[file]) for file in sorted(sizes, key=order)}
    check(not content.read(1), "bytes behind the end")
    return [(path, contents[source]) for path, source in zip(paths, sources)]


def unpack(pack, base):
    """9.2"""
    check(len(pack) >= 14 and pack[:4] == b"ALPK", "not a pack")
    check(pack[4] == 1, "another version")
    check(pack[5] == (0 if base is None else 1), "another form")
    count, paths_size = int.from_bytes(pack[6:10], "big"), int.from_bytes(pack[10:14], "big")
    check(count <= FILES and paths_size <= min(PATHS, PATH * count), "too many files, or too long a list")
    return whole(pack[14:], count, paths_size) if base is None else delta(pack[14:], count, paths_size, base)


def read_folder(folder):
    root = pathlib.Path(folder)
    files = (path for path in root.rglob("*") if path.is_file())
    return sorted((path.relative_to(root).as_posix().encode(), path.read_bytes()) for path in files)


def main(pack, base, target):
    try:
        files = unpack(pathlib.Path(pack).read_bytes(), None if base == "-" else read_folder(base))
    except Malformed as error:
        sys.exit(f"pack_malformed: {error}")
    for path, content in files:
        path = pathlib.Path(target, os.fsdecode(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1], "-" if len(sys.argv) == 3 else sys.argv[2], sys.argv[-1])
