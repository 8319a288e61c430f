'use strict'; using a = b, c = d
{ await using e = f(() => { using g = h }) }
for (using i of j) k; for (await using l of m) {}
for (using n = o; ;) break
