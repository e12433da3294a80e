(function (token, clear) {
  'use strict';
  if (window !== window.top) return;
  Object.defineProperty(window, '__aloft', { value: Object.freeze({ token: token }), configurable: true });

  function announce() {
    var message = { callbackId: '-1', pluginId: 'CapacitorUpdater', methodName: 'pageBegan', options: { token: token } };
    if (window.androidBridge) {
      window.androidBridge.postMessage(JSON.stringify(message));
    } else if (window.webkit && window.webkit.messageHandlers && window.webkit.messageHandlers.bridge) {
      message.type = 'message';
      window.webkit.messageHandlers.bridge.postMessage(message);
    }
  }

  var workers = clear && navigator.serviceWorker;
  var controlled = workers && workers.controller;
  if (!controlled) announce();
  if (!workers) return;
  var gone = workers.getRegistrations().then(function (all) {
    return Promise.all(all.map(function (one) { return one.unregister(); }));
  });
  var emptied = window.caches ? caches.keys().then(function (names) {
    return Promise.all(names.map(function (name) { return caches.delete(name); }));
  }) : null;
  function again() { if (controlled) window.location.reload(); }
  Promise.all([gone, emptied]).then(again, again);
})('__TOKEN__', __CLEAR__);
