// The simulator to use: an iPhone with the newest iOS.
// In: what `xcrun simctl list devices available --json` says. Out: the id of the device. May touch: nothing.
import { readFileSync } from 'node:fs';

const { devices } = JSON.parse(readFileSync(0, 'utf8'));
const iphones = Object.entries(devices).flatMap(([runtime, list]) => {
  // com.apple.CoreSimulator.SimRuntime.iOS-26-2
  const version = runtime.match(/\.iOS-([\d-]+)$/)?.[1].split('-').map(Number);
  return version === undefined ? [] : list.filter(({ name }) => name.startsWith('iPhone')).map(({ udid }) => ({ version, udid }));
});
if (iphones.length === 0) throw new Error('no simulator of an iPhone is available');

const newer = (a, b) => b.version.map((part, at) => part - (a.version[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
console.log(iphones.sort(newer)[0].udid);
