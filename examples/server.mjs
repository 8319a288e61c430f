// An ES module that serves HTTP: galley examples/server.mjs, then curl localhost:3000
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';

const { name, version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));

const server = createServer(async (request, response) => {
  // Loaded when the first request wants it, and once.
  const { inspect } = await import('node:util');
  response.end(`${name} ${version}: ${inspect({ method: request.method, url: request.url })}\n`);
});

server.listen(process.env.PORT ?? 3000, () => console.log(`http://localhost:${server.address().port}`));
