/**
 * The public types and the native core say the same: methods, options, results, events, config. An error here names what
 * differs; mend `src/`, or the core and generate again.
 */
import type { Contract } from '../generated/contract';
import type { Differences } from './check';

type Found = Differences<Contract>;
type None<Names extends never> = Names;

export type Checked = [
  None<Found['methods']>,
  None<Found['options']>,
  None<Found['results']>,
  None<Found['events']>,
  None<Found['config']>,
];
