// A crowd of slow connections, in a thread of its own so that whoever is honest does not wait for it: heads, bodies and readings that go on a byte
// now and then, each opened anew when the server ends it.
import { connect } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

const { port, count, path } = workerData;
const head = `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nX-Slow: `;
const kinds = [
  { first: head, piece: "a" },
  { first: `POST /api/v1/login HTTP/1.1\r\nHost: localhost:${port}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{"email":"`, piece: "a" },
  { first: `${head}x\r\n\r\n`.repeat(12), piece: "\r\n", reads: true }, // much to read; an empty line now and then, which also tells whether the server ended it
];
const crowd = [];
let ended = 0, opened = 0, isOver = false;
function open(i) {
  const { first, piece, reads } = kinds[i % kinds.length];
  const socket = connect(port, "127.0.0.1");
  socket.piece = piece;
  if (reads) socket.pause();
  else socket.resume();
  socket.on("connect", () => { opened++; socket.write(first); });
  socket.on("error", () => {});
  socket.on("close", () => { ended++; if (!isOver) setTimeout(() => { if (!isOver) crowd[i] = open(i); }, 200); });
  return socket;
}
for (let i = 0; i < count; i++) {
  crowd.push(open(i));
  if (i % 100 === 99) await new Promise((yes) => setImmediate(yes));
}
// A byte each two seconds, a part of the crowd at a time; readers take a byte.
let turn = 0;
const trickle = setInterval(() => {
  for (let i = turn++ % 20; i < crowd.length; i += 20) {
    const socket = crowd[i];
    if (socket.destroyed) continue;
    socket.write(socket.piece);
    if (socket.isPaused()) socket.read(1);
  }
}, 100);
const tell = setInterval(() => parentPort.postMessage({ opened, ended, open: crowd.filter((one) => one.readyState === "open" || one.readyState === "writeOnly").length }), 200);
parentPort.on("message", () => {
  isOver = true;
  clearInterval(trickle);
  clearInterval(tell);
  for (const socket of crowd) socket.destroy();
  parentPort.close();
});
