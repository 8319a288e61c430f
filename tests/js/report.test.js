// What a process tells about itself when it is asked or ends.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const test = require('node:test');

test('a report says which process, which libraries and which limits', () => {
  const report = process.report.getReport(new Error('why'));
  assert.strictEqual(report.header.processId, process.pid);
  assert.match(report.header.glibcVersionRuntime, /^2\.\d+$/);
  assert.strictEqual(report.javascriptStack.message, 'Error: why');
  assert.ok(report.sharedObjects.some((name) => name.includes('libc.so')));
  assert.ok(report.userLimits.open_files.soft > 0);
});

test('finalization calls for objects that are still there at exit, and not for those taken back', () => {
  const program = `
    globalThis.kept = { name: 'kept' };
    globalThis.left = { name: 'left' };
    process.finalization.register(kept, (object, event) => console.log(object.name, event));
    process.finalization.register(left, () => console.log('never'));
    process.finalization.unregister(left);`;
  assert.strictEqual(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }), 'kept exit\n');
});
