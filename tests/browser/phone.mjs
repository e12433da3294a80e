// A publisher, its site, and a phone in the browser.
// In: a test. Out: `Phone`. May touch: a temporary folder, processes and a browser, all gone after the test.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { aloft, browser, start, temporary } from './world.mjs';

export const APP = 'com.example.browser';

export class Phone {
  /** A phone whose app ships with the folder `builtin`; `config` is its `plugins.CapacitorUpdater`. */
  static async of(test, builtin, { config = {}, options = [], origin } = {}) {
    const phone = new Phone();
    phone.test = test;
    phone.folder = await temporary(test);
    await phone.aloft('init', '--app', APP);
    await phone.aloft('keys', 'new');
    await phone.aloft('bundle', builtin, '--builtin');
    phone.site = await start(test, phone.folder, 'serve', await phone.made('site'), '--listen', '127.0.0.1:0');
    phone.key = (await phone.aloft('keys', 'show')).signing.public_key;
    const capacitor = { appId: APP, plugins: { CapacitorUpdater: { autoUpdate: 'off', ...config } } };
    await writeFile(path.join(phone.folder, 'capacitor.config.json'), JSON.stringify(capacitor));
    phone.builtin = builtin;
    phone.options = options;
    await phone.shell(origin);
    phone.browser = await browser(test, path.join(phone.folder, 'browser'));
    return phone;
  }

  get feed() { return this.site.first.url; }

  /** Start the shell; its storage belongs to the port. */
  async shell(port = 0) {
    this.running = await start(this.test, this.folder, 'device', 'shell', '--feed', this.feed, '--key', this.key,
      '--builtin', this.builtin, '--profile', 'profile', '--port', String(port), '--no-open', ...this.options);
    this.at = this.running.first;
  }

  aloft(...args) { return aloft(this.folder, ...args); }

  async made(name) {
    await mkdir(path.join(this.folder, name), { recursive: true });
    return name;
  }

  /** Some of these releases never say that they are ready. */
  publish(folder, version) {
    return this.aloft('publish', folder, '--version', version, '--yes', '--allow', 'not_ready');
  }

  /** A release that the app has downloaded and takes at its next start. */
  async staged(folder, version) {
    await this.publish(folder, version);
    await this.command('relaunch'); // does nothing where the app runs
    const bundle = await this.call('download', { version });
    await this.call('next', { id: bundle.id });
    return bundle;
  }

  /** Open the app in a window. */
  async open() {
    const page = await this.browser.newPage();
    page.errors = [];
    page.on('pageerror', (error) => page.errors.push(error.message));
    await page.goto(this.at.app);
    return page;
  }

  /** A command of the control window. */
  async command(name, body = {}, headers = {}) {
    const response = await fetch(`${this.at.control}control/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-aloft-secret': this.at.secret, ...headers },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (answer.error) throw Object.assign(new Error(answer.error.message), answer.error);
    return answer;
  }

  /** What the plugin answers. */
  async call(method, options = {}) { return (await this.command('call', { method, options })).ok; }

  /** Wait until the page of the present serve has sent a call. */
  heard(method) {
    const called = (log) => log.slice(log.findLastIndex((line) => line === 'the app starts' || line.startsWith('shows '))).some((line) => line.startsWith(`→ ${method} `));
    return this.until((state) => called(state.log), method);
  }

  /** Kill the app and start it again. */
  async relaunch(exit = 'user_requested') {
    await this.command('kill', { exit });
    await this.command('relaunch');
  }

  /** Wait for a state of the shell. */
  async until(holds, what) {
    const response = await fetch(`${this.at.control}changes`, {
      method: 'POST', headers: { 'content-type': 'application/json', 'x-aloft-secret': this.at.secret }, body: '{}',
      signal: AbortSignal.timeout(20_000),
    });
    let last;
    let text = '';
    try {
      for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
        text += part;
        const lines = text.split('\n');
        text = lines.pop();
        for (const line of lines) if (holds((last = JSON.parse(line)))) return last;
      }
    } catch (error) {
      throw new Error(`${what} never came: ${error.message}: ${JSON.stringify(last, null, 1)}`);
    }
  }

  /** The bundle that is shown: its version, or `builtin`, and whether it is on trial. */
  async current() {
    const [{ bundle }, { onTrial }] = [await this.call('current'), await this.call('status')];
    return (bundle.id === 'builtin' ? 'builtin' : bundle.version) + (onTrial ? ' on trial' : '');
  }

  /** Why bundles were left, oldest first. */
  async reasons() { return (await this.call('reports')).reports.map((report) => report.reason); }
}
