// Zips a folder: node zip_folder.cjs <library> <folder> <zip>. Libraries are looked up from the working directory.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const from = require("node:module").createRequire(path.join(process.cwd(), "any.js"));

const [library, folder, target] = process.argv.slice(2);
const names = fs
  .readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)));
const content = (name) => fs.readFileSync(path.join(folder, name));

const libraries = {
  fflate() {
    const tree = Object.fromEntries(names.map((name) => [name, new Uint8Array(content(name))]));
    fs.writeFileSync(target, from("fflate").zipSync(tree));
  },
  // One entry after the other, with descriptors.
  "fflate-stream"() {
    const { Zip, ZipDeflate } = from("fflate");
    const out = fs.openSync(target, "w");
    const zip = new Zip((error, chunk) => {
      if (error) throw error;
      fs.writeSync(out, chunk);
    });
    for (const name of names) {
      const entry = new ZipDeflate(name);
      zip.add(entry);
      entry.push(new Uint8Array(content(name)), true);
    }
    zip.end();
  },
  async jszip() {
    const zip = new (from("jszip"))(); // makes entries for folders
    names.forEach((name) => zip.file(name, content(name)));
    fs.writeFileSync(target, await zip.generateAsync({ type: "nodebuffer", compression: "DEFLATE", platform: "UNIX" }));
  },
  async "jszip-stream"() {
    const zip = new (from("jszip"))();
    names.forEach((name) => zip.file(name, content(name)));
    const options = { type: "nodebuffer", streamFiles: true, compression: "DEFLATE" };
    fs.writeFileSync(target, await zip.generateAsync(options));
  },
  yazl() {
    const zip = new (from("yazl").ZipFile)();
    names.forEach((name) => zip.addFile(path.join(folder, name), name));
    zip.end();
    zip.outputStream.pipe(fs.createWriteStream(target));
  },
  "yazl-stream"() {
    const zip = new (from("yazl").ZipFile)();
    names.forEach((name) => zip.addReadStream(fs.createReadStream(path.join(folder, name)), name));
    zip.end();
    zip.outputStream.pipe(fs.createWriteStream(target));
  },
};
libraries[library]();
