// The page in the app's window while there is no app.
// In: changes of the shell. Out: the command `relaunch`. May touch: this window, which goes to the app when it runs.
document.getElementById('relaunch').addEventListener('click', function () { post('control/relaunch'); });
stream('changes', {}, function (state) {
  if (state.life !== 'killed') window.location.replace('/');
});
