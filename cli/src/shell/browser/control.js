// The control window: what the phone does, and buttons for it.
// In: changes of the shell. Out: commands. May touch: this window.
function find(id) { return document.getElementById(id); }
function show(id, text) { find(id).textContent = text; }

function command(name, body) {
  return post('control/' + name, body).then(function (response) { return response.json(); }).then(function (answer) {
    show('problem', answer.error ? answer.error.message : '');
    return answer;
  });
}

document.querySelectorAll('button[data-command]').forEach(function (button) {
  button.addEventListener('click', function () {
    command(button.dataset.command, button.dataset.exit ? { exit: button.dataset.exit } : {});
  });
});

// Which commands make sense in which life.
var sensible = { new: ['relaunch'], running: ['foreground', 'background', 'freeze', 'kill'], frozen: ['resume', 'kill'], killed: ['relaunch'] };
var asking = false;

stream('changes', {}, function (state) {
  show('life', state.life + (state.working ? ', working,' : ''));
  show('ground', state.life === 'killed' ? '' : state.foreground ? 'in the foreground' : 'in the background');
  show('bundle', state.bundle || 'nothing yet');
  document.querySelectorAll('button[data-command]').forEach(function (button) {
    button.disabled = sensible[state.life].indexOf(button.dataset.command) < 0;
  });
  find('log').replaceChildren.apply(find('log'), state.log.slice().reverse().map(function (line) {
    var item = document.createElement('li');
    item.textContent = line;
    return item;
  }));
  if (state.life === 'running' && !asking) {
    asking = true;
    command('call', { method: 'current' }).then(function (answer) {
      show('plugin', JSON.stringify(answer.ok, null, 2));
    }).finally(function () { asking = false; });
  }
}).then(gone, gone);

function gone() { show('life', 'The shell has ended.'); }
