const { writeSync } = internalBinding('stdio');
const globalConsole = { log(...a) { writeSync(1, a.join(' ') + '\n') }, error(...a) { writeSync(2, a.join(' ') + '\n') } };
module.exports = { globalConsole };
