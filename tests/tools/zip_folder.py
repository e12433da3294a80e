"""Zips a folder to standard output: python zip_folder.py seek|stream <folder>."""

import io
import pathlib
import sys
import zipfile


class Stream(io.RawIOBase):
    """Standard output as a pipe: without seeking, so that descriptors follow the data."""

    def writable(self):
        return True

    def write(self, data):
        sys.stdout.buffer.write(data)
        return len(data)


def main(mode, folder):
    target = io.BytesIO() if mode == "seek" else Stream()
    root = pathlib.Path(folder)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            archive.write(path, path.relative_to(root))
    if mode == "seek":
        sys.stdout.buffer.write(target.getvalue())


main(*sys.argv[1:])
