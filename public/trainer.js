// The trainer's Web Worker: loads the Go program trainer.wasm and runs it. The program takes requests from
// globalThis.unpoolInbox and self.onmessage, and answers them (core/protocol); this script says only what the program
// cannot say itself: how far its download is, and that it is gone.
"use strict";

// Everything lies beside this script, in the same version.
const beside = (name) => new URL(name + self.location.search, self.location.href).href;
const program = beside("trainer.wasm.gz");

// Requests that arrive before the program can take them.
globalThis.unpoolInbox = [];
self.onmessage = (message) => globalThis.unpoolInbox.push(message.data);

// A message is two lines, a head and a body.
const post = (head, body) => self.postMessage(JSON.stringify(head) + "\n" + JSON.stringify(body));
const loading = (done, total) =>
  post({ kind: "alive", fold: "alive" }, { doing: "being loaded", patience: 60, done, total, unit: "bytes" });
const failed = (message, hint) => post({ kind: "gone" }, { code: "gone", message, hint });

// What the program prints last, for the details of a failure.
let output = () => "";

async function main() {
  loading(0, 0);
  for (const script of ["program.js", "wasm_exec.js", "unpack.js"]) {
    try {
      importScripts(beside(script));
    } catch (error) {
      if (script !== "program.js") await getFile(fetch, beside(script)); // which says why, where it did not arrive
      throw error;
    }
  }
  output = keepOutput();
  const go = new Go();
  const { instance } = await WebAssembly.instantiateStreaming(counted(await getFile(fetch, program)), go.importObject);
  await go.run(instance);
  throw new Error("the program has ended"); // it serves forever, so it has crashed
}

// counted reports the bytes of a response as they arrive.
function counted(response) {
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

main().catch(async (error) => {
  const details = `\n${error}\n${output()}`;
  if (!globalThis.failureOf) {
    failed("A script of the training program could not be loaded." + details, "Check the connection, then train again.");
    return;
  }
  if (isDamaged(error)) {
    await forget(program);
  }
  const [what, hint] = failureOf("the training program", "train again", error, output());
  failed(what + details, hint);
});
