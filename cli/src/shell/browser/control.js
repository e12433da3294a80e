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
    command(button.dataset.command, { exit: button.dataset.exit, method: button.dataset.method });
  });
});

// Which commands make sense in which life.
var sensible = { new: ['relaunch'], running: ['foreground', 'background', 'call', 'freeze', 'kill'], frozen: ['resume', 'kill'], killed: ['relaunch'] };
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
    Promise.all(['status', 'current', 'reports'].map(function (method) {
      return command('call', { method: method }).then(function (answer) { return answer.ok; });
    })).then(function (answers) {
      show('plugin', JSON.stringify({ status: answers[0], bundle: answers[1].bundle }, null, 2));
      show('reports', answers[2].reports.reverse().map(sentence).join('\n') || 'None.');
    }).finally(function () { asking = false; });
  }
}).then(gone, gone);

function sentence(report) {
  return [report.from, report.to].map(function (one) { return one.version || one.bundle; }).join(' → ') + '  ' +
    report.reason.replace(/_/g, ' ') + (report.count > 1 ? ', ' + report.count + ' times' : '') + (report.detail ? ': ' + report.detail : '');
}

function gone() { show('life', 'The shell has ended.'); }
