import type A, { type B } from 'a';
import { type C, d as e, type } from 'c';
export type { A } from 'b';
export type Pair<in out T extends object = {}, U = never> = readonly [first: T, second?: U, ...rest: T[]];
type Mapped<T> = { readonly [K in keyof T as `x${string & K}`]-?: T[K] } & { new (a: string): B; (b?: number): void };
type Pick1<T> = T extends (infer U extends string)[] ? U : T extends <V>(v: V) => asserts v is V ? typeof import('x').y<T> : unique symbol;
declare module 'm' { export default function f(): void; const enum E { a = 1 } }
declare global { interface Window { a: -1 | 'b' | `c` } }
namespace Only { export type T = abstract new () => void; }
abstract class K<T> extends (d as any)<T> implements A, B {
  static #p?: number = 1;
  declare readonly w: string
  ['x']!: T;
  [key: string]: unknown;
  constructor(a: T);
  constructor(this: K<T>, a?: any, ...b: A[]) { super<T>(a!); }
  protected abstract get g(): number
  private async *m<U>(x: U): AsyncGenerator<U> { yield x satisfies U; }
}
function over(a: string): void;
function over<const T>(a: any): a is T { return a ? (b): c => b : d; }
const arrow = async <T,>(x: T): Promise<{
  a: T }> => (x as T)!;
let q = over<string>('x'), r = a < b, s = q as any < 3, t = new Map<string, K<K<number>>>();
for (const x of y as Iterable<any>) try { z?.<any>(x!) } catch (err: unknown) {}
