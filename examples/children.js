// Other programs, four ways: exec buffers a shell's output, execFile does without the shell, spawn streams,
// fork talks to another script.
const { exec, execFile, spawn, fork } = require('child_process');

if (process.send) {
  process.on('message', (message) => {
    process.send(`child ${process.pid} got ${JSON.stringify(message)}`);
    process.disconnect();
  });
} else {
  exec('echo from a shell | tr a-z A-Z', (error, stdout) => console.log('exec:', stdout.trim()));
  execFile('uname', ['-s'], (error, stdout) => console.log('execFile:', stdout.trim()));

  const lines = spawn('seq', ['1', '3']);
  lines.stdout.on('data', (data) => console.log('spawn:', data.toString().trim().split('\n').join(' ')));
  lines.on('close', (code) => console.log('spawn: ended with', code));

  const child = fork(__filename);
  child.on('message', (message) => console.log('fork:', message));
  child.send({ hello: 'child' });
}
