/**
 * The page: what is shown of the updater, and the buttons.
 *
 * In: answers of the plugin, and actions. Out: elements whose ids the README lists. May touch: the document.
 */
import { CapacitorUpdater } from '@aloft/capacitor-updater';
import type { Report, ReportReason } from '@aloft/capacitor-updater';

import type { Action } from './actions';

/** What actions and events may do to the page. */
export interface View {
  /** Reads everything again. */
  refresh(): Promise<void>;
  /** How far a download is, in percent. */
  progress(percent: number): void;
  /** Adds a line. */
  log(line: string): void;
  /** What is written in the channel's field. */
  channel(): string;
}

const rollbacks: ReportReason[] = [
  'not_confirmed',
  'not_proven',
  'page_loop',
  'render_gone',
  'crash_loop',
  'reported',
  'bundle_missing',
  'withdrawn',
];

const page = (version: string) => `
  <header>
    <h1>Aloft example</h1>
    <p>This page is version <strong id="app-version">${version}</strong>.</p>
  </header>
  <main>
    <section class="card">
      <h2>Bundle <span id="state" class="badge">…</span></h2>
      <p id="bundle" class="large">…</p>
      <dl>
        <dt>Id</dt><dd id="bundle-id">…</dd>
        <dt>Next</dt><dd id="next-bundle">…</dd>
        <dt>Channel</dt><dd id="channel">…</dd>
        <dt>Native app</dt><dd id="native">…</dd>
        <dt>Device</dt><dd id="device-id">…</dd>
      </dl>
    </section>
    <section class="card">
      <h2>Update by hand</h2>
      <label>Channel <input id="channel-name" autocapitalize="none" autocomplete="off" value="production" /></label>
      <div id="actions"></div>
      <progress id="progress" max="100" value="0" aria-label="Download"></progress>
      <p id="percent">0 %</p>
      <p id="answer" role="status">Ready.</p>
    </section>
    <section class="card" id="rollback-card">
      <h2>Last rollback</h2>
      <p id="rollback">None.</p>
      <p id="rollback-reason" class="note"></p>
    </section>
    <section class="card">
      <h2>Problems</h2>
      <ul id="problems"></ul>
    </section>
    <section class="card wide">
      <h2>Log</h2>
      <ol id="log"></ol>
    </section>
  </main>`;

/** Builds the page of this version. */
export function show(version: string, actions: Action[]): View {
  document.body.innerHTML = page(version);
  document.documentElement.style.setProperty('--hue', String(hue(version)));
  const view: View = { refresh, progress, log, channel: () => (element('channel-name') as HTMLInputElement).value.trim() };
  for (const action of actions) element('actions').appendChild(button(action, view));
  return view;
}

function button({ id, label, run }: Action, view: View): HTMLElement {
  const made = document.createElement('button');
  made.id = id;
  made.textContent = label;
  made.onclick = async () => {
    made.disabled = true;
    write('answer', `${label} …`);
    const answer = await run(view).catch(({ code, message }) => `${label} failed: ${code ? `${code}: ` : ''}${message}`);
    write('answer', answer);
    log(answer);
    made.disabled = false;
    await refresh();
  };
  return made;
}

async function refresh(): Promise<void> {
  const [status, current, device, next, { reports }] = await Promise.all([
    CapacitorUpdater.status(),
    CapacitorUpdater.current(),
    CapacitorUpdater.getDeviceId(),
    CapacitorUpdater.getNextBundle(),
    CapacitorUpdater.reports(),
  ]);
  write('bundle', current.bundle.version);
  write('bundle-id', current.bundle.id);
  write('state', current.bundle.id === 'builtin' ? 'builtin' : status.onTrial ? 'on trial' : 'confirmed');
  write('native', current.native);
  write('next-bundle', next ? next.version : 'none');
  write('channel', status.channel || 'none');
  write('device-id', device.deviceId || 'none');
  showRollback(reports.filter(({ reason }) => rollbacks.indexOf(reason) >= 0).pop());
  const problems = status.problems.map(({ code, detail }) => `${code}: ${detail}`);
  list('problems', [...(status.standDown ? [`updates stand down: ${status.standDown}`] : []), ...problems], 'None.');
}

function showRollback(report: Report | undefined): void {
  if (!report) return;
  write('rollback', `${report.from.version || report.from.bundle} → ${report.to.version || report.to.bundle}`);
  const when = new Date(report.at * 1000).toLocaleString();
  write('rollback-reason', `${report.reason}${report.detail ? ` (${report.detail})` : ''}, ${when}`);
}

function progress(percent: number): void {
  (element('progress') as HTMLProgressElement).value = percent;
  write('percent', `${Math.round(percent)} %`);
}

function log(line: string): void {
  const entry = document.createElement('li');
  entry.textContent = `${new Date().toLocaleTimeString()}  ${line}`;
  const lines = element('log');
  lines.insertBefore(entry, lines.firstChild);
}

function list(id: string, lines: string[], none: string): void {
  element(id).textContent = '';
  for (const line of lines.length > 0 ? lines : [none]) {
    const entry = document.createElement('li');
    entry.textContent = line;
    element(id).appendChild(entry);
  }
}

function write(id: string, text: string): void {
  element(id).textContent = text;
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element ${id}`);
  return found;
}

/** Another colour for another version, so that a swap is seen from across the room. */
function hue(version: string): number {
  return [...version].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 360, 210);
}
