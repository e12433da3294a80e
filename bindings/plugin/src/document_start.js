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
  var home = window.location.origin + '/';

  // By their names these hold files of a bundle and nothing of the app's own: a worker's list of files to fetch at its installation.
  function isPrecache(name) {
    var workbox = name.indexOf('-precache-') >= 0 && name.indexOf(home) > 0;
    var angular = name.indexOf('ngsw:') === 0 && name.indexOf(':data:') < 0;
    return workbox || angular;
  }

  // Only files of the bundle are fetched from there; what lies below `_capacitor_` is the device's or another server's.
  function isOfBundle(url) {
    return url.indexOf(home) === 0 && url.indexOf(home + '_capacitor_') !== 0;
  }

  // A copy that a worker made of a file. What the app itself put together came from nowhere.
  function dropCopies(cache) {
    return cache.keys().then(function (requests) {
      return requests.filter(function (one) { return isOfBundle(one.url); }).reduce(function (before, request) {
        return before.then(function () { return cache.match(request); }).then(function (response) {
          return response && isOfBundle(response.url) ? cache.delete(request) : null;
        });
      }, Promise.resolve());
    });
  }

  function clearCaches(hadWorker) {
    return window.caches ? caches.keys().then(function (names) {
      return Promise.all(names.map(function (name) {
        if (isPrecache(name)) return caches.delete(name);
        return hadWorker ? caches.open(name).then(dropCopies) : null;
      }));
    }) : null;
  }

  function again() { if (controlled) window.location.reload(); }
  workers.getRegistrations().then(function (all) {
    return Promise.all(all.map(function (one) { return one.unregister(); })).then(function () {
      return clearCaches(controlled || all.length > 0);
    });
  }).then(again, again);
})('__TOKEN__', __CLEAR__);
