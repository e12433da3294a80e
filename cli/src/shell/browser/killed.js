// What the app's window shows while there is no app; it takes the place of whatever document was being loaded, which may
// have come from the app's service worker.
// In: changes of the shell. Out: the command `relaunch`. May touch: this window, which goes to the app when it runs.
if (window !== window.top) return;
window.stop();
document.documentElement.innerHTML = [
  '<head><meta name="viewport" content="width=device-width, initial-scale=1"><title>The app was killed</title>',
  '<link rel="stylesheet" href="/__aloft/control.css"></head>',
  '<body class="killed"><main><h1>The app was killed</h1>',
  '<p>Its process is gone. What it shows at its next start is decided by what it left behind.</p>',
  '<button type="button">Start the app</button></main></body>',
].join('');
document.querySelector('button').addEventListener('click', function () { post('control/relaunch'); });
stream('changes', {}, function (state) {
  if (state.life !== 'killed') window.location.replace('/');
});
