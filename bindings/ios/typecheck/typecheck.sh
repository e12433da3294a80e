#!/usr/bin/env bash
# typecheck.sh GENERATED OUT - type-check the plugin's Swift sources as the one module that apps compile, in both language modes.
# UIKit, WebKit and Capacitor are the stand-ins beside this script; what only Objective-C knows is cut off first.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd) generated=$1 out=$2
root=$here/../../..
rm -rf "$out"
mkdir -p "$out/sources"
cp "$generated/AloftFFI.h" "$out"
printf 'module AloftFFI {\n    header "AloftFFI.h"\n    export *\n}\n' > "$out/module.modulemap"
for module in UIKit WebKit Capacitor; do
  swiftc -emit-module -parse-as-library -swift-version 6 -module-name "$module" -I "$out" -o "$out/$module.swiftmodule" "$here/$module.swift"
done
for source in "$root"/bindings/ios/Sources/Aloft/*.swift "$generated"/*.swift "$root"/capacitor-plugin/ios/Sources/AloftCapacitorUpdater/*.swift; do
  sed -e 's/@objc([A-Za-z]*) *//' -e 's/@objc //' "$source" > "$out/sources/$(basename "$source")"
done
for mode in 5 6; do
  swiftc -typecheck -warnings-as-errors -swift-version "$mode" -module-name AloftCapacitorUpdater -I "$out" "$out"/sources/*.swift
  echo "the plugin's sources are sound in Swift $mode"
done
