// load.js PORT MILLISECONDS [close]: connections that send a request as soon as the answer before is there, or, with
// `close`, a connection a request. One that says close is opened anew; any other end of a connection, and any that
// is refused, is a lost request.
const net = require('net');
const [port, duration, mode] = process.argv.slice(2);
const until = Date.now() + Number(duration);
const request = `GET / HTTP/1.1\r\nHost: x\r\n${mode === 'close' ? 'Connection: close\r\n' : ''}\r\n`;
let answered = 0;
let lost = 0;

function run() {
  const socket = net.connect(Number(port), '127.0.0.1');
  let text = '';
  let open = true;
  const leave = () => {
    open = false;
    socket.destroy();
  };
  const ask = () => {
    text = '';
    socket.write(request);
  };
  socket.on('connect', ask);
  socket.on('data', (data) => {
    text += data.toString('latin1');
    if (!text.includes('\r\n\r\n') || !/\n(\r\n0\r\n\r\n)?$/.test(text)) return;
    answered++;
    if (Date.now() > until) return leave();
    if (!/connection: close/i.test(text)) return ask();
    leave();
    run();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    if (!open) return;
    lost++;
    if (Date.now() < until) setTimeout(run, 5);
  });
}

for (let i = 0; i < 8; i++) run();
process.on('exit', () => console.log(`${lost} lost of ${answered > 100 ? 'many' : answered}`));
