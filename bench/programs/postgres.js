// A PostgreSQL server until standard input ends; prints where it is.
const { postgres } = require('../../tests/cli/databases.js');

postgres().then((server) => {
  console.log(JSON.stringify(server.connection));
  process.stdin.resume().on('end', () => server.stop().then(() => process.exit(0)));
});
