#!/usr/bin/env galley
import def, { a, b as c, default as d, "x-y" as e } from './x.js' with { type: 'json' };
import * as ns from "node:fs"
import './side.js'
export { a, c as cc, local, ns as 'name space' };
export * from './star.js'; export * as st from './st.js'; export { q as r } from './q.js'
let local = a + c(1), re = /[/]\/'/g.test(d) ? `t${a}${`${c()}`}` : {a, c: a, d() { return a }, [e]: 1};
a
c()
c`x`
{ let a = 1; a++; (a)(); c(a) }
function f(a, { b: c = e, ...rest }, [g = def]) { var def; return c(a) + def + ns.readFileSync(e) }
const g2 = (a, b = c) => a + b + c, g3 = async ({ a }) => { await a; return c }, g4 = async x => x + a;
export default class extends a { static #p = c(); static { var c = 1; c() } get a() { return a } async *gen() { yield* c(); yield a } }
export const { m, n: [o] = [] } = def, p = 1;
export function hoist() { try { a } catch (err) { c(err) } }
export let changing = 0; changing++;
[local] = [a];
for (const a of c()) a(); for (a of c) ;
label: for (;;) { break label }
(c)(1); new c(); new a.b(c); c?.(); x = y / a / c; if (a) c(); else c()
import.meta.url; import('x'); import(`./${a}`)
if (a) /re/.test(a)
