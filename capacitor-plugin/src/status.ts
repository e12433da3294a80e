/** What the updater knows of itself, and what it did. Types only; the words are those of the glossary in `ARCHITECTURE.md`. */

/** Something wrong that the app survives. */
export interface Problem {
  /** A stable code (`docs/errors.md`). */
  code: string;
  /** What is wrong, and what to write instead. */
  detail: string;
}

/** What `status` answers. Bundles are named by their id. */
export interface UpdaterStatus {
  /** Shown, or to be shown at the next start. */
  current: string;
  /** Where a rollback goes. */
  fallback: string;
  /** Shown next, if there is one. */
  next?: string;
  /** Is `current` still unproven? */
  onTrial: boolean;
  /** The channel this device follows. */
  channel: string;
  /** Seconds since the channel's document in force was signed; absent before the first check. */
  feedAge?: number;
  /** What is wrong. */
  problems: Problem[];
  /** Why updates leave this app alone, if they do: `live_reload` or `disable_deploy`. */
  standDown?: string;
}

/** Why the bundle changed, or why something was refused. */
export type ReportReason =
  | 'confirmed'
  | 'not_confirmed'
  | 'not_proven'
  | 'page_loop'
  | 'render_gone'
  | 'crash_loop'
  | 'reported'
  | 'bundle_missing'
  | 'withdrawn'
  | 'superseded'
  | 'native_update'
  | 'reset'
  | 'blocked'
  | 'refused'
  | 'storage_lost';

/** A bundle as it was when the report was written; it may be gone. */
export interface ReportedBundle {
  /** Its id. */
  bundle: string;
  /** Its version, unless it is builtin. */
  version?: string;
  /** The digest of its content, unless it is builtin. */
  root?: string;
}

/** What happened, from which bundle to which, and why. */
export interface Report {
  /** Names the report for `acknowledgeReports`; grows. */
  id: number;
  /** When it was written last, seconds since 1970. */
  at: number;
  /** How often in a row the same happened. */
  count: number;
  /** What was left or refused. */
  from: ReportedBundle;
  /** What is shown instead, or goes on. */
  to: ReportedBundle;
  /** Why. */
  reason: ReportReason;
  /** When the trial began, seconds since 1970, if there was one. */
  began?: number;
  /** Attempts of the trial that reached the foreground. */
  attempts: number;
  /** Its time in the foreground, milliseconds. */
  foreground: number;
  /** The code of the native build. */
  build: string;
  /** What the app said, or which file is missing. */
  detail?: string;
}

/** What `reports` answers. */
export interface ReportsResult {
  /** Oldest first. */
  reports: Report[];
}

/** What `acknowledgeReports` takes. */
export interface AcknowledgeReportsOptions {
  /** The newest report that was read. */
  id: number;
}
