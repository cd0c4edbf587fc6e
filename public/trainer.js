// The trainer's Web Worker: loads the Go program trainer.wasm and runs it. The program takes requests from
// globalThis.unpoolInbox and self.onmessage, and answers them (core/protocol); this script says only what the program
// cannot say itself: how far its download is, and that it is gone.
"use strict";

// Everything lies beside this script, in the same version.
const beside = (name) => new URL(name + self.location.search, self.location.href).href;

// Requests that arrive before the program can take them.
globalThis.unpoolInbox = [];
self.onmessage = (message) => globalThis.unpoolInbox.push(message.data);

// A message is two lines, a head and a body.
const post = (head, body) => self.postMessage(JSON.stringify(head) + "\n" + JSON.stringify(body));
const loading = (done, total) =>
  post({ kind: "alive", fold: "alive" }, { doing: "being loaded", patience: 60, done, total, unit: "bytes" });
const failed = (message, hint) => post({ kind: "gone" }, { code: "gone", message, hint });

// The program's last lines of output, for the details of a failure.
const lastLines = [];

async function main() {
  loading(0, 0);
  importScripts(beside("wasm_exec.js"), beside("unpack.js"));
  keepOutput();
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(
    counted(await fetch(beside("trainer.wasm.gz"))), go.importObject);
  await go.run(instance);
  throw new Error("the program has ended"); // it serves for ever, so it has crashed
}

// counted reports the bytes of a response as they arrive.
function counted(response) {
  if (!response.ok) {
    throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
  }
  // Where the browser has unpacked it, what arrives here is more than the length says, which is of what travels.
  const unpacked = response.headers.has("content-encoding");
  const total = unpacked ? 0 : Number(response.headers.get("content-length"));
  let done = 0;
  let told = 0;
  const count = new TransformStream({
    transform(chunk, out) {
      done += chunk.byteLength;
      if (done - told > 250_000) {
        told = done;
        loading(done, total);
      }
      out.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(count), { headers: response.headers });
}

// keepOutput remembers what the program prints; wasm_exec.js prints it on the console as well.
function keepOutput() {
  const write = globalThis.fs.writeSync;
  const decoder = new TextDecoder();
  globalThis.fs.writeSync = (file, bytes) => {
    lastLines.push(...decoder.decode(bytes).split("\n").filter(Boolean));
    lastLines.splice(0, lastLines.length - 40);
    return write(file, bytes);
  };
}

main().catch((error) => {
  const output = lastLines.join("\n");
  const details = `\n${error}\n${output}`;
  if (output.includes("out of memory") || error instanceof RangeError) {
    failed("The training program ran out of memory." + details,
      "Close other tabs or choose a smaller net or batch, then train again.");
  } else if (output) {
    failed("The training program crashed." + details, "Train again: it restarts.");
  } else {
    failed("The training program could not be loaded." + details, "Check the connection, then train again.");
  }
});
