"""Turns AARs into what a JVM reads.

In: the folder `aar` of the folder named. Out: class files in `classes`, an `R.java` for each library in `r`.
Nothing happens when the AARs are those of the last time.
"""

import io
import itertools
import pathlib
import re
import sys
import zipfile

work = pathlib.Path(sys.argv[1])
aars = sorted((work / "aar").glob("*.aar"))
stamp, names = work / "unpacked", "\n".join(aar.name for aar in aars)
ids = itertools.count(0x7F100000)


def field(kind, line):
    type_, _, name, value = line.split(" ", 3)
    if type_ == "int[]":
        inside = ",".join(str(0x7F200000 + i) for i in range(value.count(",") + 1 if "0x" in value else 0))
        return f"public static final int[] {name} = {{{inside}}};"
    return f"public static int {name} = {value if kind == 'styleable' else next(ids)};"


def r_class(aar):
    lines = [line for line in aar.read("R.txt").decode().splitlines() if line.count(" ") >= 3]
    package = re.search(r'package="([^"]+)"', aar.read("AndroidManifest.xml").decode()).group(1)
    if not lines:
        return
    body = ""
    for kind, group in itertools.groupby(sorted(lines, key=lambda line: line.split(" ")[1]), key=lambda line: line.split(" ")[1]):
        fields = "\n".join(field(kind, line) for line in group)
        body += f"public static final class {kind} {{\n{fields}\n}}\n"
    folder = work / "r" / package.replace(".", "/")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "R.java").write_text(f"package {package}; public final class R {{\n{body}}}\n")


if not stamp.exists() or stamp.read_text() != names:
    for path in aars:
        with zipfile.ZipFile(path) as aar:
            with zipfile.ZipFile(io.BytesIO(aar.read("classes.jar"))) as jar:
                jar.extractall(work / "classes", [name for name in jar.namelist() if name != "META-INF/MANIFEST.MF"])
            if "R.txt" in aar.namelist():
                r_class(aar)
    stamp.write_text(names)
