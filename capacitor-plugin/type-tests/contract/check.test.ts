/** The comparison accepts a contract that says the same, and finds each kind of difference. */
import type { CapacitorUpdaterEvents, UnimplementedMethods } from '../../dist/esm';
import type { Config, Differences, Implemented, OptionsOf, Read, ResultOf, Sent } from './check';

interface Alike {
  methods: { [M in Implemented]: { options: OptionsOf<M>; result: ResultOf<M> } };
  unimplemented: keyof UnimplementedMethods;
  internal: 'pageBegan';
  events: Pick<CapacitorUpdaterEvents, Sent>;
  config: Pick<Config, Read>;
}

type With<Part extends keyof Alike, Value> = Omit<Alike, Part> & { [P in Part]: Value };
type Method<Options, Result> = With<'methods', Omit<Alike['methods'], 'next'> & { next: { options: Options; result: Result } }>;

type Bundle = ResultOf<'next'>;
type Equal<A, B> = [A, B] extends [B, A] ? true : false;
type Yes<Fits extends true> = Fits;

export type AcceptsWhatIsAlike = Yes<Equal<Differences<Alike>[keyof Differences<Alike>], never>>;

// What a generator writes for nothing is nothing, and what it puts together by `&` is one.
type Generated = With<'events', Omit<Alike['events'], 'appReloaded'> & { appReloaded: Record<symbol, never> }>;
type Joined = Method<{ id: string }, Pick<Bundle, 'id' | 'version'> & Omit<Bundle, 'id' | 'version'>>;
export type AcceptsNothing = Yes<Equal<Differences<Generated>['events'], never>>;
export type AcceptsParts = Yes<Equal<Differences<Joined>['results'], never>>;

export type Finds = [
  Yes<Equal<Differences<With<'methods', Omit<Alike['methods'], 'next'>>>['methods'], 'next'>>,
  Yes<Equal<Differences<With<'methods', Alike['methods'] & { more: object }>>['methods'], 'more'>>,
  Yes<Equal<Differences<With<'unimplemented', never>>['methods'], keyof UnimplementedMethods>>,
  Yes<Equal<Differences<Method<{ id?: string }, Bundle>>['options'], 'next'>>,
  Yes<Equal<Differences<Method<{ id: string; more?: string }, Bundle>>['options'], 'next'>>,
  Yes<Equal<Differences<Method<{ id: string }, Omit<Bundle, 'status'> & { status: string }>>['results'], 'next'>>,
  Yes<Equal<Differences<With<'events', Omit<Alike['events'], 'set'>>>['events'], 'set'>>,
  Yes<Equal<Differences<With<'events', Omit<Alike['events'], 'set'> & { set: object }>>['events'], 'set'>>,
  Yes<Equal<Differences<With<'config', Omit<Alike['config'], 'feed'> & { feed: number }>>['config'], 'feed'>>,
  Yes<Equal<Differences<With<'config', Alike['config'] & { more: number }>>['config'], 'more'>>,
];
