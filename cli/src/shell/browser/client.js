// What every page of the shell uses: commands, and streams of lines.
// In: `given.secret`. Out: `post`, `stream`. May touch: the shell's own address. Keeps: nothing of it is global.
var address = '/__aloft/';
var fetching = window.fetch.bind(window); // before a page patches it

function post(path, body, more) {
  var text = JSON.stringify(body || {});
  var options = { method: 'POST', headers: { 'content-type': 'application/json', 'x-aloft-secret': given.secret }, body: text };
  options.keepalive = !!more && text.length < 60000; // a call is sent even if its page is about to leave
  return fetching(address + path, options);
}

// Calls `heard` with each line, as JSON; the promise ends when the stream does.
function stream(path, body, heard) {
  return post(path, body).then(function (response) {
    var reader = response.body.getReader();
    var decoder = new TextDecoder();
    var text = '';
    function next() {
      return reader.read().then(function (part) {
        if (part.done) return;
        text += decoder.decode(part.value, { stream: true });
        var lines = text.split('\n');
        text = lines.pop();
        lines.forEach(function (line) { heard(JSON.parse(line)); });
        return next();
      });
    }
    return next();
  });
}
