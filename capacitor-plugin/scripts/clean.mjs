// Removes dist/, so that a file that is no longer made is no longer published.
import { rmSync } from 'node:fs';

rmSync(new URL('../dist', import.meta.url), { recursive: true, force: true });
