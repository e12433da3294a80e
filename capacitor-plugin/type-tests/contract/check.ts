/**
 * Compares a contract, as the native core writes it, with the public types.
 *
 * In: `definitions.ts` and a type of the shape of `Shape`. Out: unions of the names that differ, `never` if none does.
 */
import type { PluginsConfig } from '@capacitor/cli';

import type { CapacitorUpdaterEvents, CapacitorUpdaterPlugin, UnimplementedMethods } from '../../dist/esm';

/**
 * What `type-tests/generated/contract.d.ts` exports as `Contract`. An optional member is `name?: T`, without `| null`; numbers
 * are `number`; no options are `{}` or an empty `Record`; no result is `void` or `null`.
 */
export interface Shape {
  /** Methods that are answered, by name. */
  methods: object;
  /** The names of those that answer `UNIMPLEMENTED`, as a union of string literals. */
  unimplemented: string;
  /** The names of those that only scripts of the plugin itself call, as a union; they have no public type. */
  internal: string;
  /** Payloads by event name. */
  events: object;
  /** The keys of `plugins.CapacitorUpdater` that are read; every one is optional. */
  config: object;
}

/** Differences by kind. */
export interface Differences<C extends Shape> {
  /** A method that one side lacks, or implements and the other not. */
  methods: Unshared<keyof C['methods'], Implemented> | Unshared<C['unimplemented'], keyof UnimplementedMethods>;
  /** A method that takes something else. */
  options: Differing<{ [M in Implemented]: OptionsOf<M> }, { [M in keyof C['methods']]: Part<C['methods'][M], 'options'> }>;
  /** A method that answers something else. */
  results: Differing<{ [M in Implemented]: ResultOf<M> }, { [M in keyof C['methods']]: Part<C['methods'][M], 'result'> }>;
  /** An event that one side lacks, or sends with something else. */
  events: Unshared<Exclude<keyof C['events'], Later>, Sent> | Differing<Pick<CapacitorUpdaterEvents, Sent>, C['events']>;
  /** A key that one side lacks, or reads as something else. */
  config: Unshared<keyof C['config'], Read> | Differing<Pick<Config, Read>, C['config']>;
}

/** Events that are never sent yet. */
type Later = 'onFlexibleUpdateStateChange';

/** Keys of the config that have no effect yet. */
type Idle = 'allowPreview' | 'shakeMenu' | 'shakeMenuGesture' | 'allowShakeChannelSelector';

/** Of the base class of every plugin, not of the contract. */
type Inherited = 'addListener' | 'removeAllListeners';

export type Config = NonNullable<PluginsConfig['CapacitorUpdater']>;
export type Implemented = Exclude<keyof CapacitorUpdaterPlugin, keyof UnimplementedMethods | Inherited>;
export type Sent = Exclude<keyof CapacitorUpdaterEvents, Later>;
export type Read = Exclude<keyof Config, Idle>;

/** What crosses the bridge; `index.ts` adds the token. */
export type OptionsOf<M extends Implemented> = M extends 'notifyAppReady'
  ? { token?: string }
  : Parameters<CapacitorUpdaterPlugin[M]> extends []
    ? {}
    : NonNullable<Parameters<CapacitorUpdaterPlugin[M]>[0]>;
export type ResultOf<M extends Implemented> = Awaited<ReturnType<CapacitorUpdaterPlugin[M]>>;

type Part<T, Name extends string> = T extends { [name in Name]: infer Value } ? Value : 'missing';
type Unshared<A, B> = Exclude<A, B> | Exclude<B, A>;
type Differing<A, B> = { [K in keyof A & keyof B]: Same<A[K], B[K]> extends true ? never : K }[keyof A & keyof B];

/** Assignable both ways, and alike in what is optional and in every member, deep. */
type Same<A, B> = (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;

/** What generators write in several ways, in one: nothing, and members put together by `&`. */
type Plain<T> = [T] extends [null | void] ? void : string extends keyof T ? {} : symbol extends keyof T ? {} : Flat<T>;
type Flat<T> = T extends object ? { [K in keyof T]: T[K] } : T;
