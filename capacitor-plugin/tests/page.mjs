// A page with the real @capacitor/core and the built package, on the web or on a native bridge.
// In: the major version of core, and the native side. Out: what the page's script sees. May touch: nothing outside its context.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import vm from 'node:vm';

const require = createRequire(import.meta.url);
export const majors = [6, 7, 8];

/** Loads the package in a fresh page; `window` holds what the native side put there before any script. */
export function page(major, window = {}) {
  const context = vm.createContext({ console, setTimeout, ...window });
  context.window = context;
  const load = (file, imports) => {
    const wrapper = vm.runInContext(`(function (exports, require) {${readFileSync(file, 'utf8')}\n})`, context, { filename: file });
    const exports = {};
    wrapper(exports, (name) => imports[name]);
    return exports;
  };
  const core = load(require.resolve(`core${major}`), {});
  return load(require.resolve('../dist/plugin.cjs.js'), { '@capacitor/core': core });
}

/** The native side of a plugin as Capacitor's bridge presents it: headers, `nativePromise`, `nativeCallback`. */
export function bridge(methods) {
  const calls = [];
  const listeners = new Map();
  let ids = 0;
  const native = {
    PluginHeaders: [
      {
        name: 'CapacitorUpdater',
        methods: [
          { name: 'addListener', rtype: 'callback' },
          { name: 'removeListener', rtype: 'none' },
          { name: 'removeAllListeners', rtype: 'promise' },
          ...methods.map((name) => ({ name, rtype: 'promise' })),
        ],
      },
    ],
    nativePromise: async (plugin, method, options) => {
      calls.push([plugin, method, options]);
      if (method === 'removeAllListeners') listeners.clear();
      return { from: 'native' };
    },
    nativeCallback: (_plugin, method, options, callback) => {
      if (method === 'removeListener') return void listeners.delete(options.callbackId);
      const id = String(++ids);
      listeners.set(id, [options.eventName, callback]);
      return id;
    },
  };
  const emit = (event, payload) => {
    for (const [name, callback] of listeners.values()) if (name === event) callback(payload);
  };
  return { window: { androidBridge: {}, Capacitor: native }, calls, emit, listeners };
}
