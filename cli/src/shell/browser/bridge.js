// The bridge, as Capacitor's native runtime defines it before a page's first script.
// In: `given` (headers, platform, serve), `post`, `stream`, `documentStart`. Out: `window.Capacitor`, `androidBridge` or
// `webkit.messageHandlers`. May touch: those globals. Keeps: I4 (one queue a page, in the order of the calls).
if (window !== window.top) return; // a frame has no bridge
var controlled = navigator.serviceWorker && navigator.serviceWorker.controller;
if (given.stale && !controlled) return window.location.reload(); // the bundle changed while this document was under way

var page = null;
var queue = [];
var sending = false;
var callbacks = new Map();
var ids = Math.floor(Math.random() * 134217728);

function send(message) {
  queue.push(message);
  flush();
}

// One batch at a time: requests may overtake each other, calls may not.
function flush() {
  if (sending || page === null || !queue.length) return;
  sending = true;
  var calls = queue.splice(0);
  function done() { sending = false; flush(); }
  post('calls', { page: page, calls: calls }, true).then(done, done);
}

function hear(message) {
  if (message.page) {
    page = message.page;
    flush();
  } else if (message.load) {
    if (message.load === 'start') window.history.replaceState(null, '', '/');
    window.location.reload();
  } else {
    settle(message);
  }
}

function settle(result) {
  var stored = callbacks.get(result.callbackId);
  if (!stored) return;
  if (!result.save) callbacks.delete(result.callbackId);
  var error = result.error && Object.assign(new capacitor.Exception(result.error.message), result.error);
  if (stored.callback) {
    if (result.success) stored.callback(result.data);
    else stored.callback(null, error);
  } else if (result.success) {
    stored.resolve(result.data);
  } else {
    stored.reject(error);
  }
}

function toNative(plugin, method, options, stored) {
  var id = '-1';
  if (stored) {
    id = String(++ids);
    callbacks.set(id, stored);
  }
  send({ callbackId: id, pluginId: plugin, methodName: method, options: options || {} });
  return id;
}

var capacitor = (window.Capacitor = window.Capacitor || {});
capacitor.Exception = class CapacitorException extends Error {
  constructor(message, code, data) {
    super(message);
    this.code = code;
    this.data = data;
  }
};
capacitor.DEBUG = false;
capacitor.isLoggingEnabled = false;
capacitor.getPlatform = function () { return given.platform; };
capacitor.isNativePlatform = function () { return true; };
capacitor.isPluginAvailable = function (name) { return Object.prototype.hasOwnProperty.call(capacitor.Plugins, name); };
capacitor.convertFileSrc = function (path) { return path; };
capacitor.handleError = function (error) { console.error(error); };
capacitor.toNative = toNative;
capacitor.nativePromise = function (plugin, method, options) {
  if (given.stubs.indexOf(plugin) >= 0) return Promise.resolve({});
  return new Promise(function (resolve, reject) { toNative(plugin, method, options, { resolve: resolve, reject: reject }); });
};
capacitor.nativeCallback = function (plugin, method, options, callback) {
  return toNative(plugin, method, options, callback && { callback: callback });
};
capacitor.addListener = function (plugin, event, callback) {
  var id = capacitor.nativeCallback(plugin, 'addListener', { eventName: event }, callback);
  return {
    remove: function () {
      callbacks.delete(id);
      toNative(plugin, 'removeListener', { eventName: event, callbackId: id });
      return Promise.resolve();
    },
  };
};

// A stub has every method there is: Capacitor asks its list for a name, and whatever the name, it is there.
function stub(name) {
  return { name: name, methods: { find: function () { return { rtype: 'promise' }; } } };
}
capacitor.PluginHeaders = given.headers.concat(given.stubs.map(stub));
capacitor.Plugins = capacitor.Plugins || {};
given.headers.forEach(function (header) {
  var plugin = (capacitor.Plugins[header.name] = {});
  header.methods.forEach(function (method) {
    if (method.rtype !== 'promise') return;
    plugin[method.name] = function (options) { return capacitor.nativePromise(header.name, method.name, options); };
  });
  plugin.addListener = function (event, callback) { return capacitor.addListener(header.name, event, callback); };
});
given.stubs.forEach(function (name) {
  var nothing = function () { return Promise.resolve({}); };
  capacitor.Plugins[name] = new Proxy({}, { get: function (_, member) { return member === 'then' ? undefined : nothing; } });
});

window.CapacitorCustomPlatform = { name: given.platform };
if (given.platform === 'ios') {
  window.webkit = Object.assign(window.webkit || {}, { messageHandlers: { bridge: { postMessage: send } } });
} else {
  window.androidBridge = { postMessage: function (text) { send(JSON.parse(text)); } };
}

stream('page', { serve: given.serve }, hear).catch(function (error) { console.warn('the shell is gone', error); });
documentStart();
