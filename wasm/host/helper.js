// A helper thread of the compute engine (wasm/host/browser.go starts it and says what the messages mean).
//
// It sleeps on the job word of the shared memory. A job is to call an exported function, whose outcome it counts in the
// done word, or to return to the event loop for one message: programs can only be handed over by message.
"use strict";

let words; // the shared memory as Int32Array
let at; // indices into it
let imports;
let thread, threads;
let job; // number of the last job seen
const programs = new Map(); // id -> exported functions, in the module's order

const listen = -1; // as a program's id: look for a message

onmessage = ({ data }) => {
  try {
    if (data.memory) start(data);
    else if (data.module) load(data);
    else programs.delete(data.id);
    postMessage({});
  } catch (error) {
    postMessage({ error: String(error) });
  }
  work();
};

function start(data) {
  ({ at, thread, threads, job } = data);
  words = new Int32Array(data.memory.buffer);
  const env = { memory: data.memory };
  imports = { env, host: new WebAssembly.Instance(data.host, { env }).exports };
}

function load({ id, module }) {
  const { exports } = new WebAssembly.Instance(module, imports);
  programs.set(id, WebAssembly.Module.exports(module).map(({ name }) => exports[name]));
}

function work() {
  for (;;) {
    // A wake-up that was meant for the last job can come late, so only a new number counts.
    while (Atomics.load(words, at.job) === job) Atomics.wait(words, at.job, job);
    job = Atomics.load(words, at.job);
    const [program, index, count] = words.subarray(at.command, at.command + 3);
    if (program === listen) return;
    const args = words.subarray(at.command + 3, at.command + 3 + count);
    try {
      programs.get(program)[index](thread, threads, ...args);
    } catch (error) {
      postMessage({ job, failed: String(error) });
      Atomics.compareExchange(words, at.abort, 0, 1 + thread);
      Atomics.notify(words, at.generation);
    }
    Atomics.add(words, at.done, 1);
    Atomics.notify(words, at.done);
  }
}
